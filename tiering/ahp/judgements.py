"""One matrix of pairwise judgements: read, checked, the reciprocal half filled in."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isfinite, log

import numpy as np
import numpy.typing as npt

from tiering.errors import JudgementError

Matrix = npt.NDArray[np.float64]
Cell = float | int | str | None

MOST_ELEMENTS = 15
RECIPROCAL_TOLERANCE = 0.02
"""How far ln(a_ij a_ji) may lie from 0: 1/3 is often written .33."""


@dataclass(frozen=True, slots=True)
class Judgements:
    """How much more each element counts than each other one.

    `matrix[i, j]` above 1: element i counts that many times element j. `matrix[j, i]` is its
    reciprocal, the diagonal is 1, and a pair that nobody judged is nan on both sides.
    """

    name: str
    elements: tuple[str, ...]
    matrix: Matrix

    @classmethod
    def of(cls, name: str, elements: Sequence[str], rows: Sequence[Sequence[Cell]]) -> "Judgements":
        """Return the judgements of a square matrix, or of its upper triangle.

        Parameters
        ----------
        name
            Names the matrix in errors.
        elements
            From 1 to 15 names that differ.
        rows
            One list an element: as many cells as elements, or in the upper form one fewer in each
            row (row i from the diagonal on). A cell is a number above 0 or a fraction such as
            `1/3`; null is taken from the other half, and where both are null nobody judged.

        Raises
        ------
        JudgementError
            The matrix is not square, not positive or not reciprocal; names repeat.
        """
        _demand_names(name, elements)
        square = _square(name, elements, rows)
        for i in range(len(elements)):
            _mirror(name, elements, square, i)
        return cls(name, tuple(elements), square)

    def missing(self) -> list[tuple[int, int]]:
        """Return the pairs (i < j) that nobody judged."""
        size = len(self.elements)
        pairs = ((i, j) for i in range(size) for j in range(i + 1, size))
        return [pair for pair in pairs if np.isnan(self.matrix[pair])]


def _demand_names(name: str, elements: Sequence[str]) -> None:
    if not 1 <= len(elements) <= MOST_ELEMENTS or len(set(elements)) < len(elements):
        raise JudgementError(
            f"{name}: the elements {list(elements)} must be 1 to {MOST_ELEMENTS} names that "
            "differ; divide more of them into groups below each other",
            f"{name}：要素 {list(elements)} 须为 1 至 {MOST_ELEMENTS} 个互不相同的名称；"
            "更多要素请分组分层",
        )


def _square(name: str, elements: Sequence[str], rows: Sequence[Sequence[Cell]]) -> Matrix:
    size = len(elements)
    lengths = [len(row) for row in rows]
    is_upper = lengths == list(range(size, 0, -1))
    if not is_upper and lengths != [size] * size:
        raise JudgementError(
            f"{name}: the rows have {lengths} cells, so the matrix is not square; give {size} rows "
            f"of {size} cells for {', '.join(elements)}, or the upper triangle with the diagonal",
            f"{name}：各行有 {lengths} 个单元格，矩阵不是方阵；请为 {'、'.join(elements)} "
            f"给出 {size} 行、每行 {size} 格，或含对角线的上三角",
        )
    square = np.full((size, size), np.nan)
    for i, row in enumerate(rows):
        for j, cell in enumerate(row, start=size - len(row)):
            square[i, j] = _number(f"{name}, {elements[i]} : {elements[j]}", cell)
    return square


def _number(place: str, cell: Cell) -> float:
    """Return a cell as a number above 0; nan for null."""
    if cell is None:
        return float("nan")
    try:
        number = float(Fraction(cell)) if isinstance(cell, str) else float(cell)
    except (ValueError, TypeError, ZeroDivisionError):
        number = -1.0
    if isinstance(cell, bool) or not isfinite(number) or number <= 0:
        raise JudgementError(
            f"{place}: {cell!r} is no judgement; write a number above 0 such as 3 or 1/3, "
            "from 1 (equal) to 9 (extremely more)",
            f"{place}：{cell!r} 不是有效判断；请写大于 0 的数，如 3 或 1/3，"
            "1 表示同等重要，9 表示极端重要",
        )
    return number


def _mirror(name: str, elements: Sequence[str], square: Matrix, i: int) -> None:
    """Fill the cells of row and column i from each other, and check those that are both given."""
    _demand_one(name, elements[i], square[i, i])
    square[i, i] = 1.0
    for j in range(i + 1, len(elements)):
        here, there = square[i, j], square[j, i]
        if np.isnan(here) and not np.isnan(there):
            square[i, j] = 1 / there
        elif not np.isnan(there) and abs(log(here * there)) > RECIPROCAL_TOLERANCE:
            raise JudgementError(
                f"{name}: {elements[i]} : {elements[j]} is {here:g}, but {elements[j]} : "
                f"{elements[i]} is {there:g}, which is not its reciprocal; leave one of them null",
                f"{name}：{elements[i]} 比 {elements[j]} 为 {here:g}，而 {elements[j]} 比 "
                f"{elements[i]} 为 {there:g}，两者不互为倒数；请将其一留空（null）",
            )
        square[j, i] = 1 / square[i, j]


def _demand_one(name: str, element: str, cell: float) -> None:
    if not np.isnan(cell) and cell != 1:
        raise JudgementError(
            f"{name}: {element} against itself is {cell:g}; the diagonal is 1",
            f"{name}：{element} 与自身之比为 {cell:g}；对角线须为 1",
        )
