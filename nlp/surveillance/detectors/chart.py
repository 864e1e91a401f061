"""Likelihood-ratio charts: one CUSUM for each size of rise that is looked for.

While nothing is wrong a count has mean `m` and variance `m + alpha m**2`; a change by `k` lifts
the mean to `m exp(k)`. The log-likelihood ratio is linear in the count, `slope * count - cost`
(Höhle and Paul 2008, Comput Stat Data Anal 52:4357, section 2):

- Poisson: slope `k`, cost `m (exp(k) - 1)`;
- negative binomial: slope `k - g`, cost `g / alpha`, with
  `g = log((1 + alpha m exp(k)) / (1 + alpha m))`.

The generalised likelihood ratio is the largest sum of these over all change points *and* all
sizes. The two maxima may be taken in either order, and for one size the best change point is what
a CUSUM keeps: so a row of CUSUMs over a fine grid of sizes is the whole past in constant time.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

SMALLEST, LARGEST, RATIO = 0.02, 8.0, 1.1


def grid(smallest: float = SMALLEST) -> Floats:
    """Return the sizes of a GLR chart: logarithms of the rise, each `RATIO` times the last.

    Near its top the statistic is a parabola in the size, so that the true one can be larger by at
    most `(RATIO - 1) ** 2 / 4`, a quarter of a hundredth.

    Parameters
    ----------
    smallest
        The smallest rise that is looked for, as a logarithm, above 0.
    """
    steps = int(np.ceil(np.log(LARGEST / smallest) / np.log(RATIO))) + 1
    return smallest * RATIO ** np.arange(steps, dtype=np.float64)


def ratio(mean: float, size: Floats, alpha: float) -> tuple[Floats, Floats]:
    """Return slope and cost of the log-likelihood ratio, by size of the change."""
    if alpha == 0.0:
        return size, mean * np.expm1(size)
    spread, change = alpha * mean, np.expm1(size)
    # The slope written as one logarithm: the difference loses all its digits at large means.
    slope = np.log1p(change / (1.0 + spread * np.exp(size)))
    return slope, np.log1p(spread * change / (1.0 + spread)) / alpha


class Reading(NamedTuple):
    """What a chart shows after a bin.

    Attributes
    ----------
    statistic
        The largest log-likelihood ratio, 0 or more.
    alarm
        Whether it reaches the limit, with counts enough.
    upper
        The largest count of this bin that would not have alarmed.
    began
        How many bins ago the likeliest rise began; 0 is this bin.
    """

    statistic: float
    alarm: bool
    upper: int
    began: int


class Chart:
    """The chart of one series; after an alarm it starts afresh, as Höhle and Paul do.

    Parameters
    ----------
    sizes
        How many sizes of change are looked for.
    fewest
        A rise of fewer counts never alarms.
    falls
        Whether falls are looked for instead of rises: all sizes are negative.
    """

    __slots__ = ("_age", "_counted", "_falls", "_fewest", "_score")

    def __init__(self, sizes: int, fewest: int, *, falls: bool = False) -> None:
        self._fewest, self._falls = fewest, falls
        self._score = np.zeros(sizes)
        self._counted = np.zeros(sizes)
        self._age = np.zeros(sizes, dtype=np.int64)

    def step(self, count: int, slope: Floats, cost: Floats, limit: float) -> Reading:
        """Add a bin.

        Parameters
        ----------
        slope, cost
            From `ratio`, for the mean of this bin.
        limit
            The statistic from which there is an alarm.
        """
        goes_on = self._score > 0.0
        score = np.where(goes_on, self._score, 0.0)
        counted = np.where(goes_on, self._counted, 0.0)
        self._age = np.where(goes_on, self._age + 1, 0)
        upper = self._upper((limit + cost - score) / slope, counted)
        self._score = score + count * slope - cost
        self._counted = counted + count
        loud = (self._score >= limit) & (self._falls | (self._counted >= self._fewest))
        alarm = bool(loud.any())
        best = int(np.argmax(np.where(loud, self._score, -np.inf) if alarm else self._score))
        reading = Reading(max(float(self._score[best]), 0.0), alarm, upper, int(self._age[best]))
        if alarm:
            self._score = np.zeros_like(self._score)
        return reading

    def _upper(self, needed: Floats, counted: Floats) -> int:
        """Return the largest count without an alarm; of falls, the smallest."""
        if self._falls:
            return max(int(np.floor(needed.max())) + 1, 0)
        least = np.maximum(np.ceil(needed), self._fewest - counted)
        return max(int(least.min()) - 1, 0)
