"""The detectors that the benchmark of bursts compares: which bins of a panel alarm.

`Rule.alarms` takes a panel and a threshold and returns, per series, the alarming bins (start and
end in seconds, sorted by end). Each rule judges a bin by what lies before it and by the bin alone,
so a panel that ends in the middle of a bin is judged as the service would at that moment: the
count so far against a whole bin.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance import WatchSettings
from nlp.surveillance.detectors.arithmetic import Many
from nlp.surveillance.detectors.cadence import CADENCES
from nlp.surveillance.detectors.contract import Width
from nlp.surveillance.detectors.surge import SurgeModel
from nlp.surveillance.scan import scan
from nlp.surveillance.series import Entries, Key, Ledger, timeline
from tests.benchmarks.burst_data import DAYS, HOUR, MONDAY, Moments, Panel

Bins = NDArray[np.float64]
"""Alarming bins of one series: start and end in seconds, n x 2."""
MINIMUM = 5
NO_LIMIT = 10_000.0
MONTH = timedelta(days=30)
RATES = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 30.0)
DEVIATIONS = (
    *(60.0, 40.0, 30.0, 24.0, 20.0, 16.0, 13.0, 11.0, 10.0, 9.0, 8.0, 7.0, 6.0, 5.0),
    *(4.5, 4.0, 3.5, 3.0, 2.5, 2.0, 1.5, 1.0),
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A detector with a threshold still to be chosen from `thresholds`, the deafest first."""

    alarms: Callable[[Panel, float], list[Bins]]
    thresholds: tuple[float, ...]


def surge(width: Width) -> Rule:
    """Return `surge` in bins of one width; its threshold are nominal false alarms a month."""
    cadence = CADENCES[width]

    def alarms(panel: Panel, threshold: float) -> list[Bins]:
        seconds = cadence.step.total_seconds()
        counts = panel.counts(seconds)
        series = counts.shape[1]
        rates = np.full(series, threshold * (cadence.step / MONTH))
        model, silence = SurgeModel(cadence, Many(series), rates, MINIMUM), np.zeros(series)
        slots = [cadence.slots(MONDAY + n * cadence.step) for n in range(len(counts))]
        found = [
            model.step(slot, count, silence).alarm > 0
            for slot, count in zip(slots, counts, strict=True)
        ]
        return _bins(np.array(found), seconds)

    return Rule(alarms, RATES)


def watch_within_a_day() -> Rule:
    """Return what the watch runs, but for its days: hours and the windows within them.

    Its threshold is `false_alarms_per_series_month`.
    """

    def alarms(panel: Panel, threshold: float) -> list[Bins]:
        settings = WatchSettings(
            false_alarms_per_series_month=threshold,
            false_alarms_per_month=NO_LIMIT,
            minimum_count=MINIMUM,
        )
        line = timeline(MONDAY, MONDAY + timedelta(days=DAYS, seconds=-1), settings.clock, "hour")
        found: list[list[tuple[float, float]]] = [[] for _ in panel.moments]
        for alarm in scan(ledger(panel), line, settings).alarms:
            span = ((at - MONDAY).total_seconds() for at in (alarm.start, alarm.end))
            found[int(alarm.key.product)].append((next(span), next(span)))
        return [np.array(sorted(own, key=lambda bin_: bin_[1])).reshape(-1, 2) for own in found]

    return Rule(alarms, RATES)


def ledger(panel: Panel) -> Ledger:
    """Return the panel as the watch keeps it: each series a product of its own."""
    numbers = np.arange(len(panel.moments))
    codes = np.repeat(numbers, [len(own) for own in panel.moments])
    at = np.concatenate(panel.moments) + MONDAY.timestamp()
    none = np.array([], dtype=np.intp)
    return Ledger(
        tuple(Key(str(number), None) for number in numbers),
        numbers,
        Entries(at, codes, np.ones_like(codes)),
        Entries(np.array([]), none, none),
    )


def day_above_week() -> Rule:
    """Return the rule of Socialmetrix: the last 24 hours' mean against mean + k SD of 7 days."""

    def alarms(panel: Panel, threshold: float) -> list[Bins]:
        counts = panel.counts(HOUR)
        day = _window_sum(counts, 24) / 24
        mean, deviation = _moments_of_window(counts, 168)
        return _bins((day > mean + threshold * deviation) & _known(counts, 168), HOUR)

    return Rule(alarms, tuple(k / 20 for k in DEVIATIONS))


def ears_c2() -> Rule:
    """Return EARS C2 by hours: mean + k SD of 168 hours that end two hours before; SD >= .5."""

    def alarms(panel: Panel, threshold: float) -> list[Bins]:
        counts = panel.counts(HOUR)
        mean, deviation = (_later(part, 3) for part in _moments_of_window(counts, 168))
        raised = counts > mean + threshold * np.maximum(deviation, 0.5)
        return _bins(raised & _known(counts, 171), HOUR)

    return Rule(alarms, DEVIATIONS)


def _window_sum(counts: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    total = np.cumsum(counts, axis=0)
    summed: NDArray[np.float64] = total - _later(total, bins)
    return summed


def _moments_of_window(
    counts: NDArray[np.float64], bins: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    mean = _window_sum(counts, bins) / bins
    return mean, np.sqrt(np.maximum(_window_sum(counts**2, bins) / bins - mean**2, 0.0))


def _later(values: NDArray[np.float64], bins: int) -> NDArray[np.float64]:
    return np.concatenate([np.zeros_like(values[:bins]), values[:-bins]])


def _known(counts: NDArray[np.float64], bins: int) -> NDArray[np.bool_]:
    return (np.arange(len(counts)) >= bins)[:, None]


def _bins(found: NDArray[np.bool_], seconds: float) -> list[Bins]:
    starts = [np.flatnonzero(own) * seconds for own in found.T]
    return [np.stack([start, start + seconds], axis=1) for start in starts]


def cut(panel: Panel, ends: Moments) -> Panel:
    """Return the panel as it was known at the moment `ends` of each series."""
    return Panel(tuple(at[at <= end] for at, end in zip(panel.moments, ends, strict=True)))
