"""Every detector on the simulated signals of the studies, all at the same alert rate of 1 %.

A detector's threshold, on the `p` of its verdicts, is set per signal on draws without outbreak; it
is then held against other draws. Days to detection count from the first case, 0 is the same day; an
undetected outbreak counts with its whole length. Intervals are 95 %, over the replicates.
`python -m tests.benchmarks.bench_noufaily`.
"""

import copy
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from multiprocessing import get_context

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from nlp.surveillance import DETECTORS, Bin, Sensitivity, detector
from nlp.surveillance.detectors.arithmetic import Many
from nlp.surveillance.detectors.cadence import CADENCES
from nlp.surveillance.detectors.contract import Width
from nlp.surveillance.detectors.surge import Findings, SurgeModel
from tests.benchmarks.noufaily import (
    ALL_WEEKS,
    DAYS,
    SCENARIOS,
    SYNDROMES,
    TESTED_DAYS,
    TESTED_WEEKS,
    Replicate,
    Signal,
    daily,
    known_tail,
    weekly,
)

Rows = list[tuple[str, str]]
Numbers = NDArray[np.float64]
Panel = Callable[[Numbers, Width], Numbers]
Draw = Callable[[Signal, np.random.Generator, Sequence[int]], Replicate]

RATE = 0.01
MONDAY = datetime(2012, 1, 2, tzinfo=UTC)
"""In UTC: the signals keep no Chinese holiday."""
SEEDS = {"calibration": 137438691328, "evaluation": 2305843008139952128}
LAST = 28
"""Bins of the z-score that a user would otherwise take."""
LEAST_SPREAD = 0.5
KNOWS = "knows the signal"
QUICK = ("surge", "z-score", KNOWS)
"""These judge a panel at once, and get the most replicates."""


@dataclass(frozen=True, slots=True)
class Design:
    """A study: its signals, how one is drawn, and how many replicates the detectors get."""

    signals: tuple[Signal, ...]
    draw: Draw
    width: Width
    tested: int
    bins: int
    sizes: tuple[int, ...]
    quick: int
    slow: int


DAILY = Design(SYNDROMES, daily, "day", TESTED_DAYS, DAYS, (2, 3, 5, 10), 24, 8)
WEEKLY = Design(
    SCENARIOS, partial(weekly, past=3), "week", TESTED_WEEKS, ALL_WEEKS, (1, 2, 3, 5, 10), 24, 20
)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one detector did on one signal: per replicate, and per outbreak size."""

    false_rate: Numbers
    found: Mapping[int, Numbers]
    sensitivity: Mapping[int, Numbers]
    delay: Mapping[int, Numbers]


def run() -> Rows:
    """Return both tables."""
    return [*table(DAILY, "daily"), *table(WEEKLY, "weekly")]


def table(design: Design, name: str) -> Rows:
    """Return a row per detector and outbreak size."""
    names = ["surge", *sorted(set(DETECTORS) - {"surge"}), "z-score"]
    if design.width == "day":
        names.append(KNOWS)
    tasks = [(design, who, signal) for who in names for signal in range(len(design.signals))]
    with ProcessPoolExecutor(os.cpu_count(), get_context("spawn")) as pool:
        outcomes = list(pool.map(_outcome, tasks, chunksize=4))
    count = len(design.signals)
    rows: Rows = []
    for size in design.sizes:
        for n, who in enumerate(names):
            shown = _shown(outcomes[n * count : (n + 1) * count], size, _replicates(design, who))
            rows.append((f"{name}, outbreak of {size} deviations: {who}", shown))
    return rows


def _replicates(design: Design, who: str) -> int:
    return design.quick if who in QUICK else design.slow


def _outcome(task: tuple[Design, str, int]) -> Outcome:
    design, who, number = task
    drawn = {
        purpose: [
            design.draw(
                design.signals[number], np.random.default_rng([seed, number, n]), design.sizes
            )
            for n in range(_replicates(design, who))
        ]
        for purpose, seed in SEEDS.items()
    }
    signal = design.signals[number]
    quiet, _ = _judge(replace(design, sizes=()), who, signal, drawn["calibration"])
    return evaluate(design, who, signal, drawn["evaluation"], threshold_of(quiet))


def evaluate(
    design: Design, who: str, signal: Signal, replicates: Sequence[Replicate], threshold: float
) -> Outcome:
    """Return what a detector does at a threshold."""
    quiet, judged = _judge(design, who, signal, replicates)
    found, sensitivity, delay = {}, {}, {}
    for size in design.sizes:
        alarms = [p <= threshold for p in judged[size]]
        sick = [one.outbreaks[size].sick for one in replicates]
        found[size] = np.array([alarm.any() for alarm in alarms], dtype=float)
        sensitivity[size] = np.array(
            [alarm[ill].mean() for alarm, ill in zip(alarms, sick, strict=True)]
        )
        delay[size] = np.array(
            [alarm.argmax() if alarm.any() else len(alarm) for alarm in alarms], dtype=float
        )
    return Outcome((quiet <= threshold).mean(axis=0), found, sensitivity, delay)


def threshold_of(p: Numbers) -> float:
    """Return the largest threshold that no more than `RATE` of these reach or fall below."""
    ordered = np.sort(p, axis=None)
    allowed = int(RATE * ordered.size)
    below = ordered[:allowed][ordered[:allowed] < ordered[allowed]]
    return float(below[-1]) if below.size else -1.0


def _judge(
    design: Design, who: str, signal: Signal, replicates: Sequence[Replicate]
) -> tuple[Numbers, dict[int, list[Numbers]]]:
    """Return p of the tested bins without outbreak, bins × series, and of each outbreak."""
    if who == KNOWS:
        return _judge_panels(design, knowing(signal, replicates), replicates)
    if who in QUICK:
        return _judge_panels(design, PANELS[who], replicates)
    passed = [_judge_one(design, who, one) for one in replicates]
    by_size = {size: [outbreaks[size] for _, outbreaks in passed] for size in design.sizes}
    return np.array([quiet for quiet, _ in passed]).T, by_size


def knowing(signal: Signal, replicates: Sequence[Replicate]) -> Panel:
    """Return what judges a panel of a signal by its true mean and distribution."""
    usual = np.stack([one.usual for one in replicates if one.usual is not None], axis=1)
    return lambda counts, width: known_tail(signal, counts.astype(np.int64), usual)


def _judge_panels(
    design: Design, panel: Panel, replicates: Sequence[Replicate]
) -> tuple[Numbers, dict[int, list[Numbers]]]:
    quiet = panel(np.stack([one.counts for one in replicates], axis=1).astype(float), design.width)
    judged: dict[int, list[Numbers]] = {}
    for size in design.sizes:
        sick = np.stack([one.with_outbreak(size) for one in replicates], axis=1)
        p = panel(sick.astype(float), design.width)
        outbreaks = [one.outbreaks[size] for one in replicates]
        judged[size] = [
            p[one.start : one.start + len(one.cases), n] for n, one in enumerate(outbreaks)
        ]
    return quiet[design.bins - design.tested :], judged


def _judge_one(
    design: Design, who: str, replicate: Replicate
) -> tuple[list[float], dict[int, Numbers]]:
    """Judge a series once without outbreak; at the start of each outbreak a copy judges that."""
    sensitivity = Sensitivity(false_alarms=RATE, minimum_count=1, width=design.width)
    bins, begin = _bins(design, replicate.counts), design.bins - design.tested
    state, quiet, judged = detector(who, sensitivity).fit(bins[:begin]), [], {}
    for n in range(begin, design.bins):
        for size, outbreak in replicate.outbreaks.items():
            if size in design.sizes and outbreak.start == n:
                sick = _bins(design, replicate.with_outbreak(size))[n : n + len(outbreak.cases)]
                copied = copy.deepcopy(state)
                judged[size] = np.array([copied.update(one).p for one in sick])
        quiet.append(state.update(bins[n]).p)
    return quiet, judged


def _bins(design: Design, counts: NDArray[np.int64]) -> list[Bin]:
    step = CADENCES[design.width].step
    return [Bin(MONDAY + n * step, int(count)) for n, count in enumerate(counts)]


def surge_panel(counts: Numbers, width: Width) -> Numbers:
    """Return p of every bin of every series by `surge`."""
    return np.array([found.p for found in surge_findings(counts, width, RATE)])


def surge_findings(counts: Numbers, width: Width, rate: float) -> Iterator[Findings[Numbers]]:
    """Return what `surge` finds in each bin of a panel, bins × series."""
    cadence, series = CADENCES[width], counts.shape[1]
    model = SurgeModel(cadence, Many(series), np.full(series, rate), 1)
    for n, count in enumerate(counts):
        yield model.step(cadence.slots(MONDAY + n * cadence.step), count, np.zeros(series))


def z_panel(counts: Numbers, width: Width) -> Numbers:
    """Return the tail of a count against mean and deviation of the `LAST` bins before it."""
    before = np.lib.stride_tricks.sliding_window_view(counts, LAST, axis=0)[:-1]
    spread = np.maximum(before.std(axis=-1, ddof=1), LEAST_SPREAD)
    p = stats.norm.sf((counts[LAST:] - before.mean(axis=-1)) / spread)
    return np.concatenate([np.ones((LAST, counts.shape[1])), p])


PANELS: Mapping[str, Panel] = {
    "surge": surge_panel,
    "z-score": z_panel,
}


def _shown(outcomes: Sequence[Outcome], size: int, replicates: int) -> str:
    found = [one.found[size] for one in outcomes]
    early = [one.delay[size][one.found[size] > 0] for one in outcomes]
    return (
        f"false {_percent([one.false_rate for one in outcomes])}  "
        f"found {_percent(found)}  "
        f"sensitivity {_percent([one.sensitivity[size] for one in outcomes])}  "
        f"bins to detection {_interval([one.delay[size] for one in outcomes])}, "
        f"of the found {np.concatenate(early).mean():.2f}  ({replicates} replicates)"
    )


def _percent(groups: Sequence[Numbers]) -> str:
    mean, half = stratified(groups)
    return f"{100 * mean:.1f} ± {100 * half:.1f} %"


def _interval(groups: Sequence[Numbers]) -> str:
    mean, half = stratified(groups)
    return f"{mean:.2f} ± {half:.2f}"


def stratified(groups: Sequence[Numbers]) -> tuple[float, float]:
    """Return the mean over signals of the means over replicates, and half its 95 % interval."""
    means = [group.mean() for group in groups]
    errors = [group.var(ddof=1) / len(group) for group in groups]
    return float(np.mean(means)), float(1.96 * np.sqrt(np.sum(errors)) / len(groups))


if __name__ == "__main__":
    for label, value in run():
        print(f"{label:<48}  {value}")
