"""BG/NBD: purchases at a steady rate until the customer leaves, which may be after any repeat.

Fader, Hardie and Lee (2005), "Counting Your Customers" the Easy Way, Marketing Science 24(2).
A customer without a repeat cannot have left: for a churn warning on one-time buyers take
`MbgNbd` or `ParetoNbd`.
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import betainc, betaln, digamma, expit, gammaln

from nlp.evaluation import Floats
from tiering.lifetime.beta_dropout import Alive, expected_while_alive
from tiering.lifetime.counting import of_counts
from tiering.lifetime.histories import Histories


@dataclass(frozen=True, slots=True)
class BgNbd:
    """The model with its parameters, all above 0.

    Purchase rates follow gamma(r, alpha), alpha in the unit of time of the histories; the chance
    to leave after a repeat purchase follows beta(a, b).
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
            of_counts(lambda n: gammaln(r + n) - gammaln(r) + betaln(a, b + n) - betaln(a, b), x)
            + r * np.log(alpha)
            - (r + x) * end
            - np.log(alive)
        )
        mean_log = alive * end + (1 - alive) * last
        inverse = alive / (alpha + rows.age) + (1 - alive) / (alpha + rows.recency)
        left = of_counts(lambda n: 1 / np.where(n > 0, b + n - 1, np.inf), x) * (1 - alive)
        total = of_counts(lambda n: digamma(a + b) - digamma(a + b + n), x)
        slopes = (
            of_counts(lambda n: digamma(r + n) - digamma(r), x) + np.log(alpha) - mean_log,
            r / alpha - (r + x) * inverse,
            total + (1 - alive) / a,
            total + of_counts(lambda n: digamma(b + n) - digamma(b), x) - left,
        )
        return log, np.stack(slopes)

    def p_alive(self, rows: Histories) -> Floats:
        """Return the probability that the customer has not left by the end of the window."""
        x = rows.frequency
        apart = np.log(self.alpha + rows.age) - np.log(self.alpha + rows.recency)
        odds = of_counts(self._log_odds_of_leaving, x) + (self.r + x) * apart
        alive: Floats = expit(-odds)
        return alive

    def _log_odds_of_leaving(self, x: Floats) -> Floats:
        """Return the log odds that the last repeat was the end; never without a repeat."""
        repeats = np.maximum(x, 1)
        return np.where(x > 0, np.log(self.a) - np.log(self.b + repeats - 1), -np.inf)

    def expected_purchases(self, rows: Histories, horizon: float) -> Floats:
        """Return the expected purchases in the next `horizon` (same unit as the histories)."""
        x = rows.frequency
        known = Alive(self.r + x, self.alpha + rows.age, self.a, self.b + x)
        return self.p_alive(rows) * expected_while_alive(known, horizon)

    def p_no_purchase(self, rows: Histories, horizon: float) -> Floats:
        """Return the probability of no purchase in the next `horizon`: gone, or only waiting."""
        waits = -(self.r + rows.frequency) * np.log1p(horizon / (self.alpha + rows.age))
        gone: Floats = 1 + self.p_alive(rows) * np.expm1(waits)
        return gone

    def expected_from_new(self, horizon: float) -> float:
        """Return the expected repeat purchases of a new customer in the first `horizon`."""
        known = Alive(np.array([self.r]), np.array([self.alpha]), self.a, np.array([self.b]))
        return float(expected_while_alive(known, horizon)[0])

    def p_count(self, count: int, horizon: float) -> float:
        """Return the probability of exactly `count` repeats of a new customer in `horizon`."""
        r, a, b = self.r, self.a, self.b
        share = horizon / (self.alpha + horizon)
        stayed = (
            gammaln(r + count) - gammaln(r) - gammaln(count + 1.0) + count * np.log(share)
            if count
            else 0.0
        ) + r * np.log1p(-share)
        chance = float(np.exp(betaln(a, b + count) - betaln(a, b) + stayed))
        if count == 0:
            return chance
        left = np.exp(betaln(a + 1, b + count - 1) - betaln(a, b))
        return chance + float(left * betainc(count, r, share))
