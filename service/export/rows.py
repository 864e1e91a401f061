"""The rows of an export: every customer, or only those with a change since an earlier run.

A file of scores is read row by row, twice; of the earlier run only how each customer stood is held.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from service.errors import InputError
from service.export.kinds import KINDS, TODO, columns, kind_of, typed
from service.files import open_table
from service.files.cells import FORMULA
from service.files.replacing import is_nothing
from service.files.rows import read_records

if TYPE_CHECKING:
    from tiering import Tier
    from tiering.actions import Standing

Row = dict[str, object]
MODES = ("full", "delta")
NEEDED = ("customer_id", "tier", "score")


@dataclass(frozen=True, slots=True)
class Source:
    """What is exported: scores, those of before, actions; how far a score has to move."""

    scores: Path
    previous: Path | None
    actions: Path | None
    moved_by: float
    delta: bool


@dataclass(frozen=True, slots=True)
class Export:
    """An opened export; `rows` may be read as often as one likes, and are always the same.

    `kinds` are the columns; `customers` how many stand in the scores; `as_of` and `previous_as_of`
    are empty where the files do not say.
    """

    source: Source
    ladder: "Sequence[str]"
    kinds: Mapping[str, str]
    customers: int
    as_of: str
    previous_as_of: str
    policy_version: str
    before: "Mapping[str, Standing]"
    todo: Mapping[str, list[Row]]

    @property
    def mode(self) -> str:
        """One of `MODES`."""
        return "delta" if self.source.delta else "full"

    def rows(self) -> Iterator[Row]:
        """Yield the rows: those of the scores in their order, then who left, by id."""
        from tiering.actions import changes_of, standing_of

        present: set[str] = set()
        for row in _read(self.source.scores):
            customer = str(row["customer_id"])
            present.add(customer)
            old = self.before.get(customer)
            changes: tuple[str, ...] = ()
            if self.source.previous is not None:
                changes = changes_of(old, standing_of(row), self.ladder, self.source.moved_by)
            if changes or not self.source.delta:
                yield self._told(row, changes, old)
        for customer in sorted(self.before.keys() - present):
            gone: Row = {"customer_id": customer, "as_of": self.as_of}
            yield self._told(gone, ("left",), self.before[customer])

    def _told(self, row: Row, changes: tuple[str, ...], old: "Standing | None") -> Row:
        added: Row = {}
        if self.source.previous is not None:
            added = {
                "changes": list(changes),
                "previous_tier": None if old is None else old.tier,
                "previous_score": None if old is None else old.score,
            }
        if self.source.actions is not None:
            added["actions"] = self.todo.get(str(row["customer_id"]), [])
        return typed({**row, **added}, self.kinds)


def open_export(source: Source, ladder: "Sequence[Tier]") -> Export:
    """Return the export of a file of scores, checked.

    Raises
    ------
    InputError
        A file lacks a column, a customer stands there twice or has no tier or score, the runs are
        in the wrong order, or a change is asked for without a run before.
    """
    from tiering.actions import standing_of

    if source.delta and source.previous is None:
        raise InputError(
            "--delta needs the run before; name it with --previous",
            "--delta 需要前次结果；请用 --previous 指定",
        )
    kinds, customers, today = _scanned(source.scores)
    before: dict[str, Standing] = {}
    earlier = ""
    if source.previous is not None:
        earlier = _scanned(source.previous)[2]["as_of"]
        before = {str(row["customer_id"]): standing_of(row) for row in _read(source.previous)}
        _demand_order(source, today["as_of"], earlier)
        kinds |= {name: KINDS[name] for name in ("changes", "previous_tier", "previous_score")}
    if source.actions is not None:
        kinds["actions"] = "list"
    return Export(
        source,
        [tier.name for tier in ladder],
        kinds,
        customers,
        today["as_of"],
        earlier,
        today["policy_version"],
        before,
        {} if source.actions is None else _todo(source.actions),
    )


def _read(path: Path) -> Iterator[Row]:
    for record in read_records(open_table(path)):
        yield record.values


def _scanned(path: Path) -> tuple[dict[str, str], int, dict[str, str]]:
    """Return the kinds of the columns, the number of customers, and day and policy of the run."""
    kinds: dict[str, str | None] = {}
    seen: set[str] = set()
    stamps: dict[str, set[str]] = {"as_of": set(), "policy_version": set()}
    for record in read_records(open_table(path)):
        row = record.values
        _demand_whole(path, record.line, row, seen)
        seen.add(str(row["customer_id"]))
        for name in columns(row):
            _demand_plain(path, name)
            kinds[name] = KINDS.get(name) or kind_of(kinds.get(name), row[name])
        for name, found in stamps.items():
            if row.get(name) not in (None, "") and len(found) < 3:
                found.add(str(row[name]))
    several = next((name for name, found in stamps.items() if len(found) > 1), "")
    if several:
        days = ", ".join(sorted(stamps[several]))
        raise InputError(
            f"{path}: {several} is {days}; give the scores of one run",
            f"{path}：{several} 有多个值（{days}）；请只提供一次运行的结果",
        )
    settled = {name: kind or "text" for name, kind in kinds.items()}
    return settled, len(seen), {name: next(iter(found), "") for name, found in stamps.items()}


def _demand_whole(path: Path, line: int, row: Mapping[str, object], seen: set[str]) -> None:
    empty = [name for name in NEEDED if row.get(name) in (None, "")]
    if empty:
        raise InputError(
            f"{path}, line {line}: {', '.join(empty)} is empty or not there; give what "
            "`tingyin score` wrote",
            f"{path} 第 {line} 行：{'、'.join(empty)} 为空或不存在；请提供 `tingyin score` 的输出",
        )
    if str(row["customer_id"]) in seen:
        raise InputError(
            f"{path}, line {line}: customer {row['customer_id']} stands there twice; keep one row",
            f"{path} 第 {line} 行：顾客 {row['customer_id']} 重复；每位顾客只保留一行",
        )


def _demand_plain(path: Path, name: str) -> None:
    """Refuse a column whose name a spreadsheet would run: guards are for cells alone."""
    if FORMULA.match(name):
        raise InputError(
            f"{path}: column {name!r} starts like a formula; rename it",
            f"{path}：列名 {name!r} 以公式符号开头；请改名",
        )


def _demand_order(source: Source, today: str, earlier: str) -> None:
    from tiering import moment_of

    if today and earlier and moment_of(earlier).us > moment_of(today).us:
        raise InputError(
            f"--previous {source.previous} is as of {earlier}, later than {today}; swap the two",
            f"--previous {source.previous} 截至 {earlier}，晚于 {today}；请对调两个文件",
        )


def _todo(path: Path) -> dict[str, list[Row]]:
    """Return the actions of each customer in the order of the file, without their sentences."""
    found: dict[str, list[Row]] = {}
    if is_nothing(path):  # a day without an action
        return found
    for record in read_records(open_table(path)):
        row = record.values
        if row.get("customer_id") in (None, "") or row.get("action") in (None, ""):
            raise InputError(
                f"{path}, line {record.line}: customer_id or action is empty or not there; give "
                "what `tingyin actions` wrote",
                f"{path} 第 {record.line} 行：customer_id 或 action 为空或不存在；"
                "请提供 `tingyin actions` 的输出",
            )
        told: Row = {name: None if row.get(name) is None else str(row[name]) for name in TODO}
        found.setdefault(str(row["customer_id"]), []).append(told)
    return found
