"""Conditions on a customer's figures, as text: `commercial >= 60`, `lifecycle.stage in [lost]`.

A condition is a column, an operator and a value. Columns of the scores stand alone; those of
another table have its name before them (`complaints.worst_open`). What is not known fulfils no
condition but `is unknown`.
"""

import re
from dataclasses import dataclass
from typing import NoReturn

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from tiering.errors import ActionsError

Flags = npt.NDArray[np.bool_]
COLUMN = r"[^\s\[\],{}<>=!]+"
ORDER = {
    ">=": pc.greater_equal,
    "<=": pc.less_equal,
    ">": pc.greater,
    "<": pc.less,
}
WRITTEN = re.compile(rf"\s*({COLUMN})\s+(is not|is|in|not in|>=|<=|>|<)\s+(\S.*?)\s*")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?")
FORMS = "COLUMN >= 60, COLUMN is true, COLUMN is not KOC, COLUMN in [a, b], COLUMN is unknown"
TRUE, FALSE = ("true", "yes", "是"), ("false", "no", "否")


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition; `values` are texts, one of them a number where the operator compares."""

    column: str
    operator: str
    values: tuple[str, ...]

    @property
    def table(self) -> str:
        """The table of the column; empty for the scores."""
        return table_of(self.column)

    def holds(self, cells: pa.Array) -> Flags:
        """Return for which customers it holds; `cells` is the column, one cell a customer.

        Raises
        ------
        ActionsError
            A cell is no number where the condition compares numbers.
        """
        if self.values in (("known",), ("unknown",)) and self.operator in ("is", "is not"):
            wanted = (self.values == ("known",)) == (self.operator == "is")
            return _flags(cells.is_valid() if wanted else cells.is_null())
        if self.operator in ORDER:
            return _flags(ORDER[self.operator](self._numbers(cells), float(self.values[0])))
        found = _flags(pc.is_in(texts(cells), pa.array(self.values)))
        known: Flags = _flags(cells.is_valid())
        return (found if self.operator in ("is", "in") else ~found) & known

    def _numbers(self, cells: pa.Array) -> pa.Array:
        if not pa.types.is_string(cells.type):
            return cells.cast(pa.float64())
        trimmed = pc.utf8_trim_whitespace(cells)
        filled = pc.if_else(pc.equal(trimmed, ""), None, trimmed)
        try:
            return filled.cast(pa.float64())
        except pa.ArrowInvalid:
            odd = next(each for each in filled.to_pylist() if each and not _is_number(each))
            raise ActionsError(
                f"{self.column}: {odd!r} is no number, but a condition compares it with "
                f"{self.operator} {self.values[0]}; correct the cell or the condition",
                f"{self.column}：{odd!r} 不是数字，但有条件以 {self.operator} {self.values[0]} "
                "与之比较；请更正单元格或条件",
            ) from None


def condition_of(text: str, place: str) -> Condition:
    """Return the condition that a text says; errors name `place`.

    >>> condition_of("tier in [core, strategic]", "actions")
    Condition(column='tier', operator='in', values=('core', 'strategic'))

    Raises
    ------
    ActionsError
        The text is no condition, or compares with what is no number.
    """
    found = WRITTEN.fullmatch(text)
    if found is None:
        _refuse(place, text)
    column, operator, value = found.groups()
    if operator in ORDER:
        if not NUMBER.fullmatch(value):
            _refuse(place, text)
        return Condition(column, operator, (value,))
    if operator in ("in", "not in"):
        if not (value.startswith("[") and value.endswith("]")):
            _refuse(place, text)
        values = tuple(each.strip() for each in value[1:-1].split(",") if each.strip())
        return Condition(column, operator, values) if values else _refuse(place, text)
    if value.startswith("["):
        _refuse(place, text)
    return Condition(column, operator, (value,))


def table_of(column: str) -> str:
    """Return the table of a column; empty for a column of the scores."""
    return column.partition(".")[0] if "." in column else ""


def texts(cells: pa.Array) -> pa.Array:
    """Return cells as text, the words for yes and no as `true` and `false`.

    Whole numbers have no point, so that 3 and 3.0 are one value.
    """
    if pa.types.is_floating(cells.type):
        whole = pc.and_kleene(pc.is_finite(cells), pc.equal(pc.floor(cells), cells))
        small = pc.and_kleene(whole, pc.less(pc.abs(cells), 1e15))
        exact = pc.if_else(small, cells, None).cast(pa.int64()).cast(pa.string())
        return pc.coalesce(exact, cells.cast(pa.string()))
    if not pa.types.is_string(cells.type):
        return cells.cast(pa.string())
    trimmed = pc.utf8_trim_whitespace(cells)
    lower = pc.utf8_lower(trimmed)
    is_true, is_false = (pc.is_in(lower, pa.array(words)) for words in (TRUE, FALSE))
    return pc.if_else(is_true, "true", pc.if_else(is_false, "false", trimmed))


def _flags(found: pa.Array) -> Flags:
    flags: Flags = pc.coalesce(found, False).to_numpy(zero_copy_only=False)
    return flags


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _refuse(place: str, text: str) -> NoReturn:
    raise ActionsError(
        f"{place}: {text!r} is no condition; write one of {FORMS}",
        f"{place}：{text!r} 不是条件；写法为 {FORMS}",
    )
