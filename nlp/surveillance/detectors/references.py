"""Which past weeks a bin is compared with."""

from collections.abc import Sequence
from typing import NamedTuple


class Lag(NamedTuple):
    """A reference: whole weeks back, and the year and the period of the year it stands for.

    Period 0 is the same time of the year as the judged bin.
    """

    weeks: int
    year: int
    period: int


def lags(years: Sequence[int], half_window: int, periods: int, left_out: int) -> tuple[Lag, ...]:
    """Return the references of a bin, oldest first.

    With one period, the weeks around the same week of past years. With more, all weeks since the
    first of those years, except the newest; those between two windows are cut into
    `periods - 1` parts of equal length (Noufaily et al. 2013: nine of five weeks).

    Parameters
    ----------
    years
        Weeks back to the same week of each past year, from last year on: 52, 104, ...
    half_window
        Weeks before and after those that still count as the same time.
    periods
        Parts of the year with means of their own.
    left_out
        Newest weeks that are no reference, lest an outbreak raise its own limit.
    """
    first = left_out + 1 if periods > 1 else years[0] - half_window
    oldest = years[-1] + half_window
    placed = (_placed(weeks, years, half_window, periods) for weeks in range(oldest, first - 1, -1))
    return tuple(lag for lag in placed if lag.weeks > left_out and (periods > 1 or not lag.period))


def _placed(weeks: int, years: Sequence[int], half_window: int, periods: int) -> Lag:
    """Return the year and the period that a week falls into."""
    nearest = min(range(len(years)), key=lambda year: abs(years[year] - weeks))
    if abs(years[nearest] - weeks) <= half_window:
        return Lag(weeks, nearest + 1, 0)
    centres = (0, *years)
    newer = max(centre for centre in centres if centre < weeks)
    older = min(centre for centre in centres if centre > weeks)
    place = weeks - newer - half_window - 1
    between = older - newer - 2 * half_window - 1
    return Lag(weeks, nearest + 1, 1 + place * max(periods - 1, 1) // between)
