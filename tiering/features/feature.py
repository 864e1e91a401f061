"""What a feature is: a measure of facts in a window, with its unit, its range and its words."""

from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import Literal

from nlp.message import Message
from tiering.errors import FeatureError

Table = Literal["orders", "engagement", "signals", "accounts"]
How = Literal["sum", "days", "max", "min"]
Measure = Literal[
    "total", "largest", "smallest", "mean", "share", "balance", "trend", "since", "gap", "lateness"
]

WINDOWS = (7, 30, 90, 180, 365)
"""Days of the windows; the day of the moment is the first of them. `None` is all that is known."""
EVER = None
LONGER = MappingProxyType(dict(pairwise(WINDOWS)))
"""The windows that have a longer one, with the next."""

UNITS = MappingProxyType(
    {
        "count": Message("count", "次数"),
        "days": Message("days", "天"),
        "fen": Message("fen", "分"),
        "share": Message("share from 0 to 1", "0 到 1 的占比"),
        "balance": Message("from -1 to 1", "-1 到 1"),
        "ratio": Message("ratio", "比值"),
        "points": Message("points", "评分"),
        "characters": Message("characters", "字符"),
    }
)


@dataclass(frozen=True, slots=True)
class Fact:
    """One figure of a row, and how it adds up over rows; `said` names it in sentences.

    `days` counts the days on which any row has 1. The figure of a row is whole, so that sums are
    exact in any order; what it stands for is `scale` times smaller.
    """

    name: str
    said: Message
    how: How = "sum"
    scale: int = 1


@dataclass(frozen=True, slots=True)
class Feature:
    """One documented feature of a customer.

    Parameters
    ----------
    name
        Its column, `orders_30d`; `_ever` where no window bounds it.
    table
        The contract that it is computed from.
    measure, facts
        What is done with which facts, see `tiering.features.measures`.
    window
        Days, or None for everything up to the moment.
    unit
        A key of `UNITS`.
    low, high
        The range; None has no end.
    whole
        Whether it is a whole number (64 bits); else a 64-bit float.
    null
        What null means; says that it never is where a missing row counts 0.
    description
        One sentence.
    """

    name: str
    table: Table
    measure: Measure
    facts: tuple[str, ...]
    window: int | None
    unit: str
    low: float
    high: float | None
    whole: bool
    null: Message
    description: Message

    def needs(self) -> tuple[tuple[str, int | None], ...]:
        """Return the (fact, window) pairs that the feature is computed from."""
        own = tuple((fact, self.window) for fact in self.facts)
        if self.measure != "trend":
            return own
        return own + tuple((fact, self.course()[1]) for fact in self.facts)

    def course(self) -> tuple[int, int]:
        """Return the window, and the longer one against whose earlier part a trend is held.

        Raises
        ------
        FeatureError
            No window is longer.
        """
        if self.window is None or self.window not in LONGER:
            raise FeatureError(
                f"{self.name}: no window is longer than {self.window}; trends have one of "
                f"{', '.join(map(str, LONGER))}",
                f"{self.name}：没有比 {self.window} 更长的窗口；走势可用的窗口为 "
                f"{'、'.join(map(str, LONGER))}",
            )
        return self.window, LONGER[self.window]
