"""Counts over time: mentions laid on a grid of hours, of days or of ten minutes."""

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance.detectors.cadence import CADENCES
from nlp.surveillance.detectors.contract import Width
from nlp.surveillance.mention import Mention, Weight, weight_of

Counts = NDArray[np.int32]
Codes = NDArray[np.intp]
Moments = NDArray[np.float64]


class Entries(NamedTuple):
    """What is counted, one value an entry: moments (seconds since 1970), series, weights."""

    at: Moments
    code: Codes
    weight: Codes


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
        "10min", "hour" or "day".
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

    def index(self, moments: Moments) -> Codes:
        """Return the bin that each moment (seconds since 1970) falls in."""
        edges = np.array([edge.timestamp() for edge in self.edges])
        return np.searchsorted(edges, moments, side="right") - 1


def timeline(first: datetime, as_of: datetime, zone: ZoneInfo, width: Width) -> Timeline:
    """Return the bins from the local hour or day of `first` to the bin that holds `as_of`.

    Bins of ten minutes begin with the hour. A day has 23 or 25 hours where clocks change.
    """
    local = first.astimezone(zone)
    hour = local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)
    edges = [_midnight(local.date(), zone) if width == "day" else hour]
    while edges[-1] <= as_of:
        edges.append(_next(edges[-1], width, zone))
    return Timeline(width, zone, tuple(edges))


def _next(edge: datetime, width: Width, zone: ZoneInfo) -> datetime:
    if width == "day":
        return _midnight(edge.astimezone(zone).date() + timedelta(days=1), zone)
    return edge + CADENCES[width].step


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Ledger:
    """Every entry of every series, before it is laid on a timeline.

    Attributes
    ----------
    keys
        What each series counts.
    products
        Number of the product of each series.
    entries
        Of the negative mentions, by series.
    others
        Of the others, by product. What reposts or answers a negative
        mention is its echo, no audience that would excuse more complaints, and is left out.
    """

    keys: tuple[Key, ...]
    products: Codes
    entries: Entries
    others: Entries


@dataclass(frozen=True, slots=True)
class Grid:
    """Counts of several series on one timeline.

    Attributes
    ----------
    keys
        What each series counts.
    products
        Column of `others` that belongs to each series.
    counts
        Negative mentions, or what they weigh, bins × series.
    others
        The audience: mentions that are not negative, nor an echo of one, or what they weigh,
        bins × products.
    """

    line: Timeline
    keys: tuple[Key, ...]
    products: Codes
    counts: Counts
    others: Counts


def keys_of(mention: Mention) -> tuple[Key, ...]:
    """Return the series that a mention counts in: none where it is not negative."""
    if not mention.negative:
        return ()
    names = dict.fromkeys(mention.complaint)
    return (Key(mention.product, None), *(Key(mention.product, name) for name in names))


def ledger_of(
    mentions: Sequence[Mention],
    minimum_count: int,
    weight: Weight = "mentions",
) -> Ledger:
    """Enter mentions into their series.

    Series with fewer negative mentions than `minimum_count` in all are left out: they can never
    alarm. `weight` says how much a mention counts; see `weight_of`.
    """
    totals = Counter(key for mention in mentions for key in keys_of(mention))
    keys = tuple(key for key, total in totals.items() if total >= minimum_count)
    negative = {mention.id for mention in mentions if mention.negative}
    return entered(mentions, keys, negative, weight)


def entered(
    mentions: Sequence[Mention], keys: tuple[Key, ...], negative: Container[str], weight: Weight
) -> Ledger:
    """Enter mentions into these series; `negative` are the ids of all negative mentions."""
    series = {key: number for number, key in enumerate(keys)}
    products = {name: n for n, name in enumerate(dict.fromkeys(key.product for key in keys))}
    counted = [
        (mention.at.timestamp(), series[key], weight_of(mention, weight))
        for mention in mentions
        for key in keys_of(mention)
        if key in series
    ]
    others = [
        (mention.at.timestamp(), products[mention.product], weight_of(mention, weight))
        for mention in mentions
        if not mention.negative
        and mention.product in products
        and mention.parent_id not in negative
    ]
    codes = np.array([products[key.product] for key in keys], dtype=np.intp)
    return Ledger(keys, codes, _columns(counted), _columns(others))


def grid_of(ledger: Ledger, line: Timeline) -> Grid:
    """Lay the entries of all series on a timeline; what lies outside is left out."""
    counts = _counts(line, ledger.entries, len(ledger.keys))
    others = _counts(line, ledger.others, int(ledger.products.max(initial=-1)) + 1)
    return Grid(line, ledger.keys, ledger.products, counts, others)


def _columns(entries: Sequence[tuple[float, int, int]]) -> Entries:
    table = np.array(entries, dtype=np.float64).reshape(-1, 3)
    return Entries(table[:, 0], table[:, 1].astype(np.intp), table[:, 2].astype(np.intp))


def _counts(line: Timeline, entries: Entries, columns: int) -> Counts:
    counts = np.zeros((len(line.edges) - 1, columns), dtype=np.int32)
    place = line.index(entries.at)
    inside = (place >= 0) & (place < len(counts))
    np.add.at(counts, (place[inside], entries.code[inside]), entries.weight[inside])
    return counts
