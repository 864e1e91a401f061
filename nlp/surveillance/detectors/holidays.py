"""What kind of day it is in China: a day of the week, or a holiday; 调休 days are worked.

Holidays and working weekends come from `chinesecalendar`. Outside the years it knows, and away from
China's clock, a day is what the week says.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

CHINA = timedelta(hours=8)
WEEK = 7
MONDAY, FRIDAY, SATURDAY = 0, 4, 5
HOLIDAYS: tuple[str, ...] = (
    "New Year's Day",
    "Spring Festival",
    "Tomb-sweeping Day",
    "Labour Day",
    "Dragon Boat Festival",
    "Mid-autumn Festival",
    "National Day",
)
"""元旦、春节、清明、劳动节、端午、中秋、国庆, by the names of `chinesecalendar`."""


def kind_of_day(local: datetime) -> int:
    """Return the kind of the day that holds a local time.

    0 to 6 are Monday to Sunday; the k-th of `HOLIDAYS` on weekday n is `7 k + n`, k from 1 on. A
    Saturday that is worked is taken for a Friday, a Sunday that is worked for a Monday.
    """
    if local.utcoffset() != CHINA:
        return local.weekday()
    return _kind(local.date())


@lru_cache(maxsize=4096)
def _kind(day: date) -> int:
    import chinese_calendar  # Its tables take a moment; `import nlp` must not.

    try:
        free, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return day.weekday()
    if free and name in HOLIDAYS:
        return WEEK * (1 + HOLIDAYS.index(name)) + day.weekday()
    if not free and day.weekday() >= SATURDAY:
        return FRIDAY if day.weekday() == SATURDAY else MONDAY
    return day.weekday()
