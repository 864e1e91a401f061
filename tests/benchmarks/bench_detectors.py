"""Speed of the detectors, and whether `surge` cries wolf as often as it was asked to.

Beside it what a user would otherwise pick: a rolling z-score by pandas. With the folder of the
data, also the weekly salmonella counts that R `surveillance` was run on.
`python -m tests.benchmarks.bench_detectors [DATA]`.
"""

import csv
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from nlp.surveillance import DETECTORS, Bin, Sensitivity, detector
from nlp.surveillance.detectors.arithmetic import Many
from nlp.surveillance.detectors.cadence import CADENCES
from nlp.surveillance.detectors.contract import Width
from nlp.surveillance.detectors.surge import SurgeModel

Rows = list[tuple[str, str]]
Numbers = NDArray[np.float64]

MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
SERIES, ROUNDS, SEED = 10_000, 20, 20261126
WEEK_OF_HOURS = 168
IN_CONTROL: tuple[tuple[Width, float, int, int], ...] = (
    # width, asked per bin, bins of learning, bins counted
    ("hour", 1 / 720, 28 * 24, 60 * 24),
    ("day", 0.01, 3 * 364, 364),
    ("week", 0.01, 5 * 52, 104),
)
LEVELS = {"hour": (0.05, 0.5, 2.0, 10.0), "day": (1.0, 10.0, 100.0), "week": (1.0, 10.0, 100.0)}
DISPERSIONS = (1.0, 2.0, 4.0)
PANEL = 60
WIDTHS: tuple[Width, ...] = ("hour", "day")
ORACLE = "surveillance-oracle"


def run(data: Path | None = None) -> Rows:
    """Return the figures."""
    rows = [*one_update(), *a_panel(), *false_alarms()]
    return rows if data is None else [*rows, *salmonella(data)]


def one_update() -> Rows:
    """Return the time of one update of one series, per detector, and of the z-score."""
    counts = np.random.default_rng(SEED).poisson(10, 1200)
    bins = [Bin(MONDAY + timedelta(hours=n), int(count)) for n, count in enumerate(counts)]
    days = [Bin(MONDAY + timedelta(days=n), int(count)) for n, count in enumerate(counts)]
    series: tuple[tuple[Width, list[Bin]], ...] = (("hour", bins), ("day", days))
    rows = [
        (f"one update of one series, {width}s: {name}", _per_update(name, width, steps))
        for name in sorted(DETECTORS)
        for width, steps in series
        if _takes(name, width)
    ]
    return [*rows, ("one update of one series: pandas rolling z-score", _z_update(counts))]


def a_panel() -> Rows:
    """Return the time of one bin of 10,000 series at once."""
    source = np.random.default_rng(SEED)
    counts = source.poisson(2.0, (WEEK_OF_HOURS + ROUNDS, SERIES)).astype(float)
    rows = [
        (f"10,000 series, one bin of a {width}: surge", _milliseconds(_steps(width, counts)))
        for width in WIDTHS
    ]
    frame = pd.DataFrame(counts)
    spent = _seconds([partial(_z, frame.iloc[n : WEEK_OF_HOURS + n]) for n in range(ROUNDS)])
    return [*rows, ("10,000 series, one bin: pandas rolling z-score", _milliseconds(spent))]


def false_alarms() -> Rows:
    """Return how often `surge` alarms while nothing is wrong, per bin, beside what was asked.

    Negative-binomial counts with the pattern of the day and the week; days and weeks also swing
    with the year. Alarms that follow another one belong to it and are not counted again.
    """
    rows = []
    for width, asked, learning, counted in IN_CONTROL:
        for level in LEVELS[width]:
            shares = [_share(width, asked, learning, counted, level, d) for d in DISPERSIONS]
            shown = ", ".join(f"{share:.4f}" for share in shares)
            label = f"false alarms, {width}s of {level:g}, dispersions 1, 2, 4 (asked {asked:.4f})"
            rows.append((label, shown))
    return rows


def salmonella(data: Path) -> Rows:
    """Return what `surge` says of the weekly counts of 2011 and 2012; false alarms asked: 1 %."""
    history, test = (_weeks(data / ORACLE / f"salmonella_{part}.csv") for part in ("train", "test"))
    sensitivity = Sensitivity(false_alarms=0.01, minimum_count=1, width="week")
    state = detector("surge", sensitivity).fit([step for step, _ in history])
    told = [(state.update(step).alarm, sick) for step, sick in test]
    found = sum(alarm for alarm, sick in told if sick)
    false = sum(alarm for alarm, sick in told if not sick)
    sick = sum(sick for _, sick in told)
    return [
        ("salmonella 2011-2012: outbreak weeks found by surge", f"{found} of {sick}"),
        ("salmonella 2011-2012: false weeks of surge", f"{false} of {len(told) - sick}"),
    ]


def _steps(width: Width, counts: Numbers) -> list[float]:
    cadence, others = CADENCES[width], np.zeros(SERIES)
    model = SurgeModel(cadence, Many(SERIES), np.full(SERIES, 1e-3), 5)
    calls = [
        partial(model.step, cadence.slots(MONDAY + n * cadence.step), count, others)
        for n, count in enumerate(counts)
    ]
    return _seconds(calls)[-ROUNDS:]


def _takes(name: str, width: Width) -> bool:
    try:
        detector(name, Sensitivity(width=width))
    except ValueError:
        return False
    return True


def _per_update(name: str, width: Width, steps: Sequence[Bin]) -> str:
    state = detector(name, Sensitivity(width=width)).fit(steps[:1000])
    spent = _seconds([partial(state.update, step) for step in steps[1000:]])
    return f"{1e6 * np.median(spent):.0f} µs (9 in 10 under {1e6 * np.quantile(spent, 0.9):.0f})"


def _z_update(counts: NDArray[np.int64]) -> str:
    series = pd.Series(counts)
    spent = _seconds(
        [partial(_z, series.iloc[n : n + WEEK_OF_HOURS]) for n in range(1000, 1000 + 32)]
    )
    return f"{1e6 * np.median(spent):.0f} µs"


def _z(frame: "pd.DataFrame | pd.Series[int]") -> object:
    past = frame.rolling(WEEK_OF_HOURS - 1)
    return (frame.iloc[-1] - past.mean().iloc[-2]) / past.std().iloc[-2]


def _seconds(calls: Sequence[Callable[[], object]]) -> list[float]:
    spent = []
    for call in calls:
        started = time.perf_counter()
        call()
        spent.append(time.perf_counter() - started)
    return spent


def _milliseconds(spent: Sequence[float]) -> str:
    return f"{1e3 * float(np.median(spent)):.1f} ms"


def _share(
    width: Width, asked: float, learning: int, counted: int, level: float, dispersion: float
) -> float:
    cadence = CADENCES[width]
    times = [MONDAY + n * cadence.step for n in range(learning + counted)]
    means = level * _pattern(times, width)
    counts = _drawn(np.random.default_rng([SEED, int(10 * level)]), means, dispersion)
    model = SurgeModel(cadence, Many(PANEL), np.full(PANEL, asked), 1)
    found = np.array(
        [
            model.step(cadence.slots(at), counts[n], np.zeros(PANEL)).alarm
            for n, at in enumerate(times)
        ]
    )
    fresh = (found[learning:] > 0) & ~(found[learning - 1 : -1] > 0)
    return float(fresh.mean())


def _pattern(times: Sequence[datetime], width: Width) -> Numbers:
    hours = np.array([at.hour for at in times])
    weekend = np.array([at.weekday() > 4 for at in times])
    turns = np.array([at.timetuple().tm_yday for at in times]) / 365.25
    daily = 0.9 * np.cos((hours - 20) / 24 * 2 * np.pi) if width == "hour" else 0.0
    yearly = 0.0 if width == "hour" else 0.4 * np.cos(2 * np.pi * turns)
    return np.exp(daily + yearly + (0.0 if width == "week" else 0.26) * weekend)


def _drawn(source: np.random.Generator, means: Numbers, dispersion: float) -> Numbers:
    tall = np.repeat(means[:, None], PANEL, axis=1)
    if dispersion == 1.0:
        return source.poisson(tall).astype(float)
    return source.negative_binomial(tall / (dispersion - 1), 1 / dispersion).astype(float)


def _weeks(path: Path) -> list[tuple[Bin, bool]]:
    with path.open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    names = ["date", *rows[0][1:]]
    found = []
    for row in rows[1:]:
        values = dict(zip(names, row, strict=True))
        start = datetime.fromisoformat(values["date"]).replace(tzinfo=UTC)
        found.append((Bin(start, int(values["n_cases"])), values["outbreak"] == "True"))
    return found


if __name__ == "__main__":
    for label, value in run(Path(sys.argv[1]) if len(sys.argv) > 1 else None):
        print(f"{label:<72}  {value}")
