"""False alarms and detections of `surge` on simulated series: seeded, several levels.

The recipe is the usual one of outbreak detection (Noufaily et al. 2019, Bioinformatics 35:3110):
mean with a daily and a weekly pattern, negative-binomial counts of variance `dispersion × mean`.
"""

from datetime import datetime
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from numpy.typing import NDArray

from nlp.surveillance.detectors.arithmetic import Many
from nlp.surveillance.detectors.cadence import CADENCES
from nlp.surveillance.detectors.holidays import kind_of_day
from nlp.surveillance.detectors.surge import SurgeModel

MONDAY = datetime(2026, 1, 5, tzinfo=ZoneInfo("Asia/Shanghai"))
MONTH = {"hour": 720, "day": 30}
WEEK = {"hour": 168, "day": 7}
GAP = {"hour": 24, "day": 1}
Counts = NDArray[np.float64]


def usual(width: str, bins: int, mean: float) -> NDArray[np.float64]:
    """Return the mean of each bin: busy evenings, lively weekends; 调休 days are worked."""
    step = np.arange(bins)
    starts = (MONDAY + CADENCES[width].step * n for n in range(bins))
    pattern = 1.0 + 0.3 * np.array([kind_of_day(start) % 7 >= 5 for start in starts])
    if width == "hour":
        pattern = pattern * np.exp(0.9 * np.cos((step % 24 - 20) / 24 * 2 * np.pi))
    return mean * pattern / pattern.mean()


def drawn(source: np.random.Generator, means: Counts, dispersion: float, series: int) -> Counts:
    """Return counts, bins × series."""
    tall = np.repeat(means[:, None], series, axis=1)
    if dispersion == 1.0:
        return source.poisson(tall).astype(float)
    return source.negative_binomial(tall / (dispersion - 1), 1 / dispersion).astype(float)


def alarms(width: str, counts: Counts, rate: float, others: Counts | None = None) -> Counts:
    """Return 1 where a series alarms, bins × series."""
    cadence, (bins, series) = CADENCES[width], counts.shape
    model = SurgeModel(cadence, Many(series), np.full(series, rate), 5)
    audience = np.zeros_like(counts) if others is None else others
    return np.array(
        [
            model.step(cadence.slots(MONDAY + cadence.step * n), counts[n], audience[n]).alarm
            for n in range(bins)
        ]
    )


def incidents(found: Counts, gap: int) -> int:
    """Return how many runs of alarms there are, no further apart than `gap` bins."""
    steps = [np.flatnonzero(series) for series in found.T]
    return sum(1 + int((np.diff(at) > gap).sum()) for at in steps if len(at))


LEVELS = {"hour": (0.05, 0.5, 2.0, 10.0), "day": (1.2, 12.0, 240.0)}
ROWS = [
    (width, mean, dispersion)
    for width, means in LEVELS.items()
    for mean in means
    for dispersion in (1.0, 2.0, 4.0)
]


@pytest.mark.parametrize(("width", "mean", "dispersion"), ROWS)
def test_false_alarms_stay_near_or_under_what_was_asked(width, mean, dispersion):
    """One a series-month is asked; after two weeks of learning, 200 series are counted."""
    months, series = 2, 200
    learning, bins = 2 * WEEK[width], 2 * WEEK[width] + months * MONTH[width]
    source = np.random.default_rng([7, int(100 * mean), int(dispersion)])
    counts = drawn(source, usual(width, bins, mean), dispersion, series)
    found = alarms(width, counts, 1 / MONTH[width])
    assert incidents(found[learning:], GAP[width]) / (series * months) < 1.1


@pytest.mark.parametrize("mean", [0.05, 2.0])
def test_a_stricter_rate_is_kept_too(mean):
    """A tenth of a false alarm a series-month, dispersion 2, 600 series."""
    source = np.random.default_rng(11)
    counts = drawn(source, usual("hour", 1176, mean), 2.0, 600)
    found = alarms("hour", counts, 0.1 / 720)
    assert incidents(found[336:], 24) / (600 * 840 / 720) < 0.15


BURSTS = [
    # mean, added per hour, share found within twelve hours, median hours to detection
    (0.05, 3.0, 0.90, 8),
    (0.05, 10.0, 0.99, 1),
    (0.5, 5.0, 0.97, 6),
    (0.5, 10.0, 0.99, 2),
    (2.0, 6.0, 0.95, 6),
    (2.0, 20.0, 0.99, 1),
    (10.0, 20.0, 0.99, 2),
    (10.0, 50.0, 0.99, 1),
]


@pytest.mark.parametrize(("mean", "added", "share", "hours"), BURSTS)
def test_bursts_are_found(mean, added, share, hours):
    """Twelve hours of a burst on an afternoon after six weeks, dispersion 2, 150 series."""
    start, series = 44 * 24 + 14, 150
    source = np.random.default_rng([13, int(100 * mean), int(added)])
    counts = drawn(source, usual("hour", start + 12, mean), 2.0, series)
    counts[start:] += source.poisson(added, (12, series))
    found = alarms("hour", counts, 1 / 720)[start:]
    hit = found.any(axis=0)
    assert hit.mean() >= share
    assert np.median(found.argmax(axis=0)[hit] + 1) <= hours


def test_a_sale_is_no_crisis_and_a_crisis_in_a_sale_is():
    """Ten times the voices for a day; in half of the series complaints grow tenfold more."""
    start, series = 35 * 24 + 8, 100
    source = np.random.default_rng(17)
    means = usual("hour", start + 12, 1.0)
    means[start:] *= 10
    counts, others = drawn(source, means, 2.0, series), drawn(source, 4 * means, 2.0, series)
    counts[start:, : series // 2] *= 10
    found = alarms("hour", counts, 1 / 720, others)[start:].any(axis=0)
    assert found[: series // 2].mean() > 0.95
    assert found[series // 2 :].mean() < 0.1
