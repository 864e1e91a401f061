"""How unlikely counts are: the negative-binomial tail of one bin, and a CUSUM over several."""

from math import ceil, isfinite

from scipy.special import nbdtrik

from nlp.surveillance.detectors.arithmetic import Arithmetic, Values
from nlp.surveillance.detectors.baseline import Expected

UNSEEN = 1.0
"""Added to both sides of the growth of an audience, so that the first voices are no growth."""


def size_of(expected: Expected[Values]) -> Values:
    """Return the negative-binomial size r with the mean and variance of `expected`."""
    return expected.mean / (expected.dispersion - 1.0 + expected.mean * expected.doubt)


def tail(number: Arithmetic[Values], count: Values, expected: Expected[Values]) -> Values:
    """Return P(X >= count), 0 to 1."""
    return number.reached(count, size_of(expected), expected.mean)


def upper_of(expected: Expected[float], false_alarms: float) -> int:
    """Return the largest count that chance exceeds no more often than `false_alarms`."""
    size = size_of(expected)
    bound = float(nbdtrik(1.0 - false_alarms, size, size / (expected.mean + size)))
    return max(ceil(bound), 0) if isfinite(bound) else 0


def gain(
    number: Arithmetic[Values], count: Values, expected: Expected[Values], extra: float
) -> Values:
    """Return the log-likelihood ratio of a rise to `2 m + extra` against the mean m.

    Both with the same size r: `y log(k (r + m) / (r + k m)) - r log((r + k m) / (r + m))` with
    `k = (2 m + extra) / m`. Its exponential has mean 1 while nothing is wrong.
    """
    size, mean = size_of(expected), expected.mean
    raised = 2.0 * mean + extra
    step = number.log((size + raised) / (size + mean))
    return count * (number.log(raised / mean) - step) - size * step


def growth(
    number: Arithmetic[Values], others: Values, expected: Values, doubt: Values
) -> tuple[Values, Values]:
    """Return by how much the audience has grown (1 or more), and the doubt of that factor.

    The audience is everybody in the series who is *not* counted. When ten times as many people
    talk, ten times as many complaints are no crisis; when only the complaints grow, the factor
    stays 1. It is never below 1: silence of the others excuses nothing and accuses nobody.

    Parameters
    ----------
    others, expected
        The audience, and how large it should be.
    doubt
        Relative variance of what is expected.
    """
    factor = (others + UNSEEN) / (expected + UNSEEN)
    grown = number.above(factor, 0.0 * factor + 1.0)
    return number.floor(factor, 1.0), grown * (1.0 / (others + UNSEEN) + doubt)
