"""The course of one series: what was counted, what was expected, and where it alarmed."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from nlp.surveillance.detectors.baseline import LEAST_DISPERSION, Expected
from nlp.surveillance.detectors.evidence import upper_of
from nlp.surveillance.mention import Mention
from nlp.surveillance.scan import Scan, scan
from nlp.surveillance.series import Grid, Key, grid_of, ledger_of, timeline
from nlp.surveillance.settings import WatchSettings
from nlp.surveillance.watch import usable

WatchWidth = Literal["10min", "hour", "day"]


@dataclass(frozen=True, slots=True)
class Point:
    """One bin of a series.

    Attributes
    ----------
    start, end
        When it begins and ends, in the zone of the watch.
    count
        Negative mentions.
    others
        The audience: mentions of the product that are neither negative nor an echo of one.
    expected, upper
        The mean count if nothing is wrong, and the largest that chance explains.
    alarm
        Whether the detector alarmed on it.
    """

    start: datetime
    end: datetime
    count: int
    others: int
    expected: float
    upper: int
    alarm: bool


def course(
    mentions: Sequence[Mention],
    key: Key,
    *,
    width: WatchWidth,
    as_of: datetime,
    settings: WatchSettings,
) -> tuple[Point, ...]:
    """Return every bin of a series from the first mention to `as_of`, oldest first.

    Each bin is judged as `surveil` judges it: by what lies before it, with the series' share of
    the false alarms. Empty where no mention of the product is known.

    Parameters
    ----------
    mentions
        Of any products, in any order.
    key
        The product, and the complaint category or None for all negative mentions.
    width
        Ten minutes, hours or days: what a watch looks at.
    """
    known = [each for each in usable(mentions, as_of, settings) if each.product == key.product]
    if not known:
        return ()
    ledger = ledger_of(known, minimum_count=1)
    if key not in ledger.keys:
        return ()
    line = timeline(known[0].at, as_of, settings.clock, width)
    return _points(scan(ledger, line, settings), grid_of(ledger, line), key)


def _points(done: Scan, grid: Grid, key: Key) -> tuple[Point, ...]:
    column = done.keys.index(key)
    rate, zone, edges = float(done.rates[column]), grid.line.zone, grid.line.edges
    # An hourly scan also tells of alarms of ten minutes within an hour.
    alarmed = {bisect_right(edges, each.start) - 1 for each in done.alarms if each.key == key}
    others = grid.others[:, grid.products[column]].tolist()
    counts, means = grid.counts[:, column].tolist(), done.mean[:, column].tolist()
    variances = done.variance[:, column].tolist()
    return tuple(
        Point(
            start=edges[step].astimezone(zone),
            end=edges[step + 1].astimezone(zone),
            count=count,
            others=others[step],
            expected=means[step],
            upper=upper_of(_expected(means[step], variances[step]), rate),
            alarm=step in alarmed,
        )
        for step, count in enumerate(counts)
    )


def _expected(mean: float, variance: float) -> Expected[float]:
    return Expected(mean, max(variance / mean, LEAST_DISPERSION), 0.0)
