"""The limit of a chart, from the false-alarm rate that is asked, by simulation.

Series are drawn from the fitted model, their coefficients from the estimates' own uncertainty: a
chart that takes estimates for the truth cries wolf more often than it promises. From a chart at 0
the time to a false alarm is close to exponential, so that after `n` bins the largest statistic is
below the limit with probability `exp(-rate n)`: the limit is that quantile. Beyond what the
simulation reaches, false alarms become rarer exponentially in the limit (Siegmund 1985,
Sequential Analysis, chapter II), at a pace that is read off the simulated tail.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, expm1, log

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance.detectors.chart import ratio
from nlp.surveillance.detectors.loglinear import Regression

Floats = NDArray[np.float64]

SERIES, MOST_BINS = 400, 400
COMMON, RARE = 0.2, 0.02
"""Tail probabilities between which the pace is measured; rarer ones are extrapolated."""
LARGEST_DOUBT = log(10.0)
SEED = 1985


@dataclass(frozen=True, slots=True)
class Alternative:
    """What a chart holds against the normal course.

    Attributes
    ----------
    sizes
        The changes looked for, from mean and dispersion of a bin, as logarithms.
    poisson
        Whether counts are judged as Poisson, whatever their dispersion.
    """

    sizes: Callable[[float, float], Floats]
    poisson: bool

    def ratio(self, mean: float, alpha: float) -> tuple[Floats, Floats]:
        """Return slope and cost of the log-likelihood ratio of each change."""
        return ratio(mean, self.sizes(mean, alpha), 0.0 if self.poisson else alpha)


def horizon(rate: float) -> int:
    """Return how many bins a simulation should be long."""
    return min(ceil(1.0 / rate), MOST_BINS)


def calibrated(model: Regression, rows: Floats, alternative: Alternative, rate: float) -> float:
    """Return the limit at which a chart alarms falsely with probability `rate` in a bin.

    Never below a third of what one likelihood ratio would need, `log(1 / rate)`: in a series
    where nothing was ever counted, simulations hold nothing to go by.

    Parameters
    ----------
    rows
        Of the bins that follow the history, `horizon(rate)` × columns.
    """
    largest = highest(model, rows, alternative, np.random.default_rng(SEED))
    asked = -expm1(-rate * len(rows))
    common, rare = np.quantile(largest, [1.0 - COMMON, 1.0 - RARE])
    limit = float(np.quantile(largest, 1.0 - asked)) if asked > RARE else float(rare)
    if asked < RARE:
        pace = max(float(rare - common) / log(COMMON / RARE), 1.0)
        limit += pace * log(RARE / asked)
    return max(limit, log(1.0 / rate) / 3.0)


def highest(
    model: Regression, rows: Floats, alternative: Alternative, source: np.random.Generator
) -> Floats:
    """Return the largest statistic of each of `SERIES` simulated series."""
    means = model.mean(rows)
    counts = drawn(source, means * doubts(model, rows, source), model.alpha)
    score, largest = np.zeros((SERIES, 1)), np.zeros(SERIES)
    for n, mean in enumerate(means.tolist()):
        slope, cost = alternative.ratio(mean, model.alpha)
        score = np.maximum(score, 0.0) + counts[:, n : n + 1] * slope - cost
        largest = np.maximum(largest, score.max(axis=1))
    return largest


def doubts(model: Regression, rows: Floats, source: np.random.Generator) -> Floats:
    """Return by what factor the true means may differ from the estimates, series × bins."""
    zero = np.zeros(rows.shape[1])
    errors = source.multivariate_normal(zero, model.covariance, SERIES, method="eigh")
    factors = np.clip(np.einsum("sc,nc->sn", errors, rows), -LARGEST_DOUBT, LARGEST_DOUBT)
    return np.asarray(np.exp(factors), np.float64)


def drawn(source: np.random.Generator, means: Floats, alpha: float) -> Floats:
    """Return counts of these means and this dispersion."""
    if alpha == 0.0:
        return source.poisson(means).astype(np.float64)
    return source.poisson(source.gamma(1.0 / alpha, alpha * means)).astype(np.float64)
