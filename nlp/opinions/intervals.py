"""How sure a share is: Wilson's interval, and Newcombe's for the difference of two shares."""

from dataclasses import dataclass
from math import sqrt

from nlp import evaluation

Z_95 = 1.959964


@dataclass(frozen=True, slots=True)
class Share:
    """A share from 0 to 1 and the bounds of its 95 % interval."""

    share: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Change:
    """How much a share rose, -1 to 1, and the bounds of the 95 % interval."""

    change: float
    low: float
    high: float


def wilson(share: float, size: float, z: float = Z_95) -> Share:
    """Return a share with its score interval; all of 0 to 1 where there is nothing to count.

    Wilson (1927), "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22;
    as formula 3 of Newcombe (1998), Statistics in Medicine 17, 857-872, whose check value 81 of
    263 gives .2553 to .3662.

    Parameters
    ----------
    share
        What was seen, 0 to 1.
    size
        Of how many, 0 or more; for weighted counts the effective number.

    >>> told = wilson(81 / 263, 263)
    >>> round(told.low, 4), round(told.high, 4)
    (0.2553, 0.3662)
    """
    if size <= 0:
        return Share(0.0, 0.0, 1.0)
    low, high = evaluation.wilson(share * size, size, z)
    return Share(share, min(low, share), max(high, share))


def change(after: Share, before: Share) -> Change:
    """Return how much a share rose between two independent groups, by the intervals of both.

    Newcombe (1998), "Interval estimation for the difference between independent proportions",
    Statistics in Medicine 17, 873-890, method 10, whose check value 56 of 70 against 48 of 80
    gives .0524 to .3339.

    >>> told = change(wilson(56 / 70, 70), wilson(48 / 80, 80))
    >>> round(told.low, 4), round(told.high, 4)
    (0.0524, 0.3339)
    """
    difference = after.share - before.share
    down = sqrt((after.share - after.low) ** 2 + (before.high - before.share) ** 2)
    up = sqrt((after.high - after.share) ** 2 + (before.share - before.low) ** 2)
    return Change(difference, difference - down, difference + up)


def effective_size(weights: float, squares: float) -> float:
    """Return how many equal voices weighted ones are worth: (sum w)^2 / sum w^2.

    Kish (1965), "Survey Sampling", section 11.7. One voice with ten thousand likes is one voice.

    >>> effective_size(4.0, 4.0), effective_size(10.0, 82.0) < 1.3
    (4.0, True)
    """
    return weights * weights / squares if squares > 0 else 0.0
