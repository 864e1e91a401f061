"""The signals table in files: its columns, their types, and the way back from any format."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from nlp.schema import FEEDBACK_CONTEXT, FEEDBACK_COUNTS, SIGNAL_COLUMNS
from service.errors import InputError
from service.files.rows import read_rows

if TYPE_CHECKING:
    import pyarrow as pa

SIGNALS_TABLE = ("id", *FEEDBACK_CONTEXT, *SIGNAL_COLUMNS)
LISTS = ("intents", "complaint", "targets", "evidence", "keyphrases")
NUMBERS = ("p_negative", "p_neutral", "p_positive", "confidence", "rating")
WHOLE = (*FEEDBACK_COUNTS, "turn", "severity")
FLAGS = ("abstained", "spam")


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


def read_signals(path: Path | str) -> Iterator[dict[str, Any]]:
    """Yield the rows of a signals file, typed alike from every format, streaming.

    `created_at` is a time with a zone, counts and severity are int, probabilities float, flags
    bool, lists are lists; an absent context column is None.

    Raises
    ------
    InputError
        The file is no signals table.
    """
    for row in read_rows(path):
        missing = [name for name in ("id", "created_at", *SIGNAL_COLUMNS) if name not in row]
        if missing:
            raise InputError(
                f"{path} is no signals table: {', '.join(missing)} missing; make one with"
                " tingyin analyze",
                f"{path} 不是信号表：缺少 {'、'.join(missing)}；请用 tingyin analyze 生成",
            )
        yield {name: _typed_or_raise(path, name, row) for name in SIGNALS_TABLE}


def _typed_or_raise(path: Path | str, name: str, row: Mapping[str, Any]) -> object:
    try:
        return typed(name, row.get(name))
    except (ValueError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path}: the signals of {row['id']!r} have {name} = {row[name]!r}, which is not of the"
            " type of that column; write the file again with tingyin analyze",
            f"{path}：编号 {row['id']!r} 的 {name} = {row[name]!r}，类型不符；"
            "请用 tingyin analyze 重新生成",
        ) from error


def typed(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """Return a cell of the signals table in the type of its column."""
    if value is None:
        return [] if name in LISTS else None
    return TYPES.get(name, str)(value)


def _moment(value: datetime | str) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromisoformat(value)


def _whole(value: float | str) -> int:
    return int(float(value)) if isinstance(value, str) and "." in value else int(value)


def _flag(value: bool | str) -> bool:
    return value if isinstance(value, bool) else value.lower() == "true"


TYPES: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    dict.fromkeys(WHOLE, _whole)
    | dict.fromkeys(NUMBERS, float)
    | dict.fromkeys(FLAGS, _flag)
    | dict.fromkeys(LISTS, list)
    | {"created_at": _moment}
)
