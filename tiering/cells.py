"""How the cells of one column are read, and what can be wrong with them: one reader per kind.

A reader gives the typed column and the conditions under which a cell is at fault, each with the
code of its fault (see `tiering.faults`). Cells come in any type that a file can give: a number as
integer, decimal or text; a label list as list or text.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import narwhals as nw
from narwhals.dtypes import DType

from tiering.schema import MOST_FEN, Column, Kind
from tiering.times import EARLIEST_US, LATEST_US

NUMBER = r"^[+-]?\d{1,18}(?:\.\d{0,9})?$"
YES = ("true", "t", "yes", "y", "是")
NO = ("false", "f", "no", "n", "否")


@dataclass(frozen=True, slots=True)
class Reading:
    """The typed columns by name, and what can be wrong: (code of the fault, where it holds)."""

    values: Mapping[str, nw.Expr]
    faults: tuple[tuple[str, nw.Expr], ...] = ()


def read_cells(column: Column, dtype: DType) -> Reading:
    """Return how the column is read, given the type in which its cells came."""
    reading = READERS[column.kind](column, dtype)
    if not column.required or column.kind == "labels":
        return reading
    return Reading(reading.values, (("missing", ~_given(column.name, dtype)), *reading.faults))


def empty_cells(column: Column) -> Reading:
    """Return how a column is read that is null in every row, as one that the table lacks."""
    null = nw.col(column.name)
    if column.kind == "labels":
        nothing = null.is_null().cast(nw.Int64) - 1
        return Reading({f"{column.name}_{label}": nothing for label in column.allowed})
    value = null.cast(TYPES.get(column.kind, nw.String))
    filled = value.fill_null(0) if column.kind in ("refund", "flag") else value
    return Reading({column.name: filled})


def text_of(name: str, dtype: DType) -> nw.Expr:
    """Return a column as trimmed text, null where empty; a whole 3.0 is written 3."""
    column = nw.col(name)
    if dtype.is_float():
        column = nw.when(column == column.floor()).then(column).cast(nw.Int64)
    text = column.cast(nw.String).str.strip_chars()
    return nw.when(text != "").then(text)


def _given(name: str, dtype: DType) -> nw.Expr:
    column = nw.col(name)
    if dtype == nw.String:
        return ~column.is_null() & (column.str.strip_chars() != "")
    return ~column.is_null() & ~column.is_nan() if dtype.is_float() else ~column.is_null()


def _number_of(name: str, dtype: DType) -> nw.Expr:
    """Return a column as 64-bit float, null where it is no finite number."""
    column = nw.col(name)
    if dtype == nw.String:
        text = column.str.strip_chars()
        column = nw.when(text.str.contains(NUMBER)).then(text)
    number = column.cast(nw.Float64)
    return nw.when(number.is_finite()).then(number)


def _id(column: Column, dtype: DType) -> Reading:
    text = text_of(column.name, dtype)
    return Reading({column.name: text}, (("no_id", _given(column.name, dtype) & text.is_null()),))


def _text(column: Column, dtype: DType) -> Reading:
    return Reading({column.name: text_of(column.name, dtype)})


def _time(column: Column, dtype: DType) -> Reading:
    """Read microseconds: `tiering.check` has put them beside the column as it came."""
    at = nw.col(f"{column.name}_us")
    unread = _given(column.name, dtype) & at.is_null()
    outside = (at < EARLIEST_US) | (at >= LATEST_US)
    return Reading({column.name: at}, (("no_time", unread), ("time_out_of_range", outside)))


def _whole(column: Column, dtype: DType, most: int, code: str) -> Reading:
    number = _number_of(column.name, dtype)
    good = (number == number.floor()) & (number >= 0) & (number <= most)
    value = nw.when(good).then(number).cast(nw.Int64)
    faults = (
        ("no_number", _given(column.name, dtype) & number.is_null()),
        (code, number != number.floor()),
        ("negative", number < 0),
        ("too_large", number > most),
    )
    return Reading({column.name: value}, faults)


def _fen(column: Column, dtype: DType) -> Reading:
    return _whole(column, dtype, MOST_FEN, "not_whole_fen")


def _count(column: Column, dtype: DType) -> Reading:
    return _whole(column, dtype, column.most, "not_whole")


def _refund(column: Column, dtype: DType) -> Reading:
    """Read refunded fen; true or 是 means the whole `amount`, which `tiering.check` puts in."""
    word = text_of(column.name, dtype).str.to_lowercase()
    is_word = word.is_in([*YES, *NO]).fill_null(value=False)
    if dtype == nw.Boolean:
        return Reading({column.name: nw.when(nw.col(column.name)).then(MOST_FEN).otherwise(0)})
    reading = _fen(column, dtype)
    fen = reading.values[column.name].fill_null(0)
    by_word = nw.when(word.is_in(YES)).then(MOST_FEN).otherwise(fen)
    faults = tuple((code, where & ~is_word) for code, where in reading.faults)
    return Reading({column.name: by_word}, (*faults, ("refund_of_one_fen", fen == 1)))


def _number(column: Column, dtype: DType) -> Reading:
    number = _number_of(column.name, dtype)
    faults = (("no_number", _given(column.name, dtype) & number.is_null()),)
    return Reading({column.name: number}, faults)


def _flag(column: Column, dtype: DType) -> Reading:
    if dtype == nw.Boolean:
        return Reading({column.name: nw.col(column.name).cast(nw.Int64).fill_null(0)})
    word = text_of(column.name, dtype).str.to_lowercase()
    known = word.is_in([*YES, *NO, "0", "1"])
    value = nw.when(word.is_in([*YES, "1"])).then(1).otherwise(0)
    return Reading({column.name: value}, (("no_flag", ~known),))


def _choice(column: Column, dtype: DType) -> Reading:
    word = text_of(column.name, dtype).str.to_lowercase()
    return Reading({column.name: word}, (("not_allowed", ~word.is_in(column.allowed)),))


def _labels(column: Column, dtype: DType) -> Reading:
    """Read a list of labels, or text that names them: `["complaint"]`, `complaint|request`."""
    cells = nw.col(column.name)
    is_list = isinstance(dtype, nw.List)
    named = {
        label: cells.list.contains(label) if is_list else cells.cast(nw.String).str.contains(label)
        for label in column.allowed
    }
    return Reading(
        {
            f"{column.name}_{label}": found.fill_null(value=False).cast(nw.Int64)
            for label, found in named.items()
        }
    )


READERS: Mapping[Kind, Callable[[Column, DType], Reading]] = MappingProxyType(
    {
        "id": _id,
        "text": _text,
        "time": _time,
        "fen": _fen,
        "refund": _refund,
        "count": _count,
        "number": _number,
        "flag": _flag,
        "choice": _choice,
        "labels": _labels,
    }
)

TYPES: Mapping[Kind, type[nw.Int64 | nw.Float64 | nw.String]] = MappingProxyType(
    {
        "time": nw.Int64,
        "fen": nw.Int64,
        "refund": nw.Int64,
        "count": nw.Int64,
        "number": nw.Float64,
        "flag": nw.Int64,
    }
)
