"""Time inside the room: whole microseconds since 1970 in UTC; days are days in China.

An integer is the same in every engine, a time zone is not. A time without a zone is taken as
Asia/Shanghai, which has been UTC+08:00 all year since 1992; earlier times, when clocks there
changed, and times from 2200 on are refused.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone

import narwhals as nw

from tiering.errors import AsOfError

CHINA = timezone(timedelta(hours=8), "Asia/Shanghai")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
DAY_US = timedelta(days=1) // MICROSECOND
OFFSET_US = timedelta(hours=8) // MICROSECOND
EARLIEST_US = (datetime(1992, 1, 1, tzinfo=CHINA) - EPOCH) // MICROSECOND
LATEST_US = (datetime(2200, 1, 1, tzinfo=CHINA) - EPOCH) // MICROSECOND


@dataclass(frozen=True, slots=True)
class Moment:
    """The moment of scoring: nothing later may be used.

    `us` is the last microsecond that counts, `day` the number of its day in China (days since
    1970-01-01), `text` how the moment is written in the scores.
    """

    us: int
    day: int
    text: str

    def at(self) -> datetime:
        """Return the last microsecond that counts, as a time in UTC."""
        return EPOCH + self.us * MICROSECOND


def moment_of(as_of: date | datetime | str) -> Moment:
    """Return the moment of scoring; a day counts to its end in China, 24:00 Asia/Shanghai.

    >>> moment_of("2026-03-01").text
    '2026-03-01'

    Raises
    ------
    AsOfError
        When a text is neither a date nor a time in ISO 8601.
    """
    given = _read(as_of) if isinstance(as_of, str) else as_of
    if not isinstance(given, datetime):
        end = datetime.combine(given, time(), CHINA) + timedelta(days=1)
        return _moment(end - MICROSECOND, given.isoformat())
    aware = given if given.tzinfo else given.replace(tzinfo=CHINA)
    return _moment(aware, aware.isoformat())


def china_time(us: int) -> datetime:
    """Return the time in China of microseconds since 1970."""
    return (EPOCH + us * MICROSECOND).astimezone(CHINA)


def day_of(microseconds: nw.Expr) -> nw.Expr:
    """Return the number of the day in China, counted from 1970-01-01."""
    return (microseconds + OFFSET_US) // DAY_US


def microseconds_of(column: nw.Expr, zone: str | None, engine: str) -> nw.Expr:
    """Return a datetime column as microseconds since 1970 UTC; no zone means China's time."""
    if engine == "duckdb":  # has no `timestamp` in narwhals; the others mind the zone in `-`
        epoch = nw.lit(EPOCH if zone else EPOCH.replace(tzinfo=None))
        microseconds = (column - epoch).dt.total_microseconds()
    else:
        microseconds = column.dt.timestamp("us")
    return microseconds.cast(nw.Int64) - (0 if zone else OFFSET_US)


def _moment(at: datetime, text: str) -> Moment:
    us = (at - EPOCH) // MICROSECOND
    return Moment(us, (us + OFFSET_US) // DAY_US, text)


def _read(text: str) -> date | datetime:
    try:
        is_day = len(text) == len("2026-03-01")
        return date.fromisoformat(text) if is_day else datetime.fromisoformat(text)
    except ValueError:
        raise AsOfError(
            f"as-of {text!r} is no date; write 2026-03-01 or 2026-03-01T12:00+08:00",
            f"as-of {text!r} 不是日期；请写成 2026-03-01 或 2026-03-01T12:00+08:00",
        ) from None
