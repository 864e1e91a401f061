"""`cdc`: the last four weeks against the same four weeks of past years.

Stroup, Williamson, Herndon and Karon 1989, Stat Med 8:323; prediction interval as in Farrington
and Andrews 2003, equation 8-1: mean + z s sqrt(1 + 1 / k) of k four-week totals.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf, sqrt
from typing import NamedTuple, Self

from nlp.message import Message
from nlp.surveillance.detectors.contract import Bin, Sensitivity, Verdict, Width
from nlp.surveillance.detectors.past import STEPS, Past
from nlp.surveillance.detectors.reasons import moment, number
from nlp.surveillance.detectors.surge import follows
from nlp.surveillance.detectors.verdicts import (
    began,
    check_setting,
    normal_tail,
    quantile,
    too_few,
    unjudged,
    whole,
)

BLOCK = timedelta(weeks=4)
YEAR = timedelta(weeks=52)


@dataclass(frozen=True, slots=True)
class Cdc:
    """The detector by the name `cdc`; a `Detector`.

    Parameters
    ----------
    years
        How many years back, 1 or more.
    blocks
        Four-week blocks before and after the same one of each of those years.
    alpha
        Of the two-sided prediction interval: a bin alarms with probability `alpha / 2`.
    minimum_count
        Four weeks with a smaller total never alarm.
    width
        How long a bin is; four weeks of them are added up.
    """

    years: int = 5
    blocks: int = 1
    alpha: float = 0.001
    minimum_count: int = 1
    width: Width = "week"

    def __post_init__(self) -> None:
        check_setting("years", self.years, 1, 50)
        check_setting("blocks", self.blocks, 1, 6)
        check_setting("alpha", self.alpha, 1e-12, 1 - 1e-9)
        check_setting("minimum_count", self.minimum_count, 1, 10**9)

    @classmethod
    def tuned(cls, sensitivity: Sensitivity | None = None) -> Self:
        """Return the detector with its published settings, or with a chosen false-alarm rate.

        A false alarm has probability `alpha / 2`, so `alpha` is twice the rate.
        """
        if sensitivity is None:
            return cls()
        return cls(
            alpha=2.0 * sensitivity.false_alarms,
            minimum_count=sensitivity.minimum_count,
            width=sensitivity.width,
        )

    def fit(self, history: Sequence[Bin]) -> "CdcState":
        """Return the state after `history`, oldest first; an empty history is allowed."""
        state = CdcState(self)
        for step in history:
            state.learn(step)
        return state


class Interval(NamedTuple):
    """The past totals of four weeks: how many, their mean, the deviation of a new one."""

    known: int
    mean: float
    deviation: float

    def score(self, total: float) -> float:
        """Return how many deviations a total lies above the mean."""
        excess = total - self.mean
        if self.deviation > 0.0:
            return excess / self.deviation
        return inf * excess if excess else 0.0


class CdcState:
    """The CDC method after it has learned one series.

    Where bins are missing, the others of the four weeks are scaled up; with fewer than half of
    its bins a block does not count. `expected` and `upper` of a verdict are those of its one bin:
    the mean of a bin, and what the four weeks leave for it.
    """

    __slots__ = ("_last", "_limit", "_offsets", "_past", "_settings", "_since", "_size", "_step")

    def __init__(self, settings: Cdc) -> None:
        self._settings = settings
        self._limit = quantile(settings.alpha / 2.0)
        self._step = STEPS[settings.width]
        self._size = BLOCK // self._step
        near = range(-settings.blocks, settings.blocks + 1)
        years = range(1, settings.years + 1)
        self._offsets = tuple(YEAR * year + BLOCK * block for year in years for block in near)
        self._past = Past(max(self._offsets) + BLOCK)
        self._last: datetime | None = None
        self._since: datetime | None = None

    def learn(self, step: Bin) -> tuple[float, Interval] | None:
        """Learn the next bin; return the total of its four weeks and what to compare it with.

        None where either is unknown.

        Raises
        ------
        BinError
            Where the bin does not lie after the one before it.
        """
        self._last = follows(self._last, step)
        local = self._past.add(step)
        total = self._total(local)
        interval = None if total is None else self._interval(local)
        if total is None or interval is None:
            self._since = None
            return None
        alarm = self._alarms(total, interval)
        self._since = began(self._since, step.start, alarm=alarm)
        return total, interval

    def update(self, step: Bin) -> Verdict:
        """Judge the next bin, then learn from it; constant time.

        Raises
        ------
        BinError
            Where the bin does not lie after the one before it.
        """
        learned = self.learn(step)
        if learned is None:
            return unjudged(step.count, self._too_short())
        total, interval = learned
        bound = interval.mean + self._limit * interval.deviation
        upper = whole(bound - (total - step.count))
        p = normal_tail(interval.score(total), total - interval.mean)
        reasons = self._reasons(total, interval, whole(bound))
        expected = interval.mean / self._size
        return Verdict(self._since is not None, expected, upper, p, self._since, reasons)

    def _total(self, last: datetime) -> float | None:
        """Return the count of the four weeks that end with `last`; None where too few are known."""
        total, known = self._past.block(last, self._step, self._size)
        return total * self._size / known if known * 2 >= self._size else None

    def _interval(self, local: datetime) -> Interval | None:
        found = (self._total(local - back) for back in self._offsets)
        totals = [total for total in found if total is not None]
        if len(totals) < self._needed():
            return None
        mean = sum(totals) / len(totals)
        variance = sum((total - mean) ** 2 for total in totals) / (len(totals) - 1)
        return Interval(len(totals), mean, sqrt(variance * (1.0 + 1.0 / len(totals))))

    def _alarms(self, total: float, interval: Interval) -> bool:
        over = total > interval.mean + self._limit * interval.deviation
        return over and total >= self._settings.minimum_count

    def _needed(self) -> int:
        return 2 * self._settings.blocks + 1

    def _too_short(self) -> Message:
        needed = self._needed()
        return Message(
            f"not judged: half of the last four weeks and of {needed} blocks of four weeks of past "
            "years must be known",
            f"未判断：最近四周及往年同期至少 {needed} 个四周的数据须各有一半以上",
        )

    def _reasons(self, total: float, interval: Interval, bound: int) -> tuple[Message, ...]:
        seen, told = number(total), number(interval.mean)
        en = f"{seen} in four weeks where {told} are expected and up to {bound} are chance"
        zh = f"四周内实际 {seen} 条，预期 {told} 条，正常上限 {bound} 条"
        basis = Message(
            f"baseline: {interval.known} four-week totals at the same time of past years",
            f"基线：往年同期 {interval.known} 个四周合计",
        )
        if self._since is not None:
            since = moment(self._since)
            return (Message(f"{en}; rising since {since}", f"{zh}；自 {since} 起上升"), basis)
        few = (too_few(self._settings.minimum_count, self._size),) if total > bound else ()
        return (Message(en, zh), *few, basis)
