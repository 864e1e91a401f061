"""Pareto/NBD: purchases at a steady rate until the customer leaves, at any moment.

Schmittlein, Morrison and Colombo (1987), Counting Your Customers, Management Science 33(1); the
likelihood as in Fader and Hardie (2005), A Note on Deriving the Pareto/NBD Model, before its
integral is written with 2F1: the difference of two hypergeometric functions cancels, the integral
is a sum of positive terms.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import digamma, expit, exprel, gammaln

from nlp.evaluation import Floats
from tiering.lifetime.counting import of_counts
from tiering.lifetime.histories import Histories
from tiering.lifetime.moment_of_leaving import NODES, Powers, moment_of_leaving


@dataclass(frozen=True, slots=True)
class ParetoNbd:
    """The model with its parameters, all above 0.

    Purchase rates follow gamma(r, alpha), rates of leaving gamma(s, beta); alpha and beta are in
    the unit of time of the histories.
    """

    r: float
    alpha: float
    s: float
    beta: float

    def likelihood(self, rows: Histories) -> tuple[Floats, Floats]:
        """Return the log likelihood of each row, and its slope by each parameter (4, rows)."""
        r, alpha, s, beta = self.r, self.alpha, self.s, self.beta
        x, end = rows.frequency, rows.age
        stayed = -(r + x) * np.log(alpha + end) - s * np.log(beta + end)
        left = moment_of_leaving(Powers(r + x, alpha, s + 1, beta), rows.recency, end)
        alive = expit(stayed - np.log(s) - left.log)
        log = (
            of_counts(lambda n: gammaln(r + n) - gammaln(r), x)
            + r * np.log(alpha)
            + s * np.log(beta)
            + np.logaddexp(stayed, np.log(s) + left.log)
        )
        gone = 1 - alive
        slopes = (
            of_counts(lambda n: digamma(r + n) - digamma(r), x)
            + np.log(alpha)
            - alive * np.log(alpha + end)
            - gone * left.log_alpha,
            r / alpha - (r + x) * (alive / (alpha + end) + gone * left.per_alpha),
            np.log(beta) - alive * np.log(beta + end) + gone * (1 / s - left.log_beta),
            s / beta - s * alive / (beta + end) - (s + 1) * gone * left.per_beta,
        )
        return log, np.stack(slopes)

    def p_alive(self, rows: Histories) -> Floats:
        """Return the probability that the customer has not left by the end of the window."""
        power, end = self.r + rows.frequency, rows.age
        stayed = -power * np.log(self.alpha + end) - self.s * np.log(self.beta + end)
        powers = Powers(power, self.alpha, self.s + 1, self.beta)
        left = moment_of_leaving(powers, rows.recency, end)
        alive: Floats = expit(stayed - np.log(self.s) - left.log)
        return alive

    def expected_purchases(self, rows: Histories, horizon: float) -> Floats:
        """Return the expected purchases in the next `horizon` (same unit as the histories)."""
        rate = (self.r + rows.frequency) / (self.alpha + rows.age)
        return self.p_alive(rows) * rate * self._expected_stay(rows.age, horizon)

    def p_no_purchase(self, rows: Histories, horizon: float) -> Floats:
        """Return the probability of no purchase in the next `horizon`: gone, leaving, or waiting.

        Of who lives at T, rates of buying and leaving follow gamma(r + x, alpha + T) and
        gamma(s, beta + T): the mean of exp(-(rate + leaving) t) over both is the chance to have
        neither bought nor left by t; who leaves first buys nothing. The integral over the moment
        of leaving runs over u = log(1 + t / (beta + T)), in which it is smooth.
        """
        power, start, lived = self.r + rows.frequency, self.alpha + rows.age, self.beta + rows.age
        nodes, weights = np.polynomial.legendre.leggauss(NODES)
        reach = np.log1p(horizon / lived)
        leaves = np.zeros(rows.age.shape)
        for node, weight in zip((nodes + 1) / 2, weights / 2, strict=True):
            gone_by = lived * np.expm1(node * reach)
            unbought = -power * np.log1p(gone_by / start)
            leaves += weight * self.s * reach * np.exp(unbought - self.s * node * reach)
        stays = np.exp(-power * np.log1p(horizon / start) - self.s * reach)
        nothing: Floats = 1 - self.p_alive(rows) * (1 - leaves - stays)
        return np.clip(nothing, 0.0, 1.0)

    def expected_from_new(self, horizon: float) -> float:
        """Return the expected repeat purchases of a new customer in the first `horizon`."""
        return float(self.r / self.alpha * self._expected_stay(np.zeros(1), horizon)[0])

    def _expected_stay(self, age: Floats, horizon: float) -> Floats:
        """Return how much of the horizon a customer who lives at `age` stays, on average.

        (beta + T) / (s - 1) (1 - ((beta + T) / (beta + T + t))^(s - 1)), also at s = 1.
        """
        reach = np.log1p(horizon / (self.beta + age))
        return (self.beta + age) * reach * exprel((1 - self.s) * reach)
