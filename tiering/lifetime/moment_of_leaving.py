"""The integral over the moment at which a customer left, between the last purchase and the end.

I = integral from t_x to T of (alpha + y)^-m (beta + y)^-n dy, with m > 0 and n > 1

Over z = log(c + y), c the lesser of alpha and beta, the logarithm of the integrand is concave:
one peak, and an ever faster fall behind it. The part before the fall is integrated by
Gauss-Legendre; no term is negative, so nothing cancels, however many purchases there were.
"""

from dataclasses import dataclass

import numpy as np

from nlp.evaluation import Floats

NODES = 32
DROP = 37.0
"""What lies more than e^-37 below the peak is left out: less than 1e-16 of the whole."""
NEWTON_STEPS = 7
ROWS_AT_ONCE = 4_096


@dataclass(frozen=True, slots=True, eq=False)
class Powers:
    """The integrand: `m` a row, the rest for all rows."""

    m: Floats
    alpha: float
    n: float
    beta: float

    @property
    def shift(self) -> float:
        """Return the lesser of alpha and beta."""
        return min(self.alpha, self.beta)

    def log(self, z: Floats) -> Floats:
        """Return the logarithm of the integrand over z = log(shift + y)."""
        y = np.exp(z) - self.shift
        return z - self.m * np.log(self.alpha + y) - self.n * np.log(self.beta + y)

    def slope(self, z: Floats) -> Floats:
        """Return the slope of `log`."""
        whole = np.exp(z)
        y = whole - self.shift
        return 1 - self.m * whole / (self.alpha + y) - self.n * whole / (self.beta + y)

    def peak(self, low: Floats, high: Floats) -> Floats:
        """Return where in [low, high] the integrand over z is largest."""
        if self.beta <= self.alpha:
            return low
        ratio = np.clip((1 - self.m) / self.n, 0.0, 1 - 1e-9)  # of (alpha + y) to (beta + y)
        apart = np.maximum(ratio * (self.beta - self.alpha) / (1 - ratio), self.alpha)
        return np.clip(np.log(apart), low, high)


@dataclass(frozen=True, slots=True, eq=False)
class Leaving:
    """The integral's logarithm, and means under its integrand; -inf where t_x = T.

    `log_alpha` is the mean of log(alpha + y), `per_alpha` of 1 / (alpha + y), and so for beta.
    """

    log: Floats
    log_alpha: Floats
    per_alpha: Floats
    log_beta: Floats
    per_beta: Floats


def moment_of_leaving(powers: Powers, last: Floats, end: Floats) -> Leaving:
    """Return the integral from `last` to `end` of every row, and means under its integrand."""
    columns = [np.empty(last.size) for _ in range(5)]
    for start in range(0, last.size, ROWS_AT_ONCE):
        rows = slice(start, start + ROWS_AT_ONCE)
        some = Powers(powers.m[rows], powers.alpha, powers.n, powers.beta)
        for column, part in zip(columns, _integrated(some, last[rows], end[rows]), strict=True):
            column[rows] = part
    return Leaving(*columns)


def _integrated(powers: Powers, last: Floats, end: Floats) -> tuple[Floats, ...]:
    low = np.log(powers.shift + last)
    half = (_fall(powers, low, np.log(powers.shift + end)) - low) / 2
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    z = low + half * (1 + nodes[:, None])
    y = np.exp(z) - powers.shift
    log_alpha, log_beta = np.log(powers.alpha + y), np.log(powers.beta + y)
    log = z - powers.m * log_alpha - powers.n * log_beta
    peak = log.max(axis=0)
    mass = weights[:, None] * np.exp(log - peak)
    total = mass.sum(axis=0)
    share = mass / total
    with np.errstate(divide="ignore"):  # an empty interval has the integral 0
        whole = peak + np.log(total * half)
    means = (log_alpha, 1 / (powers.alpha + y), log_beta, 1 / (powers.beta + y))
    return (whole, *((share * mean).sum(axis=0) for mean in means))


def _fall(powers: Powers, low: Floats, high: Floats) -> Floats:
    """Return where the integrand has fallen by `DROP`, or a bit behind; at most `high`.

    Newton's method on a concave function comes down from behind and never passes the root.
    """
    floor = powers.log(powers.peak(low, high)) - DROP
    for _ in range(NEWTON_STEPS):
        above = powers.log(high) - floor
        step = np.where(above < 0, above / np.minimum(powers.slope(high), -1e-300), 0.0)
        high = high - step
    return high
