"""Hours in which a route is not to disturb."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

EVERY_DAY = frozenset(range(1, 8))
GRAVEST = 1


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to `end` on the days that begin on `weekdays`.

    Attributes
    ----------
    start, end
        Wall-clock times of the zone. An `end` that is not after `start` is one of the next day:
        22:00 to 08:00 is a night, 00:00 to 00:00 a whole day.
    weekdays
        1 Monday to 7 Sunday: the days on which quiet hours begin.
    level_one_passes
        Whether an alert of level I is sent all the same.
    linger
        How much later than `end` they end in truth, where a channel is crowded just then.
    """

    zone: ZoneInfo
    start: time
    end: time
    weekdays: frozenset[int] = EVERY_DAY
    level_one_passes: bool = True
    linger: timedelta = timedelta(0)


def quiet_until(quiet: QuietHours | None, level: int, moment: datetime) -> datetime | None:
    """Return when an event of this level may be sent; None: at once.

    Hours that touch or overlap (whole days in a row) are waited for as one. Where every hour of
    the week is quiet, the wait is that of a week.
    """
    if quiet is None or (level <= GRAVEST and quiet.level_one_passes):
        return None
    clear = moment
    for begin, end in _hours(quiet, moment):
        if begin <= clear < end:
            clear = end
    return None if clear == moment else clear


def _hours(quiet: QuietHours, moment: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the quiet hours of yesterday and of the coming week, the earliest first."""
    today = moment.astimezone(quiet.zone).date()
    for offset in range(-1, 8):
        day = today + timedelta(days=offset)
        if day.isoweekday() in quiet.weekdays:
            last = day if quiet.end > quiet.start else day + timedelta(days=1)
            begin = datetime.combine(day, quiet.start, quiet.zone)
            # Compared as instants: two times of one zone would compare as wall-clock times.
            yield (
                begin.astimezone(moment.tzinfo),
                datetime.combine(last, quiet.end, quiet.zone).astimezone(moment.tzinfo)
                + quiet.linger,
            )
