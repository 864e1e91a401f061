"""The season of the year: harmonics learned online, week by week, from counts of several years.

A discounted Poisson regression (West and Harrison, Bayesian Forecasting and Dynamic Models, 2nd
ed., chapter 14): the log mean of a week is a level that drifts and a few waves of the year that
hardly change. One more week costs constant time, and needs no other week.
"""

from math import cos, pi, sin
from typing import Generic

from nlp.surveillance.detectors.arithmetic import Arithmetic, Values
from nlp.surveillance.detectors.cadence import Season

MOST_HARMONICS = 6
DAYS = 365.25
FIRST_WEEKS, DOUBT_WEEKS = 52, 4
"""A year must have been seen before its season is believed; its doubt is told every four weeks."""
WAVE_VARIANCE = 0.5
"""Before anything is known, of the coefficients of the first harmonic; falls with its order."""
LEVEL_VARIANCE = 1.0
LEVEL_DRIFT = 0.015**2
WAVE_DRIFT = 0.01**2 / 52
"""Variance that the level and each coefficient gain in a week."""
LEAST_SHARE, MOST_SHARE = -1.0, 2.0
"""Residuals of a week, as shares of what was expected, are held within these."""


def _waves(day: int) -> tuple[float, ...]:
    angles = [2 * pi * order * day / DAYS for order in range(1, MOST_HARMONICS + 1)]
    return (1.0, *(wave for angle in angles for wave in (cos(angle), sin(angle))))


WAVES = tuple(_waves(day) for day in range(367))


class Yearly(Generic[Values]):
    """How the time of the year lifts and lowers the level; flat until a year has been seen.

    Parameters
    ----------
    season
        Bins of a week, and how many waves of the year are looked for.
    number
        The arithmetic: `One()` for a series, `Many(n)` for a panel.
    """

    __slots__ = (
        "_bins",
        "_counted",
        "_day",
        "_doubt",
        "_factor",
        "_lift",
        "_means",
        "_number",
        "_seen",
        "_variances",
        "_weeks",
    )

    def __init__(self, season: Season, number: Arithmetic[Values]) -> None:
        self._bins, size = season.bins, 2 * season.harmonics + 1
        self._number: Arithmetic[Values] = number
        self._counted: Values = number.zeros()
        self._lift: Values = number.zeros()
        self._seen = self._weeks = self._day = 0
        self._factor: Values = number.zeros() + 1.0
        self._doubt: Values = number.zeros()
        self._means: list[Values] = [number.zeros() for _ in range(size)]
        self._variances: list[list[Values]] = [
            [number.zeros() + _prior(row, column) for column in range(size)] for row in range(size)
        ]

    def look(self, day: int) -> Values:
        """Return the factor of that day of the year, 1 to 366."""
        if day != self._day:
            self._day, self._factor = day, self._factor_of(day)
        return self._factor

    def doubt(self) -> Values:
        """Return the relative variance of the factor."""
        return self._doubt

    def _factor_of(self, day: int) -> Values:
        if self._weeks < FIRST_WEEKS:
            return self._number.zeros() + 1.0
        terms = zip(self._means[1:], WAVES[day][1:], strict=False)
        return self._number.exp(sum((mean * wave for mean, wave in terms), self._number.zeros()))

    def learn(self, day: int, counted: Values, lift: Values, dispersion: Values) -> None:
        """Add a bin; the regression moves when a week is full.

        Parameters
        ----------
        day
            Of the year, 1 to 366.
        counted
            The count of the bin, with what is out of the ordinary taken out.
        lift
            The other calendar factors of the bin.
        dispersion
            Of the counts.
        """
        self._counted = self._counted + counted
        self._lift = self._lift + lift
        self._seen += 1
        if self._seen == self._bins:
            self._step(WAVES[(day - self._bins // 2) % 366], dispersion)
            self._counted = self._lift = self._number.zeros()
            self._seen = self._day = 0

    def begin(self, level: Values, where: Values) -> None:
        """Know nothing but the level of a bin, where `where` is 1; others (0) stay."""
        kept = 1.0 - where
        self._counted = kept * self._counted + where * level * self._lift
        self._means = [kept * mean for mean in self._means]
        self._means[0] = self._means[0] + where * self._number.log(level)

    def _step(self, waves: tuple[float, ...], dispersion: Values) -> None:
        """Move the coefficients by what one week says (extended Kalman step)."""
        number = self._number
        if not self._weeks:
            self._means[0] = number.log(
                number.floor(self._counted, 0.5) / number.floor(self._lift, 0.5)
            )
        self._weeks += 1
        log = sum((m * wave for m, wave in zip(self._means, waves, strict=False)), number.zeros())
        mean = number.floor(self._lift, 0.5) * number.exp(log)
        reach = [
            sum((v * wave for v, wave in zip(row, waves, strict=False)), number.zeros())
            for row in self._variances
        ]
        spread = sum((r * wave for r, wave in zip(reach, waves, strict=False)), dispersion / mean)
        share = number.smaller(
            number.floor(self._counted / mean - 1.0, LEAST_SHARE), number.zeros() + MOST_SHARE
        )
        for row, own in enumerate(reach):
            weight = own / spread
            self._means[row] = self._means[row] + weight * share
            self._variances[row] = [
                known - weight * other
                for known, other in zip(self._variances[row], reach, strict=True)
            ]
            drift = WAVE_DRIFT if row else LEVEL_DRIFT
            self._variances[row][row] = self._variances[row][row] + drift
        if self._weeks >= FIRST_WEEKS and self._weeks % DOUBT_WEEKS == 0:
            self._doubt = self._spread(waves)

    def _spread(self, waves: tuple[float, ...]) -> Values:
        """Return the variance of the waves' part of the log mean."""
        total = self._number.zeros()
        for row, wave in zip(self._variances[1:], waves[1:], strict=False):
            terms = zip(row[1:], waves[1:], strict=False)
            total = total + wave * sum((v * other for v, other in terms), self._number.zeros())
        return total


def _prior(row: int, column: int) -> float:
    if row != column:
        return 0.0
    return WAVE_VARIANCE / ((row + 1) // 2) if row else LEVEL_VARIANCE
