"""Which terms a log-linear model of the normal course may have, and the row of a bin in it.

What a history is too short for is left out, and told: a yearly season from less than a year of
bins, or a trend from less than two, would be an invention that is then carried into the future.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from math import cos, pi, sin
from statistics import median
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from nlp.message import Message
from nlp.surveillance.detectors.contract import Bin, Width

HORIZON = 1.5
"""A trend is carried on for half the length of the history, then held: it is no law of nature."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the bins of one width can teach, and from how many of them.

    Attributes
    ----------
    step
        Length of a bin.
    least
        Bins below which there is no model at all.
    memory
        The newest bins of a history that are used, so that a fit is bounded.
    weekday, hour
        Bins from which the day of the week and the hour of the day are terms; None for never.
    year
        Bins in a year, from which the yearly season is a term; None for never.
    trend
        Bins from which a trend is a term.
    """

    step: timedelta
    least: int
    memory: int
    weekday: int | None
    hour: int | None
    year: float | None
    trend: int


CALENDARS: Mapping[Width, Calendar] = MappingProxyType(
    {
        "10min": Calendar(timedelta(minutes=10), 72, 90 * 144, 14 * 144, 3 * 144, None, 56 * 144),
        "hour": Calendar(timedelta(hours=1), 24, 365 * 24, 14 * 24, 3 * 24, None, 56 * 24),
        "day": Calendar(timedelta(days=1), 7, 7 * 366, 14, None, 365.25, 731),
        "week": Calendar(timedelta(weeks=1), 8, 10 * 53, None, None, 52.0, 104),
    }
)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a model; see `terms_of`.

    Attributes
    ----------
    width
        Of the bins.
    origin
        Start of the first bin of the history.
    length
        How many bins long the history is, gaps included.
    trend, season, weekday, hour
        Which terms there are.
    missing
        Terms that the width has and that this history is too short for.
    """

    width: Width
    origin: datetime
    length: float
    trend: bool
    season: bool
    weekday: bool
    hour: bool
    missing: tuple[Message, ...] = ()

    def row(self, start: datetime) -> list[float]:
        """Return the row of a bin: 1, trend, sine and cosine of the year, weekdays, hours.

        Weekdays and hours have a column each, all of them: the model shrinks them towards 0.
        """
        at = elapsed(self.width, self.origin, start)
        row = [1.0]
        if self.trend:
            row.append(min(at / self.length, HORIZON) - 0.5)
        if self.season:
            angle = 2.0 * pi * at / (CALENDARS[self.width].year or 1.0)
            row += [sin(angle), cos(angle)]
        if self.weekday:
            row += _one_of(7, start.weekday())
        if self.hour:
            row += _one_of(24, start.hour)
        return row

    def rows(self, starts: Sequence[datetime]) -> NDArray[np.float64]:
        """Return the rows of many bins, bins × columns."""
        return np.array([self.row(start) for start in starts], dtype=np.float64)


def terms_of(history: Sequence[Bin], width: Width, *, trend: bool) -> Terms:
    """Return the terms that a history of one bin or more supports.

    Parameters
    ----------
    trend
        Whether a trend is wanted where the history is long enough for one.
    """
    calendar, origin = CALENDARS[width], history[0].start
    bins = len(history)
    length = max(elapsed(width, origin, history[-1].start) + 1.0, 1.0)
    wanted = (
        (trend, calendar.trend, Message("trend", "趋势")),
        (calendar.year is not None, calendar.year, Message("yearly season", "年度季节")),
        (calendar.weekday is not None, calendar.weekday, Message("weekdays", "星期")),
        (calendar.hour is not None, calendar.hour, Message("hours of the day", "时段")),
    )
    held = [want and need is not None and bins >= int(need) for want, need, _ in wanted]
    missing = tuple(
        name for (want, _, name), has in zip(wanted, held, strict=True) if want and not has
    )
    rising, season, weekday, hour = held
    return Terms(width, origin, length, rising, season, weekday, hour, missing)


def elapsed(width: Width, origin: datetime, start: datetime) -> float:
    """Return how many bins lie between two starts.

    Days and weeks are counted by the calendar: a day of 23 hours is a day.
    """
    if width in ("day", "week"):
        return (start.date() - origin.date()).days / CALENDARS[width].step.days
    return (start.astimezone(UTC) - origin.astimezone(UTC)) / CALENDARS[width].step


def nearest_width(history: Sequence[Bin]) -> Width | None:
    """Return the width nearest to the usual distance of the bins; None for fewer than two."""
    starts = [step.start.astimezone(UTC) for step in history[-100:]]
    if len(starts) < 2:
        return None
    usual = median((b - a) / timedelta(minutes=1) for a, b in pairwise(starts))

    def distance(width: Width) -> float:
        minutes = CALENDARS[width].step / timedelta(minutes=1)
        return max(usual / minutes, minutes / usual)

    return min(CALENDARS, key=distance)


def _one_of(size: int, chosen: int) -> list[float]:
    return [float(n == chosen) for n in range(size)]
