"""What is usual: the mentions before a surge, scaled to a stretch of time by the hours alike."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance.mention import Mention

Matching = Literal["hour of the week", "hour of the day", "none"]

LONGEST = timedelta(days=56)
SHORTEST = timedelta(hours=6)
WEEKS, DAYS = timedelta(days=14), timedelta(days=2)
PER_SLOT = 8
"""Mentions that an hour of the week or of the day must hold on average to be told from others."""
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Usual:
    """The baseline of a surge.

    Attributes
    ----------
    mentions
        The negative mentions of the baseline, oldest first.
    since, until
        The stretch that was listened to: at most 56 days, up to the onset.
    zone
        Whose clock says which hours are alike.
    matching
        Hours of the week from two weeks and 1,344 mentions on, of the day from two days and 192
        mentions on, else all hours alike: fewer would tell more of chance than of the hour.
    """

    mentions: tuple[Mention, ...]
    since: datetime
    until: datetime
    zone: tzinfo
    matching: Matching

    def weights(self, start: datetime, end: datetime) -> NDArray[np.float64]:
        """Return how much each baseline mention counts towards what `start` to `end` should hold.

        Their sum is the expectation; the sum over those of one region is that of the region. A
        mention counts by the hours of its slot in the stretch over those in the baseline.
        """
        wanted = self._hours(start, end)
        listened = self._hours(self.since, self.until)
        factor = {slot: wanted[slot] / hours for slot, hours in listened.items() if hours > 0.0}
        slots = (self._slot(mention.at) for mention in self.mentions)
        return np.array([factor.get(slot, 0.0) for slot in slots], dtype=np.float64)

    def expected(self, start: datetime, end: datetime) -> float:
        """Return how many negative mentions `start` to `end` should hold, 0 or more."""
        return float(self.weights(start, end).sum())

    def _slot(self, moment: datetime) -> int:
        local = moment.astimezone(self.zone)
        if self.matching == "none":
            return 0
        return local.hour + (24 * local.weekday() if self.matching == "hour of the week" else 0)

    def _hours(self, start: datetime, end: datetime) -> defaultdict[int, float]:
        """Return the hours, also parts of one, that each slot has between two times."""
        hours: defaultdict[int, float] = defaultdict(float)
        moment, last = start.astimezone(UTC), end.astimezone(UTC)
        while moment < last:
            following = min(moment.replace(minute=0, second=0, microsecond=0) + HOUR, last)
            hours[self._slot(moment)] += (following - moment) / HOUR
            moment = following
        return hours


def usual_before(mentions: Sequence[Mention], onset: datetime) -> Usual | None:
    """Return the baseline that lies before `onset`; None where that is less than six hours.

    Parameters
    ----------
    mentions
        All of them, oldest first, also those that are not negative: they show since when somebody
        listened.
    onset
        Where the surge begins, in the zone whose hours count.
    """
    if not mentions or onset - mentions[0].at < SHORTEST:
        return None
    since = max(mentions[0].at, onset - LONGEST)
    kept = tuple(m for m in mentions if m.negative and since <= m.at < onset)
    zone = onset.tzinfo or UTC
    return Usual(kept, since, onset, zone, _matching(onset - since, len(kept)))


def _matching(length: timedelta, count: int) -> Matching:
    if length >= WEEKS and count >= PER_SLOT * 168:
        return "hour of the week"
    return "hour of the day" if length >= DAYS and count >= PER_SLOT * 24 else "none"
