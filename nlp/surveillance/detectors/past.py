"""What was counted when: the past of one series, by local date and hour."""

from collections import deque
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


class Entry(NamedTuple):
    """The count of one bin, and the counts and the number of all bins up to it."""

    own: int
    total: int
    bins: int


class Past:
    """The bins of one series, found by the wall clock of their own zone.

    The wall clock compares hours with the same hours across clock changes; of the two bins that
    share an hour when the clock goes back, the later is kept.

    Parameters
    ----------
    keep
        How far back a bin is remembered.
    """

    __slots__ = ("_entries", "_keep", "_order")

    def __init__(self, keep: timedelta) -> None:
        self._keep = keep
        self._entries: dict[datetime, Entry] = {}
        self._order: deque[datetime] = deque()

    def __len__(self) -> int:
        return len(self._entries)

    def add(self, step: Bin) -> datetime:
        """Remember a bin, forget what is too old, return the bin's wall-clock time."""
        local = step.start.replace(tzinfo=None)
        last = self._entries[self._order[-1]] if self._order else Entry(0, 0, 0)
        if local not in self._entries:
            self._order.append(local)
        self._entries[local] = Entry(step.count, last.total + step.count, last.bins + 1)
        while self._order[0] < local - self._keep:
            del self._entries[self._order.popleft()]
        return local

    def count(self, local: datetime) -> int | None:
        """Return the count of the bin that starts at `local`; None where there is none."""
        entry = self._entries.get(local)
        return None if entry is None else entry.own

    def before(self, local: datetime) -> Iterator[tuple[datetime, int]]:
        """Yield time and count of the bins before `local`, newest first."""
        for earlier in reversed(self._order):
            if earlier < local:
                yield earlier, self._entries[earlier].own

    def recent(self, local: datetime, step: timedelta, bins: int) -> int:
        """Return the sum of the last `bins` bins up to `local`; those missing add nothing."""
        return sum(self.count(local - step * back) or 0 for back in range(bins))

    def block(self, last: datetime, step: timedelta, bins: int) -> int | None:
        """Return the sum of the `bins` bins that end with `last`; None where one is missing."""
        end, first = self._entries.get(last), self._entries.get(last - step * (bins - 1))
        if end is None or first is None or end.bins - first.bins != bins - 1:
            return None
        return end.total - first.total + first.own
