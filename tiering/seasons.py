"""Seasons of promotions: which days they are, and what is bought in them counts."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta

import narwhals as nw

from tiering.curves import UNIT
from tiering.policy import Season
from tiering.times import Moment

EPOCH_DAY = date(1970, 1, 1)
YEARLY = len("06-18")
LEAP_YEAR = 2000
MOST_COEFFICIENT = 5.0


def broken_seasons(seasons: Sequence[Season]) -> Iterator[tuple[str, str, str]]:
    """Yield the key and what is wrong with each season that cannot be used, in both languages."""
    for number, season in enumerate(seasons):
        key, written = f"promotions[{number}]", f"{season.starts} to {season.ends}"
        try:
            starts, ends = (_day(text, LEAP_YEAR) for text in (season.starts, season.ends))
        except ValueError:
            starts, ends = date.max, date.min
        is_yearly = len(season.starts) == len(season.ends) == YEARLY
        if not is_yearly and (YEARLY in (len(season.starts), len(season.ends)) or ends < starts):
            yield (
                key,
                f"{written} are no days in order; write both as MM-DD or both as YYYY-MM-DD",
                f"{written} 不是先后两天；请都写成 MM-DD 或都写成 YYYY-MM-DD",
            )
        elif starts == date.max:
            yield key, f"{written} are no days of a year", f"{written} 不是有效日期"
        if not 0 <= season.coefficient <= MOST_COEFFICIENT:
            yield (
                f"{key}.coefficient",
                f"{season.coefficient:g} must lie from 0 to {MOST_COEFFICIENT:g}",
                f"{season.coefficient:g} 须在 0 到 {MOST_COEFFICIENT:g} 之间",
            )


def season_weight(day: nw.Expr, seasons: Sequence[Season], moment: Moment, days: int) -> nw.Expr:
    """Return what an order of a day (number since 1970) counts, in whole `UNIT`s.

    Only days up to the moment and within `days` before it are looked up.
    """
    weight: nw.Expr = day * 0 + UNIT
    for season in reversed(seasons):
        units = int(season.coefficient * UNIT + 0.5)
        for first, last in _ranges(season, moment.day - days, moment.day):
            weight = nw.when((day >= first) & (day <= last)).then(units).otherwise(weight)
    return weight


def _ranges(season: Season, first: int, last: int) -> Iterator[tuple[int, int]]:
    """Yield the days of a season, as numbers, that meet the days from first to last."""
    years = [(EPOCH_DAY + timedelta(days=day)).year for day in (first, last)]
    is_yearly = len(season.starts) == YEARLY
    for year in range(years[0] - 1, years[1] + 1) if is_yearly else years[:1]:
        starts, ends = _day(season.starts, year), _day(season.ends, year)
        if is_yearly and ends < starts:
            ends = _day(season.ends, year + 1)  # over the turn of the year
        begin, end = (day.toordinal() - EPOCH_DAY.toordinal() for day in (starts, ends))
        if begin <= last and end >= first:
            yield begin, end


def _day(text: str, year: int) -> date:
    """Return a day; 02-29 of a year without one is 02-28."""
    if len(text) != YEARLY:
        return date.fromisoformat(text)
    month, day = (int(part) for part in text.split("-"))
    is_missing = (month, day) == (2, 29) and year % 4 != 0
    return date(year, month, 28 if is_missing else day)
