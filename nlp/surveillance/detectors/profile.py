"""How one cycle of the calendar lifts and lowers the level of a series."""

from collections.abc import Sequence
from typing import Generic

from nlp.surveillance.detectors.arithmetic import Arithmetic, Values
from nlp.surveillance.detectors.cadence import Cycle

HOLIDAY_PRIORS = 3.0
"""How many priors of an ordinary slot hold a holiday to its weekday."""
HOLIDAY_VARIANCE = 0.02
"""Relative variance of a holiday's factor from one year to the next, however well it is known."""


class Profile(Generic[Values]):
    """How one cycle of the calendar lifts and lowers the level; flat until counts say otherwise.

    A slot's factor is `(counted + prior) / (expected without it + prior)`: shrunk towards 1, and
    divided by the mean of all, for the height is the level's: two that may both hold it drift. Its
    relative variance is `1 / (counted + prior)`. A holiday is shrunk towards the factor of
    its weekday instead, so that it is an ordinary day until earlier years say otherwise.
    """

    __slots__ = ("_counted", "_expected", "_keep", "_mean", "_ordinary", "prior")

    def __init__(self, cycle: Cycle, number: Arithmetic[Values]) -> None:
        slots = cycle.slots + cycle.holidays
        self._counted: list[Values] = [number.zeros() for _ in range(slots)]
        self._expected: list[Values] = [number.zeros() for _ in range(slots)]
        self._ordinary = cycle.slots
        self._keep = fading(cycle.visits)
        self.prior = cycle.prior
        self._mean: Values = number.zeros() + 1.0

    def look(self, slot: int) -> tuple[Values, Values]:
        """Return the slot's factor and its relative variance."""
        if slot < self._ordinary:
            return self._ratio(slot) / self._mean, 1.0 / (self._counted[slot] + self.prior)
        usual, vague = self.look(slot % self._ordinary)
        place, prior = self._place(slot), HOLIDAY_PRIORS * self.prior
        counted = self._counted[place] + prior * usual
        factor = counted / (self._expected[place] + prior)
        return factor, vague + 1.0 / (self._counted[place] + prior) + HOLIDAY_VARIANCE

    def learn(self, slot: int, counted: Values, expected: Values) -> None:
        """Add one weighted bin of this slot; what was known of the slot fades a little.

        `expected` is what there would be without this profile.
        """
        place = self._place(slot)
        before = self._ratio(place)
        self._counted[place] = self._keep * self._counted[place] + counted
        self._expected[place] = self._keep * self._expected[place] + expected
        if place < self._ordinary:
            self._mean = self._mean + (self._ratio(place) - before) / self._ordinary

    def begin(self, bins: Sequence[tuple[int, Values]], normal: Values, where: Values) -> None:
        """Know nothing but these bins, slot and count, where `where` is 1; others (0) stay.

        `normal` is what a bin holds without this profile.
        """
        kept = 1.0 - where
        self._counted = [kept * counted for counted in self._counted]
        self._expected = [kept * expected for expected in self._expected]
        for slot, count in bins:
            place = self._place(slot)
            self._counted[place] = self._counted[place] + where * count
            self._expected[place] = self._expected[place] + where * normal
        ratios = (self._ratio(place) for place in range(self._ordinary))
        self._mean = sum(ratios, 0.0 * where) / self._ordinary

    def _ratio(self, place: int) -> Values:
        return (self._counted[place] + self.prior) / (self._expected[place] + self.prior)

    def holiday(self, slot: int) -> bool:
        """Tell whether the slot is a holiday: a rise that comes back every year is its habit."""
        return slot >= self._ordinary

    def _place(self, slot: int) -> int:
        """Return where a slot is kept: a holiday in one place, whatever its weekday."""
        turns = slot // self._ordinary
        return self._ordinary + turns - 1 if turns else slot


def fading(half_life: float) -> float:
    """Return what one bin leaves of a sum that is to halve in so many."""
    return float(0.5 ** (1.0 / half_life))
