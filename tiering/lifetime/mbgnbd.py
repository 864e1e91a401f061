"""MBG/NBD: as BG/NBD, but the customer may also leave after the very first purchase.

Batislam, Denizel and Filiztekin (2007), Empirical validation and comparison of models for
customer base analysis, International Journal of Research in Marketing 24(3).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betaln, digamma, expit, gammaln

from nlp.evaluation import Floats
from tiering.lifetime.beta_dropout import Alive, expected_while_alive
from tiering.lifetime.counting import of_counts
from tiering.lifetime.histories import Histories


@dataclass(frozen=True, slots=True)
class MbgNbd:
    """The model with its parameters, all above 0.

    Purchase rates follow gamma(r, alpha), alpha in the unit of time of the histories; the chance
    to leave after a purchase, the first one included, follows beta(a, b).
    """

    r: float
    alpha: float
    a: float
    b: float

    def likelihood(self, rows: Histories) -> tuple[Floats, Floats]:
        """Return the log likelihood of each row, and its slope by each parameter (4, rows)."""
        r, alpha, a, b = self.r, self.alpha, self.a, self.b
        x = rows.frequency
        alive = self.p_alive(rows)
        end, last = np.log(alpha + rows.age), np.log(alpha + rows.recency)
        log = (
            of_counts(
                lambda n: gammaln(r + n) - gammaln(r) + betaln(a, b + n + 1) - betaln(a, b), x
            )
            + r * np.log(alpha)
            - (r + x) * end
            - np.log(alive)
        )
        mean_log = alive * end + (1 - alive) * last
        inverse = alive / (alpha + rows.age) + (1 - alive) / (alpha + rows.recency)
        total = of_counts(lambda n: digamma(a + b) - digamma(a + b + n + 1), x)
        slopes = (
            of_counts(lambda n: digamma(r + n) - digamma(r), x) + np.log(alpha) - mean_log,
            r / alpha - (r + x) * inverse,
            total + (1 - alive) / a,
            total + of_counts(lambda n: digamma(b + n + 1) - digamma(b), x) - (1 - alive) / (b + x),
        )
        return log, np.stack(slopes)

    def p_alive(self, rows: Histories) -> Floats:
        """Return the probability that the customer has not left by the end of the window."""
        x = rows.frequency
        apart = np.log(self.alpha + rows.age) - np.log(self.alpha + rows.recency)
        alive: Floats = expit(np.log(self.b + x) - np.log(self.a) - (self.r + x) * apart)
        return alive

    def expected_purchases(self, rows: Histories, horizon: float) -> Floats:
        """Return the expected purchases in the next `horizon` (same unit as the histories)."""
        x = rows.frequency
        known = Alive(self.r + x, self.alpha + rows.age, self.a, self.b + x + 1)
        return self.p_alive(rows) * expected_while_alive(known, horizon)

    def p_no_purchase(self, rows: Histories, horizon: float) -> Floats:
        """Return the probability of no purchase in the next `horizon`: gone, or only waiting."""
        waits = -(self.r + rows.frequency) * np.log1p(horizon / (self.alpha + rows.age))
        gone: Floats = 1 + self.p_alive(rows) * np.expm1(waits)
        return gone

    def expected_from_new(self, horizon: float) -> float:
        """Return the expected repeat purchases of a new customer in the first `horizon`."""
        known = Alive(np.array([self.r]), np.array([self.alpha]), self.a, np.array([self.b + 1]))
        stays = self.b / (self.a + self.b)
        return stays * float(expected_while_alive(known, horizon)[0])
