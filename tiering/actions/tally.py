"""A share over things that come in bunches: purchases, texts and requests of the same customer.

Wilson's interval takes every trial as independent. What one customer does is alike, so the number
of trials is divided by the design effect of the ratio estimator (Kish 1965; used with Wilson's
interval as by Korn and Graubard 1998), and the interval is as wide as the customers allow.
"""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from nlp.evaluation import wilson
from tiering.migration import Interval

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Tally:
    """A share of `trials`, of so many customers; `effective` trials count, at most all of them."""

    share: float
    trials: int
    customers: int
    effective: float

    def interval(self, level: float) -> Interval:
        """Return the share with its interval; nan without trials."""
        if self.trials == 0:
            return Interval(float("nan"), float("nan"), float("nan"))
        z = NormalDist().inv_cdf((1 + level) / 2)
        low, high = wilson(self.share * self.effective, self.effective, z)
        return Interval(
            self.share, 0.0 if self.share == 0 else low, 1.0 if self.share == 1 else high
        )


def tally(successes: Counts, trials: Counts) -> Tally:
    """Return the share of successes; one cell a customer in both, trials above 0 count.

    >>> tally(np.array([1, 0, 1, 1]), np.array([1, 1, 1, 1]))
    Tally(share=0.75, trials=4, customers=4, effective=4.0)
    """
    counted = trials > 0
    y, m = successes[counted].astype(np.float64), trials[counted].astype(np.float64)
    total, customers = float(m.sum()), int(counted.sum())
    if customers == 0:
        return Tally(float("nan"), 0, 0, 0.0)
    share = float(y.sum()) / total
    return Tally(share, int(total), customers, _effective(y, m, share))


def _effective(y: npt.NDArray[np.float64], m: npt.NDArray[np.float64], share: float) -> float:
    """Return the number of independent trials that tell as much.

    Where all customers are alike to the last trial (a share of 0 or 1) the data do not show the
    design effect; then every customer counts as one trial.
    """
    customers, total = len(m), float(m.sum())
    if customers == total:
        return total
    if customers == 1 or share in (0.0, 1.0):
        return float(customers)
    variance = float(((y - share * m) ** 2).sum()) * customers / (customers - 1) / total**2
    independent = share * (1 - share) / total
    return total / max(1.0, variance / independent)
