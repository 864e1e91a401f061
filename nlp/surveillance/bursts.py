"""Bursts within the hour: windows that end with a bin of ten minutes, under the hourly norm.

The hourly detector knows the level, the calendar, the dispersion and the audience of a series at
the beginning of an hour. Ten minutes need no memory of their own for that: a sixth of the hour is
expected of them. So the whole history is looked at this finely, at a cost that grows with the
mentions and not with the number of ten-minute bins. The dispersion of a whole hour is kept: that
of a shorter stretch is no larger where mentions come in clumps, so that the probability errs on
the quiet side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance.detectors.arithmetic import Floats, Many
from nlp.surveillance.detectors.baseline import Expected
from nlp.surveillance.detectors.evidence import growth, tail
from nlp.surveillance.series import Codes
from nlp.surveillance.windows import PER_HOUR, Column, Figures, Norm

WINDOWS = (1, 3, 6)
"""Lengths of the windows, in bins of ten minutes: a sharp burst, half an hour, any whole hour."""


@dataclass(frozen=True, slots=True)
class Burst:
    """A bin of ten minutes in which a window that ends with it holds too much, or that follows one.

    Attributes
    ----------
    series
        Number of the series.
    start, since
        Bins of ten minutes since the first hour began: the bin itself, and the one in which the
        rise began: the first of the clearest window, or the one before if it holds more than twice
        what is expected of it.
    p
        Probability of its count by chance, corrected for the number of windows.
    """

    series: int
    start: int
    since: int
    p: float


@dataclass(frozen=True, slots=True)
class Heard:
    """What can be looked up of any stretch of time.

    Attributes
    ----------
    counted
        What is counted, by series.
    audience
        The others, by product.
    products
        Product of each series.
    """

    counted: Column
    audience: Column
    products: Codes


class Cells(NamedTuple):
    """Bins of ten minutes to judge, one value each.

    Attributes
    ----------
    series, last
        Number of the series, and of the bin since the first hour began.
    elapsed
        Bins of its hour up to and with it: 1 to 6.
    figures
        What was normal when its hour began.
    """

    series: Codes
    last: Codes
    elapsed: Codes
    figures: Figures

    def hours(self) -> NDArray[np.intp]:
        """Return the series and the hour of each bin, 2 x n."""
        return np.stack([self.series, (self.last - self.elapsed) // PER_HOUR])

    def where(self, chosen: NDArray[np.bool_]) -> "Cells":
        """Return the chosen ones."""
        figures = Figures(*(column[chosen] for column in self.figures))
        return Cells(self.series[chosen], self.last[chosen], self.elapsed[chosen], figures)


def bursts_of(
    norms: Sequence[Norm], heard: Heard, rates: Floats, minimum_count: int
) -> list[Burst]:
    """Return the bins of ten minutes that alarm, by hour, series and bin.

    Parameters
    ----------
    norms
        Of the hours and series to look at; hours count from the first one heard.
    heard
        What was said in them and in the hour before.
    rates
        False-alarm probability of one bin, per series.
    minimum_count
        A window that holds less never alarms.
    """
    if not norms:
        return []
    cells = _worth_a_look(_cells(norms), heard, minimum_count)
    chances = np.stack([_chance(cells, heard, window, minimum_count) for window in WINDOWS])
    clearest = np.array(WINDOWS)[chances.argmin(axis=0)]
    p = np.minimum(len(WINDOWS) * chances.min(axis=0), 1.0)
    since = _rise(cells, heard, cells.last + 1 - clearest)
    return [
        Burst(int(cells.series[n]), int(cells.last[n]), int(since[n]), float(p[n]))
        for n in np.flatnonzero(_with_what_follows(cells, heard, p <= rates[cells.series]))
    ]


def _cells(norms: Sequence[Norm]) -> Cells:
    """Return all bins of the hours and series to look at."""
    hours = np.concatenate([norm.hour for norm in norms])
    series = np.repeat(np.concatenate([norm.series for norm in norms]), PER_HOUR)
    elapsed = np.tile(np.arange(1, PER_HOUR + 1), len(hours))
    columns = zip(*(norm.figures for norm in norms), strict=True)
    figures = Figures(*(np.repeat(np.concatenate(parts), PER_HOUR) for parts in columns))
    return Cells(series, np.repeat(hours * PER_HOUR, PER_HOUR) + elapsed - 1, elapsed, figures)


def _worth_a_look(cells: Cells, heard: Heard, minimum_count: int) -> Cells:
    """Return the bins in which something was said and whose windows can hold enough."""
    some = heard.counted.within(cells.series, cells.last, 1) > 0
    most = heard.counted.within(cells.series, cells.last, max(WINDOWS))
    return cells.where(some & (most >= minimum_count))


def _with_what_follows(cells: Cells, heard: Heard, alarm: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return the alarms, and the later bins of their hours that rise: the burst goes on in them."""
    _, group = np.unique(cells.hours(), axis=1, return_inverse=True)
    group = group.ravel()
    first = np.full(int(group.max(initial=-1)) + 1, PER_HOUR)
    np.minimum.at(first, group[alarm], cells.elapsed[alarm])
    follows: NDArray[np.bool_] = cells.elapsed > first[group]
    return alarm | (follows & _rises(cells, heard, cells.last))


def _rises(cells: Cells, heard: Heard, last: Codes) -> NDArray[np.bool_]:
    """Return whether bins hold more than twice what is expected of them."""
    count = heard.counted.within(cells.series, last, 1)
    rising: NDArray[np.bool_] = count > 2.0 * cells.figures.mean / PER_HOUR
    return rising


def _rise(cells: Cells, heard: Heard, since: Codes) -> Codes:
    """Return the bin in which the rise began: a burst may begin at the end of a bin."""
    return since - _rises(cells, heard, since - 1).astype(np.intp)


def _chance(cells: Cells, heard: Heard, window: int, minimum_count: int) -> Floats:
    """Return P(X >= count) of the windows of one length; 1 where they hold too little to alarm."""
    count = heard.counted.within(cells.series, cells.last, window)
    chance = tail(Many(len(count)), count, _expected(cells, heard, window))
    return np.where(count >= minimum_count, chance, 1.0)


def _expected(cells: Cells, heard: Heard, window: int) -> Expected[Floats]:
    """Return what a window should hold, the growth of the audience allowed for.

    As in the hours it is the growth in the window, or that since some hours, if that is larger.
    """
    number, norm = Many(len(cells.last)), cells.figures
    product = heard.products[cells.series]
    here = np.minimum(cells.elapsed, window) / PER_HOUR
    earlier = window / PER_HOUR - here
    others = heard.audience.within(product, cells.last, window)
    usual = here * norm.others + earlier * norm.others_before
    now, doubt_now = growth(number, others, usual, norm.others_doubt)
    lately, doubt_lately = growth(
        number,
        norm.heard + heard.audience.within(product, cells.last, cells.elapsed),
        norm.due + norm.others * cells.elapsed / PER_HOUR,
        norm.others_doubt,
    )
    mean = (here * norm.mean + earlier * norm.before) * np.maximum(now, lately)
    doubt = norm.doubt + np.where(lately > now, doubt_lately, doubt_now)
    return Expected(mean, norm.dispersion, doubt)
