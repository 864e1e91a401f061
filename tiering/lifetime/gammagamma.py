"""Gamma-Gamma: how much a customer spends at a purchase, from the mean of those seen.

Fader and Hardie (2013), The Gamma-Gamma Model of Monetary Value. A single spend follows
gamma(p, nu), and nu differs between customers by gamma(q, v). It supposes that spend and number
of purchases are unrelated: look at their correlation first.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, gammaln

from nlp.evaluation import Floats
from tiering.errors import FitError
from tiering.lifetime.counting import of_counts
from tiering.lifetime.histories import Places


@dataclass(frozen=True, slots=True, eq=False)
class Spends:
    """Mean spends of customers: over `count` purchases each, all above 0, with weights."""

    count: Floats
    mean: Floats
    weights: Floats

    def taken(self, places: Places) -> "Spends":
        """Return the rows at these places."""
        return Spends(self.count[places], self.mean[places], self.weights[places])


@dataclass(frozen=True, slots=True)
class GammaGamma:
    """The model with its parameters, all above 0; v is in the unit of money of the spends."""

    p: float
    q: float
    v: float

    def likelihood(self, rows: Spends) -> tuple[Floats, Floats]:
        """Return the log likelihood of each row, and its slope by each parameter (3, rows)."""
        p, q, v = self.p, self.q, self.v
        n, total = rows.count, rows.count * rows.mean
        log_total, log_sum = np.log(total), np.log(total + v)
        log = (
            of_counts(lambda k: _log_beta_part(p, q, k), n)
            + q * np.log(v)
            + p * n * log_total
            - np.log(rows.mean)
            - (p * n + q) * log_sum
        )
        both = of_counts(lambda k: digamma(p * k + q), n)
        seen = of_counts(lambda k: digamma(p * np.maximum(k, 1)), n)
        slopes = (
            n * (both - seen + log_total - log_sum),
            both - digamma(q) + np.log(v) - log_sum,
            q / v - (p * n + q) / (total + v),
        )
        return log, np.stack(slopes)

    def mean_spend(self, count: Floats, mean: Floats) -> Floats:
        """Return the expected spend at a purchase, given `count` purchases of `mean` on average.

        With a count of 0 it is the mean of all customers, p v / (q - 1).

        Raises
        ------
        FitError
            q is at most 1, so that the mean of all customers does not exist.
        """
        if self.q <= 1:
            raise FitError(
                f"spend has no mean: q is {self.q:.3f} and must be above 1; few customers spend "
                "by far the most: look for wrong amounts, or cap them before the fit",
                f"消费额没有均值：q 为 {self.q:.3f}，须大于 1；少数客户消费畸高："
                "请检查金额是否有误，或在拟合前封顶",
            )
        return self.p * (self.v + count * mean) / (self.p * count + self.q - 1)


def _log_beta_part(p: float, q: float, count: Floats) -> Floats:
    """Return log gamma(pn + q) - log gamma(pn) - log gamma(q); spends have a count above 0."""
    n = np.maximum(count, 1)
    return gammaln(p * n + q) - gammaln(p * n) - gammaln(q)
