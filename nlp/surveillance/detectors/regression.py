"""Farrington's regression: what the same weeks of past years say of this one.

Farrington, Andrews, Beale and Catchpole 1996, J R Statist Soc A 159:547; Noufaily et al. 2013,
Stat Med 32:1206. A quasi-Poisson regression of the references on time, in which past outbreaks
weigh little; its trend is dropped where it is not significant or leads beyond all that was seen.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt
from typing import NamedTuple

import numpy as np
from scipy.special import stdtr

from nlp.surveillance.detectors.quasi_poisson import (
    Fit,
    Floats,
    anscombe,
    fit,
    outlier_weights,
)
from nlp.surveillance.detectors.references import Lag

WEEKS_A_YEAR = 365.25 / 7
TREND_YEARS = 3
"""A trend is tried where the references come from three years or more: Farrington 1996."""
PERFECT = 1e-12
"""Dispersion of a fit so perfect that there is nothing to test a trend against."""
UNSEEN = 0.5
"""Where all references are 0, half a count is spread over them: nothing seen is not impossible."""
LEAST_MEAN = 1e-9
"""A period of zeros has a log mean without bound; the forecast is divided by it."""


@dataclass(frozen=True, slots=True)
class Model:
    """How the references are modelled.

    Attributes
    ----------
    outlier
        Anscombe residual from which a reference weighs less; None: all weigh the same.
    trend
        Whether a linear trend is tried.
    trend_p
        It is kept where its p-value is below this; from 1 on it is kept untested.
    """

    outlier: float | None
    trend: bool
    trend_p: float


class Forecast(NamedTuple):
    """What is expected of a new count.

    Attributes
    ----------
    mean
        Expected count.
    variance
        Of the new count about that mean: of the count itself and of the estimate of the mean.
    trend
        Whether it follows a trend.
    """

    mean: float
    variance: float
    trend: bool

    def upper(self, quantile: float, power: float) -> float:
        """Return the count that is `quantile` deviations above the mean, on the scale y^power."""
        rise = power * quantile * sqrt(self.variance) / self.mean
        return float(self.mean * (1.0 + rise) ** (1.0 / power))

    def score(self, count: int, power: float) -> float:
        """Return by how many deviations a count exceeds the mean, on the scale y^power."""
        slope = power * self.mean ** (power - 1.0)
        return float((count**power - self.mean**power) / (slope * sqrt(self.variance)))


def forecast(model: Model, references: Sequence[Lag], counts: Sequence[int]) -> Forecast:
    """Return what is expected now, from the counts of the references.

    Parameters
    ----------
    references, counts
        Of the same length, at least 3 of them of period 0.
    """
    observed = np.array(counts, dtype=np.float64)
    if not observed.any():
        mean = UNSEEN / len(observed)
        return Forecast(mean, mean + mean / len(observed), False)
    periods = _periods(references)
    if model.trend and len({lag.year for lag in references}) >= TREND_YEARS:
        times = np.array([-lag.weeks / WEEKS_A_YEAR for lag in references])
        fitted = _reweighted(model, np.column_stack((periods, times)), observed)
        if _keeps_trend(model, fitted, observed):
            return _predicted(fitted, trend=True)
    return _predicted(_reweighted(model, periods, observed), trend=False)


def _periods(references: Sequence[Lag]) -> Floats:
    """Return the columns of the regression without its trend: the mean, and each other period."""
    period = np.array([lag.period for lag in references])
    others = [period == each for each in sorted(set(period.tolist())) if each]
    return np.column_stack((np.ones(len(period)), *others)).astype(np.float64)


def _reweighted(model: Model, design: Floats, counts: Floats) -> Fit:
    """Fit, and where past outbreaks are to weigh less, fit again."""
    first = fit(design, counts, np.ones(len(counts)))
    if model.outlier is None:
        return first
    weights = outlier_weights(anscombe(first, counts), model.outlier)
    return fit(design, counts, weights)


def _keeps_trend(model: Model, fitted: Fit, counts: Floats) -> bool:
    """Return whether the trend, the last coefficient, is to be believed.

    The t-test uses the dispersion as estimated, even below 1.
    """
    if model.trend_p >= 1.0:
        return True
    if exp(fitted.coefficients[0]) > counts.max() or fitted.dispersion < PERFECT:
        return False
    error = sqrt(fitted.dispersion * float(fitted.covariance[-1, -1]))
    freedom = len(counts) - len(fitted.coefficients)
    p = 2.0 * float(stdtr(freedom, -abs(float(fitted.coefficients[-1])) / error))
    return p < model.trend_p


def _predicted(fitted: Fit, *, trend: bool) -> Forecast:
    """Return the forecast at time 0 in period 0, which is what the first coefficient stands for."""
    mean = max(exp(fitted.coefficients[0]), LEAST_MEAN)
    dispersion = max(fitted.dispersion, 1.0)
    doubt = dispersion * float(fitted.covariance[0, 0])
    return Forecast(mean, dispersion * mean + mean**2 * doubt, trend)
