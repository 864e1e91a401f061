"""Counts over time: mentions laid on a grid of hours and of days."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance.detectors.cadence import CADENCES
from nlp.surveillance.detectors.contract import Width
from nlp.surveillance.mention import Mention

HOUR = timedelta(hours=1)
Counts = NDArray[np.int32]


class Key(NamedTuple):
    """What a series counts: the negative mentions of a product, all or of one category."""

    product: str
    category: str | None


@dataclass(frozen=True, slots=True)
class Timeline:
    """Consecutive bins of one width.

    Attributes
    ----------
    width
        "hour" or "day".
    zone
        Whose clock says which hour, day and weekday a bin is.
    edges
        Start of each bin and the end of the last one, in UTC: differences of local times are
        wrong where clocks change.
    """

    width: Width
    zone: ZoneInfo
    edges: tuple[datetime, ...]

    def slots(self) -> list[tuple[int, ...]]:
        """Return the calendar slots of every bin."""
        cadence = CADENCES[self.width]
        return [cadence.slots(start.astimezone(self.zone)) for start in self.edges[:-1]]

    def index(self, moments: NDArray[np.float64]) -> NDArray[np.intp]:
        """Return the bin that each moment (seconds since 1970) falls in."""
        edges = np.array([edge.timestamp() for edge in self.edges])
        return np.searchsorted(edges, moments, side="right") - 1


def timeline(first: datetime, as_of: datetime, zone: ZoneInfo, width: Width) -> Timeline:
    """Return the bins from the local hour or day of `first` to the bin that holds `as_of`.

    A day has 23 or 25 hours where clocks change.
    """
    local = first.astimezone(zone)
    hour = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    edges = [hour if width == "hour" else _midnight(local.date(), zone)]
    while edges[-1] <= as_of:
        edges.append(_next(edges[-1], width, zone))
    return Timeline(width, zone, tuple(edges))


def _next(edge: datetime, width: Width, zone: ZoneInfo) -> datetime:
    if width == "hour":
        return edge + HOUR
    return _midnight(edge.astimezone(zone).date() + timedelta(days=1), zone)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Grid:
    """Counts of several series on one timeline.

    Attributes
    ----------
    keys
        What each series counts.
    counts
        Negative mentions, bins × series.
    others
        All mentions that are not negative, bins × products.
    products
        Column of `others` that belongs to each series.
    """

    line: Timeline
    keys: tuple[Key, ...]
    counts: Counts
    others: Counts
    products: NDArray[np.intp]


def grid_of(mentions: Sequence[Mention], line: Timeline, minimum_count: int) -> Grid:
    """Lay mentions on a timeline.

    Series with fewer negative mentions than `minimum_count` in all are left out: they can never
    alarm.
    """
    keys = _keys(mentions, minimum_count)
    column = {key: number for number, key in enumerate(keys)}
    products = {name: n for n, name in enumerate(dict.fromkeys(key.product for key in keys))}
    bins = line.index(np.array([mention.at.timestamp() for mention in mentions]))
    counts = np.zeros((len(line.edges) - 1, len(keys)), dtype=np.int32)
    others = np.zeros((len(line.edges) - 1, len(products)), dtype=np.int32)
    for mention, step in zip(mentions, bins.tolist(), strict=True):
        if not mention.negative:
            if mention.product in products:
                others[step, products[mention.product]] += 1
            continue
        for key in keys_of(mention):
            if key in column:
                counts[step, column[key]] += 1
    return Grid(line, keys, counts, others, np.array([products[key.product] for key in keys], int))


def keys_of(mention: Mention) -> tuple[Key, ...]:
    """Return the series that a negative mention counts in."""
    names = dict.fromkeys(mention.complaint)
    return (Key(mention.product, None), *(Key(mention.product, name) for name in names))


def _keys(mentions: Sequence[Mention], minimum_count: int) -> tuple[Key, ...]:
    totals: Counter[Key] = Counter()
    for mention in mentions:
        if mention.negative:
            totals.update(keys_of(mention))
    return tuple(key for key, total in totals.items() if total >= minimum_count)
