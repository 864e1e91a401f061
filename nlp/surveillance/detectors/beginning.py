"""The first bins of a series: how large it is, nobody knows yet.

A quiet newcomer is assumed. That is wrong of most series that somebody begins to listen to: a shop
with a thousand voices a day, a desk that hears nothing but complaints. Its audience tells the size
of the one at once; the other alarms, and a rise with nothing before it is its ordinary course as
soon as a day of hours, two days or two weeks of it are there to tell.
"""

from collections import deque
from collections.abc import Sequence
from typing import Generic, NamedTuple

from nlp.surveillance.detectors.arithmetic import Arithmetic, Values
from nlp.surveillance.detectors.cadence import Cadence

PATIENCE_SHARE = 7
"""A seventh of a cadence's patience is how long a series counts as new."""
LEAST = 2
"""Of one bin alone nobody knows whether it is a spike."""
HIGHEST = 4.0
"""Times the middle bin: what one of the first bins holds beyond is a spike, and no size."""


def newness(cadence: Cadence) -> int:
    """Return for how many bins a series is new: a day of hours, two days, two weeks."""
    return max(cadence.patience // PATIENCE_SHARE, LEAST)


class First(NamedTuple, Generic[Values]):
    """One of the first bins: its calendar slots, what was counted, and all the others."""

    slots: Sequence[int]
    counted: Values
    others: Values


class Beginning(Generic[Values]):
    """The newest bins of a series as long as it may have to be begun anew.

    Parameters
    ----------
    cadence
        The bin width and its constants.
    number
        The arithmetic: `One()` for a series, `Many(n)` for a panel.
    """

    __slots__ = ("_bins", "_last", "_number", "length")

    def __init__(self, cadence: Cadence, number: Arithmetic[Values]) -> None:
        self.length = newness(cadence)
        self._last = 2 * self.length + 1
        self._number: Arithmetic[Values] = number
        self._bins: deque[First[Values]] = deque(maxlen=self.length)

    def fresh(self, age: int) -> bool:
        """Return whether the audience of bin `age`, from 0, still tells how large the series is."""
        return age < self.length

    def lasts(self, age: int) -> bool:
        """Return whether a rise that goes on in bin `age` may have begun when the series was new.

        Once it may not, what was kept is forgotten.
        """
        if age <= self._last:
            return True
        self._bins.clear()
        return False

    def keep(self, first: First[Values]) -> None:
        """Keep a bin; of those that a new series has, the newest stay."""
        self._bins.append(first)

    def settles(self, age: int, rising: Values) -> Values:
        """Return 1 where a rise that is accepted as normal began when the series was new.

        Parameters
        ----------
        age
            Number of the newest bin, from 0.
        rising
            For how many bins it has alarmed, the newest among them; 0 where it does not.
        """
        long = self._number.above(rising, self._number.zeros() + self.length)
        return long * self._number.above(self._number.zeros() + self.length, age - rising)

    def counts(self) -> list[tuple[Sequence[int], Values]]:
        """Return slots and counts of the bins kept, spikes cut off."""
        return self._cut([first.counted for first in self._bins])

    def others(self) -> list[tuple[Sequence[int], Values]]:
        """Return slots and audience of the bins kept, spikes cut off."""
        return self._cut([first.others for first in self._bins])

    def _cut(self, values: Sequence[Values]) -> list[tuple[Sequence[int], Values]]:
        number = self._number
        most = HIGHEST * number.floor(number.middle(values), 1.0)
        slots = (first.slots for first in self._bins)
        return [
            (own, number.smaller(value, most)) for own, value in zip(slots, values, strict=True)
        ]
