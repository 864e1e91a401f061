"""The simulated signals that outbreak detectors are compared on, drawn anew from a seed.

Daily: 16 syndromes of Noufaily et al. 2019 (Bioinformatics 35:3110), seven years of 52 weeks, on
weeks of five or of seven days. Weekly: the 42 scenarios of Noufaily et al. 2013 (Stat Med 32:1206)
and Bédubourg and Le Strat 2017 (PLoS One 12:e0181227), 624 weeks. The mean is
`exp(level + trend t + yearly and weekly harmonics)`, the variance `dispersion` times the mean.

What differs from the studies: bank holidays, which the daily study gives to its detectors, are left
out; the size of an outbreak goes by the standard deviation of the signal as it is counted; and no
outbreak is cut off by the end.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy import stats

YEARS, WEEKS = 7, 52
DAYS = YEARS * WEEKS * 7
TESTED_DAYS = 49 * 7
ALL_WEEKS, TESTED_WEEKS = 624, 49
PAST = (312, 575)
"""Weeks, from 0 on, in which the weekly study lays outbreaks of the past."""
PAST_OUTBREAKS = 4
SPREAD = 0.5
"""Deviation of the log-normal delay of a case; its mean log is 0."""
OUTBREAK_STEP, WAVE_STEP = 0.25, 0.02
"""How much of that delay a day is: outbreaks last about a week, seasonal waves a season."""
ROOM = 3
"""Weeks before the end in which no outbreak begins, so that none is cut off."""
Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]
Number = TypeVar("Number", np.int64, np.float64)


@dataclass(frozen=True, slots=True)
class Wave:
    """An epidemic of every year: its cases in deviations of the signal, its days of onset."""

    cases: float
    onset: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Signal:
    """One simulated signal.

    Attributes
    ----------
    name
        That of the study.
    week
        Bins that are counted in a week: 7, 5 (none at weekends), or 1 (weekly counts).
    level, trend
        Log mean at the start, and its change per bin.
    yearly, weekly
        Coefficients of cosine and sine, and the number of harmonics.
    dispersion
        Variance over mean.
    shift
        Bins by which the calendar is moved.
    scale
        The counts are divided by it and rounded.
    wave
        An epidemic of every year, which is normal.
    """

    name: str
    week: int
    level: float
    trend: float
    yearly: tuple[float, float, int]
    weekly: tuple[float, float, int]
    dispersion: float
    shift: int = 0
    scale: int = 1
    wave: Wave | None = None

    def means(self, bins: int) -> Numbers:
        """Return the mean of each counted bin, before scaling."""
        t = np.arange(1, bins + 1) + self.shift
        log = self.level + self.trend * t + harmonics(t / (WEEKS * self.week), self.yearly)
        return np.exp(log + harmonics(t / self.week, self.weekly))


def harmonics(turns: Numbers, coefficients: tuple[float, float, int]) -> Numbers:
    """Return the sum of cosines and sines at so many turns of the cycle."""
    cosine, sine, count = coefficients
    angles = 2 * np.pi * np.outer(turns, np.arange(1, count + 1))
    return np.asarray((cosine * np.cos(angles) + sine * np.sin(angles)).sum(axis=1))


NONE = (0.0, 0.0, 0)
SYNDROMES: tuple[Signal, ...] = (
    Signal("1", 7, 6.0, 0.0, (0.2, 0.2, 1), (0.5, 0.4, 2), 2.0, 29),
    Signal("3", 7, 0.5, 0.0, (1.5, 1.4, 1), (0.5, 0.4, 2), 1.0, -167),
    Signal("4", 7, 5.5, 0.0, NONE, (0.3, 0.25, 2), 1.0, 1),
    Signal("5", 7, 2.0, 0.0, NONE, (0.3, 0.25, 2), 1.0, 1),
    Signal("6", 5, 6.0, 0.0, (0.3, 2.0, 1), (0.3, 0.5, 1), 1.5, -50, 10, Wave(1200, (1, 20))),
    Signal("7", 5, 1.0, 0.0, (0.1, 2.0, 1), (0.05, 0.05, 1), 1.0, -50, 1, Wave(750, (1, 20))),
    Signal("8", 5, 6.0, 0.0001, NONE, (0.6, 0.9, 1), 1.5, 0, 10),
    Signal("9", 5, 3.0, 0.0, (1.5, 0.1, 1), (0.2, 0.3, 1), 1.0, -150),
    Signal("10", 5, 3.0, 0.0, (0.2, 0.1, 1), (0.05, 0.15, 1), 1.0, -200),
    Signal("11", 5, 5.0, 0.0, (0.2, 0.1, 1), (0.05, 0.1, 1), 1.0),
    Signal("12", 5, 0.5, 0.0, (0.4, 0.0, 2), (0.05, 0.15, 1), 1.0),
    Signal("13", 5, 9.0, 0.0, (0.5, 0.2, 1), (0.2, 0.5, 1), 1.0, 0, 100),
    Signal("14", 7, 2.0, 0.0005, (0.8, 0.8, 1), (0.8, 0.4, 2), 4.0, 57),
    Signal("15", 7, 0.05, 0.0, (0.01, 0.01, 4), (1.8, 0.1, 1), 1.0, -85),
    Signal("16", 7, 3.0, 0.0, (0.8, 0.6, 1), (0.8, 0.4, 2), 4.0, 29, 1, Wave(580, (210, 230))),
    Signal("17", 7, 6.0, 0.0, NONE, (0.8, 0.4, 2), 4.0, 1),
)
WEEKLY_PARAMETERS = (
    # level, trend, cosine, sine, dispersion
    (0.1, 0.0025, 0.6, 0.6, 1.5),
    (-2.0, 0.005, 0.1, 0.3, 2.0),
    (1.5, 0.003, 0.2, -0.4, 1.0),
    (0.5, 0.002, 0.5, 0.5, 5.0),
    (2.5, 0.001, 1.0, 0.1, 3.0),
    (3.75, 0.001, 0.1, -0.1, 1.1),
    (5.0, 0.0001, 0.05, 0.01, 1.2),
)
SCENARIOS: tuple[Signal, ...] = tuple(
    Signal(str(n), 1, level, trend * rises, (cosine, sine, waves), NONE, dispersion)
    for n, ((level, trend, cosine, sine, dispersion), rises, waves) in enumerate(
        product(WEEKLY_PARAMETERS, (0, 1), (0, 1, 2)), start=1
    )
)


@dataclass(frozen=True, slots=True)
class Outbreak:
    """Cases laid on a series: the bin of the first one, and cases per bin from there on."""

    start: int
    cases: Whole

    @property
    def sick(self) -> NDArray[np.bool_]:
        """Tell for each bin from the start on whether it holds cases."""
        return self.cases > 0


@dataclass(frozen=True, slots=True)
class Replicate:
    """One draw of a signal: counts of all bins without an outbreak, and outbreaks by their size.

    `usual` is the mean of each bin where that is needed, the season's cases among it.
    """

    counts: Whole
    outbreaks: dict[int, Outbreak]
    usual: Numbers | None = None

    def with_outbreak(self, size: int) -> Whole:
        """Return the counts with the outbreak of that size laid on."""
        outbreak, counts = self.outbreaks[size], self.counts.copy()
        counts[outbreak.start : outbreak.start + len(outbreak.cases)] += outbreak.cases
        return counts


def daily(signal: Signal, source: np.random.Generator, sizes: Sequence[int]) -> Replicate:
    """Draw a syndrome and an outbreak of each size in its last 49 weeks, from Monday on."""
    bins = YEARS * WEEKS * signal.week
    mean = signal.means(bins)
    spread = np.sqrt(mean * signal.dispersion) / signal.scale
    counts = drawn(source, mean, signal.dispersion) / signal.scale
    season = waves(signal, source, spread)
    counts += season
    begin = int(source.integers(bins - 49 * signal.week, bins - ROOM * signal.week))
    outbreaks = {
        size: _daily_outbreak(signal, source, begin, size * signal.week * spread[begin])
        for size in sizes
    }
    usual = _calendar(signal, mean / signal.scale + season)
    return Replicate(_calendar(signal, np.rint(counts).astype(np.int64)), outbreaks, usual)


def weekly(
    signal: Signal, source: np.random.Generator, sizes: Sequence[int], past: int
) -> Replicate:
    """Draw a scenario, four outbreaks of the size `past` in it, and one of each size at its end."""
    mean = signal.means(ALL_WEEKS)
    spread = np.sqrt(mean * signal.dispersion)
    counts = drawn(source, mean, signal.dispersion).astype(np.int64)
    for begin in source.integers(*PAST, PAST_OUTBREAKS) if past else ():
        cases = _cases(source, past * spread[begin], 1.0)[: ALL_WEEKS - begin]
        counts[begin : begin + len(cases)] += cases
    begin = int(source.integers(ALL_WEEKS - TESTED_WEEKS, ALL_WEEKS - ROOM))
    outbreaks = {
        size: _trimmed(begin, _cases(source, size * spread[begin], 1.0)[: ALL_WEEKS - begin])
        for size in sizes
    }
    return Replicate(counts, outbreaks)


def drawn(source: np.random.Generator, mean: Numbers, dispersion: float) -> Numbers:
    """Return counts of that mean and of variance `dispersion × mean`."""
    if dispersion == 1.0:
        return source.poisson(mean).astype(float)
    return source.negative_binomial(mean / (dispersion - 1), 1 / dispersion).astype(float)


def waves(signal: Signal, source: np.random.Generator, spread: Numbers) -> Numbers:
    """Return the cases of the epidemics of every year."""
    found = np.zeros(len(spread))
    if signal.wave is None:
        return found
    for year in range(YEARS):
        begin = int(source.integers(*signal.wave.onset)) + year * WEEKS * signal.week
        cases = _cases(source, signal.wave.cases * spread[begin], WAVE_STEP)
        found[begin : begin + len(cases)] += cases[: len(found) - begin]
    return found


def _cases(source: np.random.Generator, mean: float, step: float) -> Whole:
    """Return the cases per bin of an outbreak of two cases or more, from its onset on."""
    size = 0
    while size < 2:
        size = int(source.poisson(max(mean, 0.1)))
    delays = source.lognormal(0.0, SPREAD, size)
    return np.bincount((delays / step).astype(np.int64))


def _daily_outbreak(
    signal: Signal, source: np.random.Generator, begin: int, mean: float
) -> Outbreak:
    cases = _cases(source, mean, OUTBREAK_STEP)
    days = _day(signal, begin + np.arange(len(cases)))
    weekday = days % 7
    likely = {5: np.array([1.5, 1.1, 1, 1, 1.1, 1, 1]), 7: np.array([1, 1, 1, 1, 1, 2.0, 2.0])}
    weighted = np.zeros(days[-1] - days[0] + 1, dtype=np.int64)
    weighted[days - days[0]] = np.rint(cases * likely[signal.week][weekday])
    return _trimmed(int(days[0]), weighted[: DAYS - days[0]])


def _trimmed(begin: int, cases: Whole) -> Outbreak:
    """Let an outbreak begin with its first case."""
    first = int(np.argmax(cases > 0))
    return Outbreak(begin + first, cases[first:])


def _day(signal: Signal, counted: Whole) -> Whole:
    """Return the day of each counted bin, from 0, a Monday, on."""
    return counted // signal.week * 7 + counted % signal.week


def known_tail(signal: Signal, counts: Whole, usual: Numbers) -> Numbers:
    """Return P(X >= count) of each bin for one who knows the signal: its mean and distribution.

    Of the cases of a season, which are in the mean, only their number is known, not their chance.
    """
    mean = np.maximum(usual * signal.scale, 1e-9)
    least = np.ceil((counts - 0.5) * signal.scale) - 1
    if signal.dispersion == 1.0:
        found = stats.poisson.sf(least, mean)
    else:
        found = stats.nbinom.sf(least, mean / (signal.dispersion - 1), 1 / signal.dispersion)
    return np.asarray(np.where(counts > 0, found, 1.0))


def _calendar(signal: Signal, counts: NDArray[Number]) -> NDArray[Number]:
    """Return counts of every day, none at the weekends of a week of five days."""
    days = np.zeros(DAYS, dtype=counts.dtype)
    days[_day(signal, np.arange(len(counts)))] = counts
    return days
