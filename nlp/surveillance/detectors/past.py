"""What was counted when: the past of one series, by local date and hour."""

from bisect import bisect_left
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import NamedTuple

from nlp.surveillance.detectors.contract import Bin, Width

STEPS: Mapping[Width, timedelta] = MappingProxyType(
    {
        "10min": timedelta(minutes=10),
        "hour": timedelta(hours=1),
        "day": timedelta(days=1),
        "week": timedelta(weeks=1),
    }
)


SLACK = 1024
"""So many forgotten times may wait to be taken out together."""


class Entry(NamedTuple):
    """The count of one bin, and that of all bins up to it."""

    own: int
    total: int


class Past:
    """The bins of one series, found by the wall clock of their own zone.

    The wall clock compares hours with the same hours across clock changes. Of the two bins that
    share an hour when the clock goes back, the later stands for it; totals hold both.

    Parameters
    ----------
    keep
        How far back a bin is remembered.
    """

    __slots__ = ("_entries", "_first", "_keep", "_times", "_total")

    def __init__(self, keep: timedelta) -> None:
        self._keep = keep
        self._entries: dict[datetime, Entry] = {}
        self._times: list[datetime] = []
        self._first = 0
        self._total = 0

    def add(self, step: Bin) -> datetime:
        """Remember a bin, forget what is too old, return the bin's wall-clock time."""
        local = step.start.replace(tzinfo=None)
        if local not in self._entries:
            self._times.append(local)
        self._total += step.count
        self._entries[local] = Entry(step.count, self._total)
        self._forget(local - self._keep)
        return local

    def _forget(self, oldest: datetime) -> None:
        while self._times[self._first] < oldest:
            del self._entries[self._times[self._first]]
            self._first += 1
        if self._first > SLACK and self._first * 2 > len(self._times):
            del self._times[: self._first]
            self._first = 0

    def count(self, local: datetime) -> int | None:
        """Return the count of the bin that starts at `local`; None where there is none."""
        entry = self._entries.get(local)
        return None if entry is None else entry.own

    def before(self, local: datetime) -> Iterator[tuple[datetime, int]]:
        """Yield time and count of the bins before `local`, newest first."""
        for place in range(self._place(local) - 1, self._first - 1, -1):
            yield self._times[place], self._entries[self._times[place]].own

    def recent(self, local: datetime, step: timedelta, bins: int) -> int:
        """Return the sum of the last `bins` bins up to `local`; those missing add nothing."""
        return sum(self.count(local - step * back) or 0 for back in range(bins))

    def block(self, last: datetime, step: timedelta, bins: int) -> tuple[int, int]:
        """Return the sum of the `bins` bins that end with `last`, and how many are known.

        Takes the logarithm of the length of the past, not of `bins`.
        """
        start, end = self._place(last - step * (bins - 1)), self._place(last + step)
        if start == end:
            return 0, 0
        oldest, newest = self._entries[self._times[start]], self._entries[self._times[end - 1]]
        return newest.total - oldest.total + oldest.own, end - start

    def _place(self, local: datetime) -> int:
        """Return the place of the first bin that starts at `local` or later."""
        return bisect_left(self._times, local, self._first)
