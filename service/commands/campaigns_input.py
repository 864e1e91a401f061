"""The files of `tingyin campaigns`: campaigns, and what is known of the accounts they paid."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import isfinite
from pathlib import Path
from typing import NoReturn

from service.commands.times import zone_of
from service.errors import InputError
from service.files import open_table, read_signals
from service.files.cells import unguarded
from service.files.contract import Fault, read_moment
from service.files.rows import read_records
from tiering.campaigns import Campaign, Voices
from tiering.errors import CampaignError

NEEDED = ("campaign_id", "account_id", "cost", "orders", "revenue")
OPTIONAL = ("margin", "fake_share", "started_at")

Said = Mapping[str, list[tuple[datetime | None, str]]]
"""What each account said of us: when (None is long ago), and with which sentiment."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One row of a file, with its place for errors."""

    path: Path
    line: int
    values: Mapping[str, object]

    def text(self, name: str) -> str | None:
        cell = self.values.get(name)
        written = "" if cell is None else unguarded(str(cell)).strip()
        return None if written in ("", "nan") else written

    def name(self, name: str) -> str:
        return self.text(name) or self.refuse(name, "must not be empty", "不得为空")

    def whole(self, name: str) -> int:
        number = self.number(name)
        if number is None or not number.is_integer():
            self.refuse(name, "must be a whole number, money in fen", "须为整数（金额以分计）")
        return int(number)

    def number(self, name: str) -> float | None:
        written = self.text(name)
        if written is None:
            return None
        try:
            number = float(written)
        except ValueError:
            number = float("nan")
        return number if isfinite(number) else self.refuse(name, "must be a number", "须为数字")

    def moment(self, name: str, zone: tzinfo) -> datetime | None:
        if self.text(name) is None:
            return None
        moment = read_moment(self.values[name], zone)
        if isinstance(moment, Fault):
            self.refuse(name, moment.reason.en, moment.reason.zh)
        return moment

    def refuse(self, name: str, en: str, zh: str) -> NoReturn:
        cell = self.values.get(name)
        raise InputError(
            f"{self.path}, line {self.line}, {name}: {cell!r} {en}; correct the row",
            f"{self.path} 第 {self.line} 行，{name}：{cell!r} {zh}；请更正此行",
        )


def read_campaigns(
    path: Path, signals: Path | None, authors: Path | None, zone: str
) -> list[Campaign]:
    """Return the campaigns of a file, with what the other files know of their accounts.

    An account's discount (1 - `kept`) stands for its fake audience where the campaign names none.
    Texts count where they came before `started_at`, all of them where there is none; adverts do
    not, for what an account is paid to say is no opinion, and an abstained sentiment is neutral.

    Raises
    ------
    InputError
        A file is no table or lacks a column; there is no row; a cell cannot be used, or a campaign
        stands twice. File, line, column and remedy are named.
    """
    rows = _rows(path, NEEDED)
    where = zone_of(zone)
    said = None if signals is None else _said(signals, where, {r.name("account_id") for r in rows})
    discounts = {} if authors is None else _discounts(authors)
    found = [_campaign(row, where, said, discounts) for row in rows]
    if twice := [n for n, times in Counter(c.campaign for c in found).items() if times > 1]:
        row = next(row for row in reversed(rows) if row.name("campaign_id") == twice[0])
        row.refuse("campaign_id", "stands twice; one row a campaign", "重复出现；每次投放只留一行")
    return found


def _rows(path: Path, needed: Iterable[str]) -> list[_Row]:
    table = open_table(path)
    rows = [_Row(path, record.line, record.values) for record in read_records(table)]
    if not rows:
        raise InputError(
            f"{path}: there is no row; give a table with {', '.join(needed)}",
            f"{path}：没有任何行；请提供含 {'、'.join(needed)} 的表格",
        )
    present = set().union(*(row.values for row in rows))
    if missing := [name for name in needed if name not in present]:
        raise InputError(
            f"{path}: no column {', '.join(missing)}; needed are {', '.join(needed)}, usable "
            f"{', '.join(OPTIONAL)}; rename or add the columns",
            f"{path}：缺少列 {'、'.join(missing)}；必需 {'、'.join(needed)}，可用 "
            f"{'、'.join(OPTIONAL)}；请改名或补充",
        )
    return rows


def _campaign(
    row: _Row, zone: tzinfo, said: Said | None, discounts: Mapping[str, float]
) -> Campaign:
    account = row.name("account_id")
    fake = row.number("fake_share")
    starts = row.moment("started_at", zone)
    try:
        return Campaign(
            campaign=row.name("campaign_id"),
            account=account,
            cost=row.whole("cost"),
            orders=row.whole("orders"),
            revenue=row.whole("revenue"),
            margin=row.number("margin"),
            fake_share=discounts.get(account) if fake is None else fake,
            voices=None if said is None else _voices(said.get(account, []), starts),
        )
    except CampaignError as error:
        raise InputError(
            f"{row.path}, line {row.line}: {error}",
            f"{row.path} 第 {row.line} 行：{error.text('zh')}",
        ) from error


def _voices(said: Iterable[tuple[datetime | None, str]], starts: datetime | None) -> Voices:
    past = Counter(s for at, s in said if starts is None or at is None or at < starts)
    return Voices(past["positive"], past["neutral"], past["negative"])


def _said(path: Path, zone: tzinfo, accounts: set[str]) -> Said:
    said: dict[str, list[tuple[datetime | None, str]]] = {}
    for row in read_signals(path, zone):
        if row["author_id"] in accounts and not row["spam"]:
            sentiment = "neutral" if row["abstained"] else row["sentiment"]
            said.setdefault(row["author_id"], []).append((row["created_at"], sentiment))
    return said


def _discounts(path: Path) -> dict[str, float]:
    discounts = {}
    for row in _rows(path, ("author_id", "kept")):
        kept = row.number("kept")
        if kept is None or not 0 <= kept <= 1:
            row.refuse("kept", "must be within 0 to 1", "须在 0 到 1 之间")
        discounts[row.name("author_id")] = 1.0 - kept
    return discounts
