"""Weeks of the year that are restless every year: there, a rise must be larger to be news.

A season that comes a little earlier or later each year (an epidemic, a sale, a change of stock)
has no expected course, but it has its time. What was restless at that time in both of the last two
years has a doubtful mean there; a crisis of a single year has none of it. One more bin costs
constant time.
"""

from typing import Generic

from nlp.surveillance.detectors.arithmetic import Arithmetic, Values

WEEKS = 53
AROUND = 2
"""Weeks on either side that are looked at together: seasons do not keep to their day."""
CALM_BINS = 20.0
"""So many bins of ordinary size are added to what was seen: chance must not look like unrest."""
CHANCE = 1.5
"""So far the squares of calm weeks overshoot by chance; beyond it begins unrest."""
MOST = 100.0
"""Of one bin, its squared deviation counts no more."""


class Restless(Generic[Values]):
    """How far counts have overshot in each week of the last two years.

    Parameters
    ----------
    number
        The arithmetic: `One()` for a series, `Many(n)` for a panel.
    """

    __slots__ = ("_bins", "_earlier", "_factor", "_last", "_number", "_seen", "_sum", "_week")

    def __init__(self, number: Arithmetic[Values]) -> None:
        self._number: Arithmetic[Values] = number
        self._last: list[Values] = [number.zeros() for _ in range(WEEKS)]
        self._earlier: list[Values] = [number.zeros() for _ in range(WEEKS)]
        self._bins = [0] * WEEKS
        self._sum: Values = number.zeros()
        self._seen = 0
        self._week = -1
        self._factor: Values = number.zeros() + 1.0

    def look(self, day: int) -> Values:
        """Return the factor, 1 or more, of the variance on that day of the year, 1 to 366."""
        week = (day - 1) // 7
        return self._factor if week == self._week else self._factor_of(week)

    def learn(self, day: int, count: Values, mean: Values, variance: Values) -> None:
        """Add a bin to its week."""
        week = (day - 1) // 7
        if week != self._week:
            self._turn(week)
        over = self._number.floor(count - mean, 0.0)
        square = self._number.smaller(2.0 * over * over / variance, 0.0 * over + MOST)
        self._sum = self._sum + square
        self._seen += 1

    def _turn(self, week: int) -> None:
        if self._seen:
            done = self._week
            self._earlier[done], self._last[done] = self._last[done], self._sum
            self._bins[done] = self._seen
        self._sum, self._seen, self._week = self._number.zeros(), 0, week
        self._factor = self._factor_of(week)

    def _factor_of(self, week: int) -> Values:
        near = [(week + step) % WEEKS for step in range(-AROUND, AROUND + 1)]
        bins = sum(self._bins[one] for one in near)
        years = (self._mean(self._last, near, bins), self._mean(self._earlier, near, bins))
        lower = self._number.smaller(*years)
        return 1.0 + self._number.above(lower, 0.0 * lower + CHANCE) * (lower - 1.0)

    def _mean(self, year: list[Values], near: list[int], bins: int) -> Values:
        total = sum((year[one] for one in near), self._number.zeros())
        return (total + CALM_BINS) / (bins + CALM_BINS)
