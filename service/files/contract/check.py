"""One row against the contract: a piece of feedback, or a reject that says why not."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from pathlib import Path
from types import MappingProxyType

from nlp.message import Message
from nlp.schema import FEEDBACK_CONTEXT, FEEDBACK_COUNTS
from service.errors import InputError
from service.files.contract.columns import ColumnMap, listed
from service.files.contract.fault import Fault
from service.files.contract.moments import read_moment
from service.files.contract.numbers import is_nothing, read_count, read_rating
from service.files.contract.words import read_channel, read_name, read_role, read_text
from service.files.rejects import Reject
from service.files.table import Record

Cell = str | int | float | datetime | None

OPTIONAL_READERS: Mapping[str, Callable[[object], Cell | Fault]] = MappingProxyType(
    {name: read_name for name in FEEDBACK_CONTEXT if name != "created_at"}
    | dict.fromkeys((*FEEDBACK_COUNTS, "turn"), read_count)
    | {"channel": read_channel, "role": read_role, "rating": read_rating}
)
REMEDIES = MappingProxyType(
    {
        "text": Message("--map text=NAME", "--map text=列名"),
        "id": Message("--map id=NAME (or --make-ids)", "--map id=列名（或 --make-ids）"),
        "created_at": Message(
            "--map created_at=NAME (or --at 2026-01-05)",
            "--map created_at=列名（或 --at 2026-01-05）",
        ),
    }
)
HEADERLESS = (
    "\n  is its first line a header? if not, put one above",
    "\n  首行是表头吗？若不是，请加上表头",
)
NO_ID = Fault(
    Message("the id is empty", "编号为空"),
    Message("fill it in, or number the rows: --make-ids", "请补上，或自动编号：--make-ids"),
)


@dataclass(frozen=True, slots=True)
class Contract:
    """How the rows of one file become feedback.

    Parameters
    ----------
    columns
        Which column of the file feeds which column of the contract.
    zone
        The zone of times that name none.
    date_form
        `strptime` directives of the dates, None to recognise them.
    default_at
        The time of rows that have none, None when each needs its own.
    make_ids
        Number the rows by file name and line instead of reading an id.
    """

    columns: ColumnMap
    zone: tzinfo
    date_form: str | None = None
    default_at: datetime | None = None
    make_ids: bool = False


@dataclass(frozen=True, slots=True)
class Feedback:
    """One row that fulfils the contract; `context` holds every column of `FEEDBACK_CONTEXT`."""

    line: int
    id: str
    text: str
    context: Mapping[str, Cell]


def require_columns(path: Path, found: tuple[str, ...], contract: Contract) -> None:
    """Raise when columns are missing that every row needs; the message holds every remedy.

    Raises
    ------
    InputError
        There is no column for the text, for the id, or for the time, and no option stands in.
    """
    present = contract.columns.sources
    stands_in = {"id": contract.make_ids, "created_at": contract.default_at is not None}
    missing = [name for name in REMEDIES if name not in present and not stands_in.get(name)]
    if not missing:
        return
    remedies = [REMEDIES[name] for name in missing]
    doubt, doubt_zh = ("", "") if present else HEADERLESS
    raise InputError(
        f"{path} has no column for {', '.join(missing)}; add {' '.join(r.en for r in remedies)}\n"
        f"  it has: {listed(found, ', ')}{doubt}",
        f"{path} 缺少列：{'、'.join(missing)}；请加上 {' '.join(r.zh for r in remedies)}\n"
        f"  现有列：{listed(found, '、')}{doubt_zh}",
    )


def check(file: str, record: Record, contract: Contract) -> Feedback | Reject:
    """Return a row as feedback, or the reject of its first fault."""
    read: dict[str, Cell] = dict.fromkeys(FEEDBACK_CONTEXT)
    for name, value in _cells(file, record, contract):
        if isinstance(value, Fault):
            source = contract.columns.sources_of(record.values).get(name, name)
            shown = str(record.values.get(source) or "")
            return Reject(file, record.line, source, shown, value.reason, value.remedy)
        read[name] = value
    identity, text = str(read.pop("id")), str(read.pop("text"))
    return Feedback(record.line, identity, text, read)


def _cells(file: str, record: Record, contract: Contract) -> Iterator[tuple[str, Cell | Fault]]:
    sources = contract.columns.sources_of(record.values)

    def cell(name: str) -> object:
        source = sources.get(name)
        return None if source is None else record.values.get(source)

    yield "id", f"{Path(file).stem}-{record.line}" if contract.make_ids else _identity(cell("id"))
    yield "text", read_text(cell("text"))
    yield "created_at", _moment(cell("created_at"), contract)
    for name, reader in OPTIONAL_READERS.items():
        if name in sources:
            yield name, reader(cell(name))


def _identity(value: object) -> Cell | Fault:
    return read_name(value) or NO_ID


def _moment(value: object, contract: Contract) -> datetime | Fault:
    if contract.default_at is not None and is_nothing(value):
        return contract.default_at
    return read_moment(value, contract.zone, contract.date_form)
