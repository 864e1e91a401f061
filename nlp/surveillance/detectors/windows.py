"""Several bins together: what has been counted lately against what was expected, in fading sums.

One bin of a slow rise says little, a week of them much. Each window is an exponentially weighted
sum of counts beside the same sum of expectations, so that one more bin costs constant time whatever
the length (EWMA charts; Lucas and Saccucci 1990, Technometrics 32:1).
"""

from typing import Generic, NamedTuple

from nlp.surveillance.detectors.arithmetic import Arithmetic, Values
from nlp.surveillance.detectors.baseline import Expected
from nlp.surveillance.detectors.evidence import tail


class Window(NamedTuple, Generic[Values]):
    """Sums over the last bins, each weighted by `keep` to the power of its age.

    Attributes
    ----------
    counted, expected
        Of the counts and of their means.
    squared
        Of the means, with squared weights: it gives the variance of `counted`.
    doubted
        Of the means times the relative standard error of each; errors of neighbours go together.
    """

    counted: Values
    expected: Values
    squared: Values
    doubted: Values


def empty(number: Arithmetic[Values]) -> Window[Values]:
    """Return a window that has seen nothing."""
    zero = number.zeros()
    return Window(zero, zero, zero, zero)


def add(
    window: Window[Values],
    keep: float,
    share: Values,
    count: Values,
    mean: Values,
    error: Values,
) -> Window[Values]:
    """Return the window after one more bin.

    Parameters
    ----------
    window, keep
        What it holds, and what share of that the next bin keeps.
    share
        What is left of that part of `counted` that goes beyond `expected`; 1 leaves all.
    count, mean, error
        The bin, what was expected of it, and the standard error of that.
    """
    counted, expected, squared, doubted = window
    return Window(
        keep * (expected + share * (counted - expected)) + count,
        keep * expected + mean,
        keep * keep * squared + mean,
        keep * doubted + error,
    )


def unlikely(number: Arithmetic[Values], window: Window[Values], dispersion: Values) -> Values:
    """Return how likely so large a window is by chance, 0 to 1.

    `counted / k` with `k = squared / expected` has, like a count, a variance of `dispersion` times
    its mean, and is read as negative binomial.
    """
    scale = window.expected / window.squared
    share = window.doubted / window.expected
    expected = Expected(window.expected * scale, dispersion, share * share)
    return tail(number, window.counted * scale, expected)
