"""Ordinal regression with proportional odds (McCullagh 1980), the rival of the logistic model."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.special import expit

Numbers = NDArray[np.float64]
PENALTY = 10.0
LEAST = 1e-9


def fit_odds(table: Numbers, truth: NDArray[np.int64]) -> Callable[[Numbers], Numbers]:
    """Return a predictor of three ordered classes: P(y > j) = logistic(w·x - cut[j])."""
    mean, spread = table.mean(axis=0), table.std(axis=0)
    scale = np.where(spread > 0, spread, 1.0)
    known = (table - mean) / scale
    rows = np.arange(len(truth))

    def loss(flat: Numbers) -> tuple[float, Numbers]:
        slopes, above = flat[:-2], _above(known, flat)
        chances = np.maximum(_chances(above), LEAST)
        bends = above * (1 - above)
        parts = np.zeros((len(truth), 2))
        parts[truth == 0, 0] = -bends[truth == 0, 0]
        parts[truth == 1] = bends[truth == 1] * (1.0, -1.0)
        parts[truth == 2, 1] = bends[truth == 2, 1]
        parts /= chances[rows, truth][:, None]
        by_slope = -known.T @ parts.sum(axis=1) + PENALTY * slopes
        by_first, by_gap = parts.sum(), parts[:, 1].sum() * np.exp(flat[-1])
        value = -np.log(chances[rows, truth]).sum() + PENALTY * float(slopes @ slopes) / 2
        return float(value), np.concatenate([by_slope, [by_first, by_gap]])

    start = np.concatenate([np.zeros(known.shape[1]), [-1.0, 0.5]])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 2000}).x
    return lambda asked: _chances(_above((asked - mean) / scale, found))


def _above(table: Numbers, flat: Numbers) -> Numbers:
    """Return P(y > 0) and P(y > 1); the second cut is the first plus a positive gap."""
    cuts = np.array([flat[-2], flat[-2] + np.exp(flat[-1])])
    return np.asarray(expit((table @ flat[:-2])[:, None] - cuts))


def _chances(above: Numbers) -> Numbers:
    return np.stack([1 - above[:, 0], above[:, 0] - above[:, 1], above[:, 1]], axis=1)
