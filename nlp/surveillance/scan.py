"""The default detector over all series at once: which bins alarm, and what was expected."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance.detectors.arithmetic import Many
from nlp.surveillance.detectors.cadence import CADENCES
from nlp.surveillance.detectors.contract import Width
from nlp.surveillance.detectors.surge import Findings, SurgeModel
from nlp.surveillance.series import Grid, Key, Timeline
from nlp.surveillance.settings import WatchSettings

MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Alarm:
    """One bin of one series that alarms.

    Attributes
    ----------
    key, width
        Which series.
    since
        Start of the bin in which the rise began.
    start, end
        The alarming bin itself.
    p
        How likely such evidence is by chance.
    """

    key: Key
    width: Width
    since: datetime
    start: datetime
    end: datetime
    p: float


@dataclass(frozen=True, slots=True)
class Scan:
    """What the detector said of every bin of every series of a grid.

    Attributes
    ----------
    grid
        What was counted.
    mean, variance
        Of the expected counts, bins × series.
    rates
        False-alarm probability of a bin, per series.
    alarms
        The bins that alarm, oldest first.
    """

    grid: Grid
    mean: NDArray[np.float32]
    variance: NDArray[np.float32]
    rates: NDArray[np.float64]
    alarms: tuple[Alarm, ...]


def scan(grid: Grid, settings: WatchSettings) -> Scan:
    """Run the detector over a grid, bin after bin, each judged by what lies before it.

    The last bin may be incomplete. It is held against the expectation of a whole bin: to judge it
    many times while it fills, against a growing share, would multiply the false alarms.
    """
    rates = false_alarm_rates(grid, settings)
    model = SurgeModel(
        CADENCES[grid.line.width], Many(len(grid.keys)), rates, settings.minimum_count
    )
    mean, variance = np.zeros((2, *grid.counts.shape), dtype=np.float32)
    alarms: list[Alarm] = []
    for step, slots in enumerate(grid.line.slots()):
        count = grid.counts[step].astype(np.float64)
        others = grid.others[step].astype(np.float64)[grid.products]
        findings = model.step(slots, count, others)
        mean[step] = findings.expected.mean
        variance[step] = _variance(findings)
        alarms.extend(_alarms(grid, step, findings))
    return Scan(grid, mean, variance, rates, tuple(alarms))


def false_alarm_rates(grid: Grid, settings: WatchSettings) -> NDArray[np.float64]:
    """Return the false-alarm probability of one bin, per series.

    A product may raise `false_alarms_per_series_month` false incidents in 30 days, fewer where
    its share of `false_alarms_per_month` is less. Hourly and daily series take half of that each
    (Bonferroni), and within each the series of all complaints takes half, its categories share
    the rest: a product's incident is one, whichever series raised it.
    """
    products = Counter(key.product for key in grid.keys)
    budget = min(
        settings.false_alarms_per_series_month,
        settings.false_alarms_per_month / max(len(products), 1),
    )
    bins = MONTH / CADENCES[grid.line.width].step
    shares = [
        (1.0 if products[key.product] == 1 else 0.5)
        if key.category is None
        else 0.5 / (products[key.product] - 1)
        for key in grid.keys
    ]
    return np.minimum(np.array(shares, dtype=np.float64) * budget / 2.0 / bins, 0.1)


def _variance(findings: Findings[NDArray[np.float64]]) -> NDArray[np.float64]:
    mean, dispersion, doubt = findings.expected
    return mean * (dispersion + mean * doubt)


def _alarms(grid: Grid, step: int, findings: Findings[NDArray[np.float64]]) -> list[Alarm]:
    return [
        _alarm(grid.line, grid.keys[n], step, int(findings.started[n]), float(findings.p[n]))
        for n in np.flatnonzero(findings.alarm)
    ]


def _alarm(line: Timeline, key: Key, step: int, started: int, p: float) -> Alarm:
    edges = line.edges
    return Alarm(key, line.width, edges[started], edges[step], edges[step + 1], p)
