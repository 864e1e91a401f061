"""Paths of touches: what customers met on their way, with orders or without (null paths)."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import isfinite
from typing import TypeVar

import numpy as np

from nlp.evaluation import Floats
from tiering.errors import JourneyError

Row = TypeVar("Row")


@dataclass(frozen=True, slots=True)
class Path:
    """One way through the channels, with how often it ended in what.

    `conversions` ended in an order, `nulls` in none; `value` is that of all its conversions
    together (fen). A path without a touch is an order that nothing led to.
    """

    touches: tuple[str, ...]
    conversions: float = 1.0
    value: float = 0.0
    nulls: float = 0.0


@dataclass(frozen=True, slots=True)
class Touch:
    """One customer met one channel."""

    customer_id: str
    channel: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Conversion:
    """One order of a customer, worth so many fen."""

    customer_id: str
    at: datetime
    value: float


def merged(paths: Iterable[Path]) -> list[Path]:
    """Return the paths with equal ones as one, sorted by their touches.

    Raises
    ------
    JourneyError
        A channel has no name, or a count or value is negative or not finite.
    """
    sums: dict[tuple[str, ...], list[float]] = {}
    for path in paths:
        _demand_sound(path)
        cells = sums.setdefault(path.touches, [0.0, 0.0, 0.0])
        for place, figure in enumerate((path.conversions, path.value, path.nulls)):
            cells[place] += figure
    return [Path(touches, *sums[touches]) for touches in sorted(sums)]


def counts_of(paths: Sequence[Path]) -> Floats:
    """Return conversions, value and nulls of each path, shape (paths, 3)."""
    cells = [(path.conversions, path.value, path.nulls) for path in paths]
    return np.array(cells, dtype=float).reshape(-1, 3)


def paths_of(
    touches: Sequence[Touch], conversions: Sequence[Conversion], days: float = 30
) -> list[Path]:
    """Return the paths of customers, equal ones merged; see `walked_paths`."""
    return merged(path for _, path in walked_paths(touches, conversions, days))


def walked_paths(
    touches: Sequence[Touch], conversions: Sequence[Conversion], days: float = 30
) -> list[tuple[str, Path]]:
    """Return every path with the customer who walked it, by customer.

    A path ends at an order and starts after the one before; touches older than `days` at the
    order do not count for it. Touches that no order follows within `days` are a null path. A touch
    at the moment of an order led to it; the order of touches at one moment is by channel name.

    Raises
    ------
    JourneyError
        `days` is not above 0, a channel has no name, or a value is negative.
    """
    if not days > 0:
        raise JourneyError(f"days {days:g} must be above 0", f"天数 {days:g} 须大于 0")
    met = _by_customer((each.customer_id, each) for each in touches)
    bought = _by_customer((each.customer_id, each) for each in conversions)
    window = timedelta(days=days)
    return [
        (customer, path)
        for customer in sorted({*met, *bought})
        for path in _of_customer(
            sorted(met.get(customer, []), key=lambda touch: (touch.at, touch.channel)),
            sorted(bought.get(customer, []), key=lambda each: (each.at, each.value)),
            window,
        )
    ]


def _by_customer(rows: Iterable[tuple[str, Row]]) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for customer, row in rows:
        found.setdefault(customer, []).append(row)
    return found


def _of_customer(
    touches: list[Touch], conversions: list[Conversion], window: timedelta
) -> Iterable[Path]:
    times = [touch.at for touch in touches]
    start, stale = 0, []
    for conversion in conversions:
        end = bisect_right(times, conversion.at)
        fresh = [t for t in touches[start:end] if conversion.at - t.at <= window]
        stale += touches[start : end - len(fresh)]
        yield Path(tuple(t.channel for t in fresh), 1.0, conversion.value)
        start = end
    stale += touches[start:]
    if stale:
        yield Path(tuple(t.channel for t in stale), 0.0, 0.0, 1.0)


def _demand_sound(path: Path) -> None:
    if not all(channel.strip() for channel in path.touches):
        raise JourneyError(
            f"path {list(path.touches)}: a channel has no name; name it, or leave the touch out",
            f"路径 {list(path.touches)}：有渠道没有名称；请补上，或去掉该触点",
        )
    figures = (path.conversions, path.value, path.nulls)
    if not all(isfinite(figure) and figure >= 0 for figure in figures):
        raise JourneyError(
            f"path {' > '.join(path.touches)}: conversions, value and nulls {figures} must be 0 or "
            "more",
            f"路径 {' > '.join(path.touches)}：转化、价值与未转化 {figures} 须不小于 0",
        )
