"""From a figure to points: a fixed curve through the points that the policy names.

Cuts are fixed, so what others do moves nobody. Only `+ - * /` and comparisons are used, which
every engine computes to the same bit; a logarithm would differ in the last one.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from math import log
from operator import add

import narwhals as nw

UNIT = 1 << 20
"""The weight of something new. Weights are whole numbers, so that sums are exact in any order; a
power of two, because some engines multiply by the reciprocal of a constant divisor."""

MILLION = 1_000_000.0


@dataclass(frozen=True, slots=True)
class Curve:
    """Straight lines between (figure, points); the ends hold below the first and above the last.

    Figures ascend strictly; there are at least two. Null stays null.
    """

    knots: tuple[tuple[float, float], ...]

    def at(self, figure: nw.Expr) -> nw.Expr:
        """Return the points of a column of figures."""
        value: nw.Expr = nw.lit(self.knots[-1][1])
        for (low, base), (high, top) in reversed(list(pairwise(self.knots))):
            line = base + (figure - low) * ((top - base) / (high - low))
            value = nw.when(figure < high).then(line).otherwise(value)
        first, points = self.knots[0]
        held = nw.when(figure < first).then(nw.lit(points)).otherwise(value)
        return nw.when(~figure.is_null()).then(held)

    def points(self, figure: float) -> float:
        """Return the points of one figure.

        >>> Curve(((0, 0), (10, 50), (20, 100))).points(15)
        75.0
        """
        first, last = self.knots[0], self.knots[-1]
        if figure <= first[0]:
            return float(first[1])
        for (low, base), (high, top) in pairwise(self.knots):
            if figure < high:
                return base + (figure - low) * ((top - base) / (high - low))
        return float(last[1])


def decayed(age_days: nw.Expr, half_life_days: float) -> nw.Expr:
    """Return the weight of something `age_days` old as a whole number: `UNIT` when new."""
    weight = (age_days.cast(nw.Float64) * (-log(2) / half_life_days)).exp()
    return whole_units(weight)


def whole_units(number: nw.Expr) -> nw.Expr:
    """Return a number in whole `UNIT`s, half rounded up."""
    return (number * UNIT + 0.5).floor().cast(nw.Int64)


def weighted(weights: Mapping[str, float]) -> nw.Expr:
    """Return the sum of the named columns, each times its weight, always added in this order."""
    return reduce(add, (nw.col(name) * weight for name, weight in weights.items()))


def settled(points: nw.Expr) -> nw.Expr:
    """Return points held within 0 to 100 and rounded to a millionth: equal on every engine."""
    low = nw.when(points < 0).then(0.0).otherwise(points)
    inside = nw.when(low > 100).then(100.0).otherwise(low)
    # Divided by a column: a constant divisor would be replaced by its inexact reciprocal.
    return (inside * MILLION + 0.5).floor() / (inside * 0 + MILLION)
