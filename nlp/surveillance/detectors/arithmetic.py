"""One arithmetic for one series and for thousands at a time.

The model is written once, in sums, products and the few functions below. `ONE` carries it on
plain floats (one series: a few microseconds per bin), `Many(n)` on arrays (a panel of n series).
"""

import math
from collections.abc import Sequence
from typing import Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

Floats = NDArray[np.float64]
Values = TypeVar("Values", float, Floats)


class Arithmetic(Protocol[Values]):
    """The functions that differ between a float and an array; all work elementwise."""

    def zeros(self) -> Values:
        """Return 0 for every series."""
        ...

    def above(self, left: Values, right: Values, /) -> Values:
        """Return 1 where `left` exceeds `right`, 0 elsewhere."""
        ...

    def some(self, value: Values, /) -> bool:
        """Return whether any series has another value than 0."""
        ...

    def middle(self, values: Sequence[Values], /) -> Values:
        """Return the median of one or more values; of an even number the lower one."""
        ...

    def floor(self, value: Values, least: float, /) -> Values:
        """Return `value`, raised to `least` where it is smaller."""
        ...

    def larger(self, left: Values, right: Values, /) -> Values:
        """Return the larger of the two."""
        ...

    def smaller(self, left: Values, right: Values, /) -> Values:
        """Return the smaller of the two."""
        ...

    def exp(self, value: Values, /) -> Values:
        """Return e to the power of the value."""
        ...

    def log(self, value: Values, /) -> Values:
        """Return the natural logarithm."""
        ...

    def sqrt(self, value: Values, /) -> Values:
        """Return the square root."""
        ...

    def reached(self, count: Values, size: Values, mean: Values, /) -> Values:
        """Return P(X >= count) of a negative binomial, `I_{m/(m+r)}(count, r)`; 1 at count 0."""
        ...


class One:
    """Floats: a single series."""

    above = staticmethod(lambda left, right: 1.0 if left > right else 0.0)
    floor = larger = staticmethod(max)
    smaller = staticmethod(min)
    exp, log, sqrt = staticmethod(math.exp), staticmethod(math.log), staticmethod(math.sqrt)

    def some(self, value: float, /) -> bool:
        """Return whether the value is not 0."""
        return value != 0.0

    def middle(self, values: Sequence[float], /) -> float:
        """Return the median, the lower of two."""
        return sorted(values)[(len(values) - 1) // 2]

    def zeros(self) -> float:
        """Return 0."""
        return 0.0

    def reached(self, count: float, size: float, mean: float, /) -> float:
        """Return P(X >= count); see `Arithmetic.reached`."""
        return float(betainc(count, size, mean / (mean + size))) if count > 0 else 1.0


class Many:
    """Arrays of one dimension: a panel of `size` series."""

    floor = larger = staticmethod(np.maximum)
    smaller = staticmethod(np.minimum)
    exp, log, sqrt = staticmethod(np.exp), staticmethod(np.log), staticmethod(np.sqrt)

    def __init__(self, size: int) -> None:
        self._size = size

    def some(self, value: Floats, /) -> bool:
        """Return whether any value is not 0."""
        return bool(value.any())

    def middle(self, values: Sequence[Floats], /) -> Floats:
        """Return the median, the lower of two."""
        middle: Floats = np.sort(np.stack(values), axis=0)[(len(values) - 1) // 2]
        return middle

    def zeros(self) -> Floats:
        """Return 0 for every series."""
        return np.zeros(self._size)

    def above(self, left: Floats, right: Floats, /) -> Floats:
        """Return 1 where `left` exceeds `right`, 0 elsewhere."""
        return np.greater(left, right).astype(np.float64)

    def reached(self, count: Floats, size: Floats, mean: Floats, /) -> Floats:
        """Return P(X >= count); see `Arithmetic.reached`."""
        some = betainc(np.where(count > 0.0, count, 1.0), size, mean / (mean + size))
        return np.where(count > 0.0, some, 1.0)
