"""Poisson and negative-binomial regression with a log link, by iterated weighted least squares.

The variance of a count of mean `m` is `m + alpha m**2`; `alpha` 0 is Poisson. Every coefficient
but the first has a normal prior of standard deviation 2, which no real history feels and which
keeps the estimates finite where a weekday or an hour has never held a count.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize_scalar
from scipy.special import gammaln
from scipy.stats import nbinom, norm

Floats = NDArray[np.float64]

RIDGE = 0.25
LOWEST, HIGHEST = -12.0, 20.0
"""Limits of the log of a mean."""
LEAST_ALPHA, MOST_ALPHA = 1e-4, 1e2
USUAL_EXCESS, USUAL_SPREAD = 0.8, 1.5
"""Before counts tell, their variance is believed to be 1.8 times their mean; and the standard
deviation of the logarithm of the dispersion that follows."""
OUTLIER = 3.0
TRIMMED = 0.1
ROUNDS = 25
BLOCK = 128
NEVER = 0.5
"""Counts assumed in a history that holds none: zeros in `n` bins leave means up to 1/n open."""


@dataclass(frozen=True, slots=True)
class Regression:
    """A fitted model.

    Attributes
    ----------
    coefficients
        One per column.
    covariance
        Of the coefficients, columns × columns.
    alpha
        Dispersion, 0 or more.
    """

    coefficients: Floats
    covariance: Floats
    alpha: float

    def mean(self, rows: Floats) -> Floats:
        """Return the mean counts of bins × columns, or of one row."""
        linear = np.einsum("...i,i->...", rows, self.coefficients)
        return np.asarray(np.exp(np.clip(linear, LOWEST, HIGHEST)), np.float64)


def known_regression(rows: Floats, counts: Floats, alpha: float = 0.0) -> Regression:
    """Return the model of a known dispersion; of a Poisson series by default.

    Parameters
    ----------
    rows, counts
        Bins × columns, and bins.
    """
    return _given(rows, counts, np.ones_like(counts), alpha)


def negbin_regression(
    rows: Floats, counts: Floats, weights: Floats | None = None, *, doubt: bool = False
) -> Regression:
    """Return the negative-binomial model with the dispersion of largest likelihood.

    Parameters
    ----------
    weights
        How much each bin counts; 1 by default.
    doubt
        Whether few counts are doubted: a usual dispersion is believed at first.
    """
    counted = np.ones_like(counts) if weights is None else weights
    model = _given(rows, counts, counted, _usual(counts))
    for _ in range(ROUNDS):
        alpha = _dispersion(counts, model.mean(rows), counted, doubt=doubt)
        settled = abs(alpha - model.alpha) <= 1e-4 * (alpha + 1e-3)
        model = _given(rows, counts, counted, alpha, model)
        if settled:
            break
    return model


def robust_regression(rows: Floats, counts: Floats) -> Regression:
    """Return a negative-binomial model that past outbreaks hardly move.

    First without the tenth of the bins that lies highest; then with all, each weighted by
    `(OUTLIER / r) ** 2` where its normal-quantile residual `r` exceeds `OUTLIER`. The idea is
    that of Farrington et al. 1996 (J R Stat Soc A 159:547); on quantiles it takes nothing from
    the long tail that negative-binomial counts rightly have. A crisis that fills more than a
    tenth of the history is taken for dispersion.
    """
    model = negbin_regression(rows, counts, doubt=True)
    mean = model.mean(rows)
    residuals = (counts - mean) / np.sqrt(mean + model.alpha * mean * mean)
    weights = (residuals <= np.quantile(residuals, 1.0 - TRIMMED)).astype(np.float64)
    for _ in range(4):
        model = negbin_regression(rows, counts, weights, doubt=True)
        weights = _weights(counts, model.mean(rows), model.alpha)
    return negbin_regression(rows, counts, weights, doubt=True)


def _given(
    rows: Floats,
    counts: Floats,
    weights: Floats,
    alpha: float,
    near: Regression | None = None,
) -> Regression:
    """Return the model of a known dispersion; a model that is near it saves rounds."""
    columns = rows.shape[1]
    prior = RIDGE * np.eye(columns)
    prior[0, 0] = 0.0
    held = float(weights @ counts)
    if held == 0.0:
        return _nothing(columns, float(weights.sum()), alpha)
    coefficients: Floats = np.zeros(columns)
    linear = np.log(counts + 0.5 if near is None else near.mean(rows))
    for _ in range(ROUNDS):
        mean = np.exp(linear)
        heft = weights * mean / (1.0 + alpha * mean)
        information = _gram(rows, heft) + prior
        target = linear + (counts - mean) / mean
        before = coefficients
        coefficients = np.asarray(
            np.linalg.solve(information, np.einsum("ni,n->i", rows, heft * target)), np.float64
        )
        linear = np.clip(np.einsum("ni,i->n", rows, coefficients), LOWEST, HIGHEST)
        if np.max(np.abs(coefficients - before)) < 1e-7:
            break
    mean = np.exp(linear)
    information = _gram(rows, weights * mean / (1.0 + alpha * mean)) + prior
    return Regression(coefficients, np.asarray(np.linalg.inv(information), np.float64), alpha)


def _gram(rows: Floats, weights: Floats) -> Floats:
    """Return the weighted sum of the rows' outer products, in blocks too small for BLAS threads.

    On a busy machine threads that wait for each other took ten times as long as one.
    """
    total: Floats = np.zeros((rows.shape[1], rows.shape[1]))
    for begin in range(0, len(rows), BLOCK):
        part = rows[begin : begin + BLOCK]
        total += (part.T * weights[begin : begin + BLOCK]) @ part
    return total


def _nothing(columns: int, bins: float, alpha: float) -> Regression:
    """Return the model of a history without a single count."""
    coefficients, covariance = np.zeros(columns), np.zeros((columns, columns))
    coefficients[0] = np.log(NEVER / max(bins, 1.0))
    covariance[0, 0] = 1.0 / NEVER
    return Regression(coefficients, covariance, alpha)


def _dispersion(counts: Floats, mean: Floats, weights: Floats, *, doubt: bool) -> float:
    """Return the dispersion of largest likelihood, or of largest posterior density."""
    believed = np.log(_usual(mean))

    def loss(logarithm: float) -> float:
        size = np.exp(-logarithm)
        terms = gammaln(counts + size) - gammaln(size) - counts * np.log1p(size / mean)
        likelihood = float(weights @ (terms - size * np.log1p(mean / size)))
        distance = (logarithm - believed) / USUAL_SPREAD
        return (0.5 * distance * distance if doubt else 0.0) - likelihood

    bounds = (float(np.log(LEAST_ALPHA)), float(np.log(MOST_ALPHA)))
    found = minimize_scalar(loss, bounds=bounds, method="bounded", options={"xatol": 1e-5})
    return float(np.exp(found.x))


def _usual(mean: Floats) -> float:
    return float(np.clip(USUAL_EXCESS / max(float(mean.mean()), 1e-9), LEAST_ALPHA, MOST_ALPHA))


def _weights(counts: Floats, mean: Floats, alpha: float) -> Floats:
    size = 1.0 / alpha
    frozen = nbinom(size, size / (size + mean))
    middle = frozen.sf(counts) + 0.5 * frozen.pmf(counts)
    residuals = np.maximum(norm.isf(middle), OUTLIER)
    return np.asarray((OUTLIER / residuals) ** 2, dtype=np.float64)
