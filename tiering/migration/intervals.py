"""Intervals of shares: Wilson's for one share, Dirichlet's for a row of them."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from nlp import evaluation
from tiering.errors import MovesError

PRIOR = 0.5
"""Jeffreys: half a customer in every cell, so that what was never seen is not impossible."""


@dataclass(frozen=True, slots=True)
class Interval:
    """A share with its interval, all from 0 to 1; nan where there is nobody to count."""

    share: float
    low: float
    high: float


def wilson(successes: int, trials: int, level: float = 0.95) -> Interval:
    """Return the share of successes with Wilson's score interval (Wilson 1927).

    >>> found = wilson(0, 10)
    >>> round(found.low, 4), round(found.high, 4)
    (0.0, 0.2775)

    Raises
    ------
    MovesError
        `level` does not lie between 0 and 1.
    """
    demand_level(level)
    if trials == 0:
        return Interval(float("nan"), float("nan"), float("nan"))
    low, high = evaluation.wilson(successes, trials, NormalDist().inv_cdf((1 + level) / 2))
    return Interval(
        successes / trials,
        0.0 if successes == 0 else low,
        1.0 if successes == trials else high,
    )


def dirichlet_row(counts: npt.NDArray[np.int64], level: float = 0.95) -> list[Interval]:
    """Return the share of each cell of one row with its equal-tailed Dirichlet interval.

    The posterior of the row is Dirichlet(counts + 1/2); each cell's margin is a Beta
    distribution. The share itself is the plain one, counted without the prior.
    """
    from scipy.stats import beta

    demand_level(level)
    total, alpha = int(counts.sum()), counts + PRIOR
    if total == 0:
        return [Interval(float("nan"), float("nan"), float("nan")) for _ in counts]
    rest = alpha.sum() - alpha
    low, high = (np.asarray(beta.ppf((1 + sign * level) / 2, alpha, rest)) for sign in (-1, 1))
    return [
        Interval(float(count) / total, float(bottom), float(top))
        for count, bottom, top in zip(counts, low, high, strict=True)
    ]


def demand_level(level: float) -> None:
    """Raise unless a level of confidence lies between 0 and 1.

    Raises
    ------
    MovesError
        Names the level.
    """
    if not 0 < level < 1:
        raise MovesError(
            f"level {level:g} must lie between 0 and 1, such as 0.95",
            f"置信水平 {level:g} 须在 0 与 1 之间，例如 0.95",
        )
