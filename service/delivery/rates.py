"""How many messages a channel takes: so many in any span of time, to the last second.

A token bucket of 20 a minute lets 39 through in its worst minute, and a DingTalk robot that gets
more than 20 is shut for ten. So the times of the last messages are kept, and counted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` messages in any span of `per`."""

    count: int
    per: timedelta


def room(sent: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> int | None:
    """Return how many messages may be sent now; None: any number."""
    left = [limit.count - _within(sent, limit, now) for limit in limits]
    return max(min(left), 0) if left else None


def free_at(sent: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> datetime:
    """Return when the next message may be sent, `now` at the earliest."""
    ordered = sorted(sent)
    waits = [ordered[-limit.count] + limit.per for limit in limits if len(ordered) >= limit.count]
    return max([now, *waits])


def remembered(sent: Sequence[datetime], limits: Sequence[Limit], now: datetime) -> list[datetime]:
    """Return those of the times that still count."""
    longest = max((limit.per for limit in limits), default=timedelta(0))
    return sorted(each for each in sent if each > now - longest)


def _within(sent: Sequence[datetime], limit: Limit, now: datetime) -> int:
    return sum(each > now - limit.per for each in sent)
