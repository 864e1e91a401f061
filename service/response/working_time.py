"""The arithmetic of clocks: when a span of working time is over, and how much of one has passed.

Both count what a calendar has open, less the pauses. They fit each other exactly:
`elapsed(calendar, start, due(calendar, start, span)) == span`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.response.calendars import END_OF_TIME, Calendar, Moments

NOTHING = timedelta(0)


@dataclass(frozen=True, slots=True)
class Pause:
    """A time that does not count; an `end` of None lies in the future and is not known."""

    start: datetime
    end: datetime | None


def due(
    calendar: Calendar, start: datetime, span: timedelta, pauses: Sequence[Pause] = ()
) -> datetime | None:
    """Return the first moment (UTC) at which `span` of working time has passed since `start`.

    A span that ends with the day's last minute is due then, not on the next morning. None where a
    pause without end comes first.
    """
    if span <= NOTHING:
        return start.astimezone(UTC)
    left = span
    for begin, end in working_from(calendar, start, pauses):
        if end - begin >= left:
            return begin + left
        left -= end - begin
    return None


def elapsed(
    calendar: Calendar, start: datetime, end: datetime, pauses: Sequence[Pause] = ()
) -> timedelta:
    """Return the working time between two moments; zero where the end is not after the start."""
    passed = NOTHING
    for begin, close in working_from(calendar, start, pauses):
        if begin >= end:
            break
        passed += min(close, end) - begin
    return passed


def working_from(calendar: Calendar, start: datetime, pauses: Sequence[Pause]) -> Iterator[Moments]:
    """Yield the spans from a moment on that are open and not paused; none after an open pause."""
    gaps = _merged(pauses)
    last = gaps[-1][0] if gaps and gaps[-1][1] == END_OF_TIME else END_OF_TIME
    for begin, end in calendar.open_from(start):
        if begin >= last:
            return
        yield from _without(gaps, begin, end)


def _without(gaps: Sequence[Moments], begin: datetime, end: datetime) -> Iterator[Moments]:
    for first, last in gaps:
        if first > begin and min(first, end) > begin:
            yield begin, min(first, end)
        begin = max(begin, last)
        if begin >= end:
            return
    yield begin, end


def _merged(pauses: Sequence[Pause]) -> list[Moments]:
    """Return the pauses in order, those that touch as one; one that ends before it starts is none.

    (A machine whose clock was set back can write such a one.)
    """
    ends = [(pause.start, END_OF_TIME if pause.end is None else pause.end) for pause in pauses]
    merged: list[Moments] = []
    for start, end in sorted(span for span in ends if span[0] < span[1]):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
