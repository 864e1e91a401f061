"""When people work: always, or by weekly hours, Chinese holidays and 调休, and days of one's own.

A day is one by the wall clock of the calendar's zone. Its shifts become moments in UTC, so a day on
which clocks change is as long as it really is.

`chinesecalendar` knows the holidays up to the year that the State Council has announced. Later
days are taken by their weekday alone, until a new version of it is installed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from types import MappingProxyType
from typing import Literal
from zoneinfo import ZoneInfo

from service.response.spans import Shift

Days = Mapping[date, tuple[Shift, ...]]
Moments = tuple[datetime, datetime]

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
END_OF_TIME = datetime(9000, 1, 1, tzinfo=UTC)


class Always:
    """Every hour of every day."""

    def open_from(self, moment: datetime) -> Iterator[Moments]:
        """Yield the one span that begins at this moment."""
        yield moment.astimezone(UTC), END_OF_TIME


@dataclass(frozen=True, slots=True)
class Business:
    """Weekly hours in a zone.

    Attributes
    ----------
    weekly
        Shifts of Monday (0) to Sunday (6), the earliest first.
    holidays
        "china" closes the holidays, and opens 调休 days with the shifts `makeup`.
    special
        The shifts of single days; they win over everything else, and none means closed.
    """

    zone: ZoneInfo
    weekly: tuple[tuple[Shift, ...], ...]
    holidays: Literal["china", "none"] = "none"
    makeup: tuple[Shift, ...] = ()
    special: Days = field(default_factory=lambda: MappingProxyType({}))

    def shifts_of(self, day: date) -> tuple[Shift, ...]:
        """Return the shifts of a day."""
        if day in self.special:
            return self.special[day]
        if self.holidays == "china" and (kind := china_day(day)) is not None:
            return self.makeup if kind == "makeup" else ()
        return self.weekly[day.weekday()]

    def open_from(self, moment: datetime) -> Iterator[Moments]:
        """Yield the open spans after a moment in UTC, the earliest first, none overlapping."""
        reached = moment.astimezone(UTC)
        # A day earlier: a shift in an hour that the wall clock skips may end past midnight.
        day = moment.astimezone(self.zone).date() - DAY
        while day.year < END_OF_TIME.year:
            for shift in self.shifts_of(day):
                start = max(self._moment(day, shift.start), reached)
                reached = max(self._moment(day, shift.end), start)
                if start < reached:
                    yield start, reached
            day += DAY

    def _moment(self, day: date, minutes: int) -> datetime:
        wall = datetime(day.year, day.month, day.day) + minutes * MINUTE  # noqa: DTZ001 - a wall clock has no zone yet
        return wall.replace(tzinfo=self.zone).astimezone(UTC)


Calendar = Always | Business
NamedCalendar = Callable[[str], Calendar]


def china_day(day: date) -> Literal["holiday", "makeup"] | None:
    """Return what the State Council made of a day; None where it is like any of its weekday.

    >>> china_day(date(2026, 10, 1)), china_day(date(2026, 10, 10)), china_day(date(2026, 10, 12))
    ('holiday', 'makeup', None)
    """
    from chinese_calendar.constants import holidays, workdays

    if day in workdays:
        return "makeup"
    return "holiday" if day in holidays else None


def china_known_until() -> date:
    """Return the last day of the last year whose holidays are known."""
    from chinese_calendar.constants import holidays

    return date(max(holidays).year, 12, 31)
