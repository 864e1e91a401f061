"""Purchase histories: what the models read of a customer, equal rows merged with a weight."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from nlp.evaluation import Floats
from tiering.errors import HistoryError

Places: TypeAlias = npt.NDArray[np.intp]
Numbers: TypeAlias = Sequence[float] | Floats


@dataclass(frozen=True, slots=True, eq=False)
class Histories:
    """Repeat purchases of customers, one place a row in every array.

    `frequency` counts the purchases after the first (x), `recency` is the time from the first to
    the last purchase (t_x), `age` the time from the first purchase to the end of the window (T),
    both in one unit; `weights` tells how many customers share the row.
    """

    frequency: Floats
    recency: Floats
    age: Floats
    weights: Floats

    def taken(self, places: Places) -> "Histories":
        """Return the rows at these places."""
        columns = (self.frequency, self.recency, self.age, self.weights)
        return Histories(*(column[places] for column in columns))


def histories(
    frequency: Numbers, recency: Numbers, age: Numbers, weights: Numbers | None = None
) -> Histories:
    """Return checked histories; without weights every row is one customer.

    Raises
    ------
    HistoryError
        Arrays of different lengths, a number that is not finite, a negative one, a frequency that
        is no whole number, or a purchase after the end of the window.
    """
    x, t_x, end = (np.asarray(column, dtype=float) for column in (frequency, recency, age))
    held = np.ones(x.shape) if weights is None else np.asarray(weights, dtype=float)
    if x.ndim != 1 or not x.shape == t_x.shape == end.shape == held.shape:
        shapes = ", ".join(str(column.shape) for column in (x, t_x, end, held))
        raise HistoryError(
            f"frequency, recency, age and weights must be equally long columns; found {shapes}",
            f"购买次数、最近购买、观察时长与权重须为等长的列；实际为 {shapes}",
        )
    finite = np.isfinite(x) & np.isfinite(t_x) & np.isfinite(end) & np.isfinite(held)
    _demand(finite, "every number must be finite", "每个数须为有限值")
    _demand((x >= 0) & (x == np.floor(x)), "frequency must be 0, 1, 2, ...", "购买次数须为非负整数")
    _demand(
        (t_x >= 0) & (t_x <= end), "0 <= recency <= age must hold", "须满足 0 ≤ 最近购买 ≤ 时长"
    )
    _demand((x > 0) | (t_x == 0), "without a repeat recency is 0", "没有复购时最近购买须为 0")
    _demand(held > 0, "weights must be above 0", "权重须大于 0")
    return Histories(x, t_x, end, held)


def merged(rows: Histories) -> tuple[Histories, Places]:
    """Return the different rows with the sum of their weights, and where each row went.

    The result does not depend on the order of rows: it is sorted by age, recency, frequency.
    """
    where = different((rows.age, rows.recency, rows.frequency))
    return _summed(rows, where), where


def different(columns: Sequence[Floats]) -> Places:
    """Return for each row the number of its content, numbered from the least upwards."""
    order = np.lexsort(tuple(reversed(columns)))
    is_new = np.zeros(order.size, dtype=bool)
    for column in columns:
        ordered = column[order]
        is_new[1:] |= ordered[1:] != ordered[:-1]
    where = np.empty(order.size, dtype=np.intp)
    where[order] = np.cumsum(is_new)
    return where


def first_places(where: Places) -> Places:
    """Return a place at which each number of `different` stands."""
    places = np.empty(int(where.max(initial=-1)) + 1, dtype=np.intp)
    places[where] = np.arange(where.size)
    return places


def _summed(rows: Histories, where: Places) -> Histories:
    kept = rows.taken(first_places(where))
    weights = np.bincount(where, weights=rows.weights).astype(float)
    return Histories(kept.frequency, kept.recency, kept.age, weights)


def _demand(holds: npt.NDArray[np.bool_], en: str, zh: str) -> None:
    if not holds.all():
        place = int(np.argmin(holds))
        raise HistoryError(
            f"history {place}: {en}; correct the row, or leave it out",
            f"第 {place} 条购买历史：{zh}；请更正或删除该行",
        )
