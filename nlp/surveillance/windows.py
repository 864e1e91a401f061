"""Ten minutes within an hour: what was normal when it began, and what was said in any stretch."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance.detectors.arithmetic import Floats
from nlp.surveillance.detectors.surge import Findings
from nlp.surveillance.series import Codes, Entries

PER_HOUR = 6
BIN_SECONDS = 600.0


class Figures(NamedTuple):
    """What was normal when an hour began; one value for each hour and series to look at.

    Attributes
    ----------
    mean, before
        Counts expected in the hour and in the one before.
    dispersion, doubt
        Of those counts.
    others, others_before, others_doubt
        The same of the audience.
    heard, due
        The audience of the hours before that still counts, and how large it should have been.
    """

    mean: Floats
    before: Floats
    dispersion: Floats
    doubt: Floats
    others: Floats
    others_before: Floats
    others_doubt: Floats
    heard: Floats
    due: Floats


class Norm(NamedTuple):
    """Hours and series to look at by ten minutes, and what was normal there.

    `hour` and `series` are their numbers, one value a pair.
    """

    hour: Codes
    series: Codes
    figures: Figures


def norm_of(
    hour: int,
    series: Codes,
    findings: Findings[Floats],
    before: Findings[Floats],
    echo: tuple[Floats, Floats],
) -> Norm:
    """Return the norm of some series at the beginning of an hour.

    Parameters
    ----------
    findings, before
        What the hourly detector found in the hour and in the one before it.
    echo
        The audience of the hours before that still counts, and its expectation.
    """
    own, audience = findings.own, findings.audience
    columns = (
        own.mean,
        before.own.mean,
        own.dispersion,
        own.doubt,
        audience.mean,
        before.audience.mean,
        audience.doubt,
        *echo,
    )
    figures = Figures(*(column[series] for column in columns))
    return Norm(np.full(len(series), hour), series, figures)


class Column:
    """How much was said in any stretch of ten-minute bins, by series; looked up, not laid out.

    Parameters
    ----------
    entries
        Moments, series and weights.
    origin
        Beginning of the first hour, seconds since 1970; entries up to an hour before it count.
    hours
        Number of hours.
    """

    def __init__(self, entries: Entries, origin: float, hours: int) -> None:
        self._span = PER_HOUR * (hours + 1)
        place = np.floor((entries.at - origin) / BIN_SECONDS).astype(np.intp) + PER_HOUR
        inside = (place >= 0) & (place < self._span)
        keys = entries.code[inside] * self._span + place[inside]
        order = np.argsort(keys, kind="stable")
        self._keys = keys[order]
        self._sums = np.concatenate([[0.0], np.cumsum(entries.weight[inside][order])])

    def within(self, series: Codes, last: Codes, bins: NDArray[np.intp] | int) -> Floats:
        """Return what was said in `bins` bins up to and with bin `last` (0: the first hour's)."""
        key = series * self._span + last + PER_HOUR
        until = np.searchsorted(self._keys, key, side="right")
        since = np.searchsorted(self._keys, key - bins, side="right")
        found: Floats = self._sums[until] - self._sums[since]
        return found
