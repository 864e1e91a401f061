"""The signals table in files: its columns, their types, and the way back from any format."""

from collections.abc import Callable, Container, Iterator, Mapping
from datetime import datetime, tzinfo
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar
from zoneinfo import ZoneInfo

from nlp.labels import SENTIMENTS, SEVERITIES
from nlp.message import Message
from nlp.schema import FEEDBACK_CONTEXT, FEEDBACK_COUNTS, LATER_COLUMNS, SIGNAL_COLUMNS
from service.errors import InputError
from service.files.cells import is_filled
from service.files.contract import Fault, read_moment
from service.files.rejects import Reject
from service.files.rows import open_table, read_records, unreadable
from service.files.table import Record

if TYPE_CHECKING:
    import pyarrow as pa

Label = TypeVar("Label")

SIGNALS_TABLE = ("id", *FEEDBACK_CONTEXT, *SIGNAL_COLUMNS)
LISTS = ("intents", "complaint", "targets", "evidence", "keyphrases", "left_open")
NUMBERS = ("p_negative", "p_neutral", "p_positive", "confidence", "rating")
WHOLE = (*FEEDBACK_COUNTS, "turn", "severity")
FLAGS = ("abstained", "spam")
FLAG_WORDS = MappingProxyType(
    dict.fromkeys(("true", "1", "1.0"), True) | dict.fromkeys(("false", "0", "0.0"), False)
)
REQUIRED = (
    "id",
    "created_at",
    *(column for column in SIGNAL_COLUMNS if column not in LATER_COLUMNS),
)
FILLED = ("id", "sentiment", "severity")
DEFAULT_ZONE = ZoneInfo("Asia/Shanghai")

NO_VALUE = Fault(Message("no value that this column can have", "不是该列允许的值"))
EMPTY = Fault(Message("the cell is empty", "单元格为空"))
WRITE_AGAIN = Message(
    "correct the row, or write the file again with tingyin analyze",
    "请更正此行，或用 tingyin analyze 重新生成文件",
)


@cache
def signals_schema(zone: str) -> "pa.Schema":
    """Return the Arrow schema of the signals table; times are microseconds in `zone`."""
    import pyarrow as pa

    names = pa.list_(pa.string())
    target = pa.struct([("span", pa.string()), ("polarity", pa.string())])
    evidence = pa.struct(
        [
            ("start", pa.int32()),
            ("end", pa.int32()),
            ("word", pa.string()),
            ("weight", pa.float64()),
        ]
    )
    types = (
        dict.fromkeys(SIGNALS_TABLE, pa.string())
        | dict.fromkeys(WHOLE, pa.int64())
        | dict.fromkeys(NUMBERS, pa.float64())
        | dict.fromkeys(FLAGS, pa.bool_())
        | dict.fromkeys(LISTS, names)
        | {"created_at": pa.timestamp("us", tz=zone), "severity": pa.int8()}
        | {"targets": pa.list_(target), "evidence": pa.list_(evidence)}
    )
    return pa.schema(list(types.items()))


def read_signals(
    path: Path | str,
    zone: tzinfo = DEFAULT_ZONE,
    on_reject: Callable[[Reject], None] | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a signals file, typed alike from every format, streaming.

    `created_at` is a time with a zone, counts and severity are int, probabilities float, flags
    bool, lists are lists; an absent context column is None.

    Parameters
    ----------
    path
        The file, of any format.
    zone
        The zone of times that name none.
    on_reject
        Receives each row that cannot be used; without it the first one raises.

    Raises
    ------
    InputError
        The file is no signals table, or one row is spoilt and `on_reject` is None.
    """
    table = open_table(path)
    missing = [name for name in REQUIRED if name not in table.columns]
    if missing:
        raise InputError(
            f"{path} is no signals table: {', '.join(missing)} missing; make one with"
            " tingyin analyze",
            f"{path} 不是信号表：缺少 {'、'.join(missing)}；请用 tingyin analyze 生成",
        )
    for record in read_records(table, on_reject):
        row = typed_row(table.path.name, record, zone)
        if not isinstance(row, Reject):
            yield row
        elif on_reject is None:
            raise unreadable(table.path, row)
        else:
            on_reject(row)


def typed_row(file: str, record: Record, zone: tzinfo) -> dict[str, Any] | Reject:
    """Return a row of the signals table typed alike from every format, or why it is none."""
    row: dict[str, Any] = {}
    for name in SIGNALS_TABLE:
        cell = record.values.get(name)
        value = _read(name, cell, zone)
        if isinstance(value, Fault):
            told = "" if cell is None else str(cell)
            return Reject(file, record.line, name, told, value.reason, WRITE_AGAIN)
        row[name] = value
    return row


def _read(name: str, cell: object, zone: tzinfo) -> object | Fault:
    if name == "created_at":
        return read_moment(cell, zone)
    try:
        value = typed(name, cell)
    except (ValueError, TypeError, AttributeError, KeyError, OverflowError):
        return NO_VALUE
    return EMPTY if name in FILLED and value in (None, "") else value


def typed(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """Return a cell of the signals table in the type of its column; None and NaN are None.

    Raises
    ------
    ValueError, TypeError, AttributeError, KeyError, OverflowError
        It is no value of that column.
    """
    if not is_filled(value):
        return [] if name in LISTS else None
    return TYPES.get(name, _text)(value)


def _text(value: object) -> str:
    text = str(value)
    text.encode()  # half a character cannot be written into any file
    return text


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _whole(value: float | str) -> int:
    return int(float(value)) if isinstance(value, str) and "." in value else int(value)


def _flag(value: object) -> bool:
    return FLAG_WORDS[str(value).lower()]


def _list(value: object) -> list[Any]:
    if not isinstance(value, list):
        raise TypeError(value)
    return value


def _sentiment(value: str) -> str:
    return _one_of(value, SENTIMENTS)


def _severity(value: float | str) -> int:
    return _one_of(_whole(value), SEVERITIES)


def _one_of(value: Label, allowed: Container[object]) -> Label:
    if value not in allowed:
        raise ValueError(value)
    return value


TYPES: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    dict.fromkeys(WHOLE, _whole)
    | dict.fromkeys(NUMBERS, float)
    | dict.fromkeys(FLAGS, _flag)
    | dict.fromkeys(LISTS, _list)
    | {"created_at": _moment, "sentiment": _sentiment, "severity": _severity}
)
