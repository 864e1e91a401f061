"""The input of `tingyin transcripts`: dialogues, and what became of every other row."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from nlp.message import Message
from nlp.schema import ROLES
from service.errors import InputError
from service.files import Reject, open_table, read_signals
from service.files.rows import read_records, unreadable
from service.files.signals_table import REQUIRED, typed_row
from service.files.table import Record

if TYPE_CHECKING:
    from nlp.transcripts import Dialogue, Turn

    Sessions = dict[str, list[tuple[Turn, dict[str, Any]]]]

NO_ROLE = Message("who speaks is not known: the role is empty", "不知道是谁在说话：角色为空")
GIVE_ROLE = Message(
    f"give each turn its role ({' or '.join(ROLES)}), with --map role=NAME where the column has "
    "another name",
    "请为每句填写角色（customer 顾客或 agent 客服）；列名不同时用 --map role=列名",
)


@dataclass(frozen=True, slots=True)
class Listened:
    """The dialogues of a signals file; rows without session, repeated ids, and rejects."""

    dialogues: "Sequence[Dialogue]"
    alone: int
    repeated: int
    rejects: Sequence[Reject]

    @property
    def turns(self) -> int:
        """How many turns the dialogues have."""
        return sum(len(dialogue.turns) for dialogue in self.dialogues)


def holds_signals(path: Path) -> bool:
    """Return whether a file holds signals rather than feedback.

    Raises
    ------
    InputError
        The file is no table, or a signals table that lacks columns.
    """
    columns = open_table(path).columns
    if "masked_text" in columns and not set(REQUIRED) <= set(columns):
        next(read_signals(path), None)  # raises, and names what is missing
    return set(REQUIRED) <= set(columns)


def listen(signals: Path, zone: ZoneInfo) -> Listened:
    """Return the dialogues of a signals file.

    Raises
    ------
    InputError
        The file is no signals table, or holds no turn of a dialogue.
    """
    from nlp.transcripts import dialogue_of, session_of, turn_from_row

    table, rejects = open_table(signals), list[Reject]()
    sessions: Sessions = {}
    seen: set[str] = set()
    alone = repeated = 0
    for record in read_records(table, rejects.append):
        row = _row(table.path.name, record, zone)
        if isinstance(row, Reject):
            rejects.append(row)
        elif not session_of(row):
            alone += 1
        elif row["id"] in seen:
            repeated += 1
        else:
            seen.add(row["id"])
            kept = {name: row[name] for name in ("customer_id", "product")}
            sessions.setdefault(session_of(row), []).append((turn_from_row(row), kept))
    if not sessions:
        raise _no_dialogue(signals, alone, rejects)
    dialogues = [dialogue_of(name, found) for name, found in sessions.items()]
    return Listened(dialogues, alone, repeated, rejects)


def _row(file: str, record: Record, zone: ZoneInfo) -> dict[str, Any] | Reject:
    """Return a typed row, or why it can be no turn; a row without session needs no role."""
    row = typed_row(file, record, zone)
    if isinstance(row, Reject) or not row["session_id"] or row["role"] in ROLES:
        return row
    return Reject(file, record.line, "role", row["role"] or "", NO_ROLE, GIVE_ROLE)


def _no_dialogue(signals: Path, alone: int, rejects: Sequence[Reject]) -> InputError:
    first = unreadable(signals, rejects[0]).message if rejects else Message("none", "无")
    return InputError(
        f"{signals} holds no turn of a dialogue ({alone:,} rows without session_id, "
        f"{len(rejects):,} unusable; the first of these: {first.en}); each turn needs session_id "
        "and role, with --map session_id=NAME where the column has another name",
        f"{signals} 中没有会话（{alone:,} 行没有 session_id，{len(rejects):,} 行无法使用，"
        f"首个问题：{first.zh}）；每句都需要 session_id 与 role，列名不同时用 "
        "--map session_id=列名",
    )
