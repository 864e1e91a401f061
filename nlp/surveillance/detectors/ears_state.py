"""The states of EARS C1, C2 and C3: the last bins of a series, and what they say of the next."""

from abc import ABC, abstractmethod
from collections import deque
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from math import inf, sqrt
from typing import NamedTuple, Protocol, TypeVar

from nlp.message import Message
from nlp.surveillance.detectors.contract import Bin, Verdict
from nlp.surveillance.detectors.reasons import history_reason, moment, number, verdict_reasons
from nlp.surveillance.detectors.surge import follows
from nlp.surveillance.detectors.verdicts import (
    began,
    normal_tail,
    quantile,
    too_few,
    unjudged,
    whole,
)

GUARD = 2
"""Bins between the baseline of C2 and the bin it judges: a slow rise must not lift its limit."""
SUMMED_BEFORE = 2
"""Bins before the judged one that C3 sums."""


class Settings(Protocol):
    """What the states need of the settings in `ears.py`."""

    @property
    def alpha(self) -> float:
        """Tail probability that raises an alarm."""
        ...

    @property
    def baseline(self) -> int:
        """Bins of the baseline."""
        ...

    @property
    def minimum_sigma(self) -> float:
        """Least deviation."""
        ...

    @property
    def minimum_count(self) -> int:
        """A rise of fewer counts never alarms."""
        ...


class Baseline(NamedTuple):
    """Mean and standard deviation (n - 1) of the bins of the baseline."""

    mean: float
    deviation: float

    def score(self, count: int) -> float:
        """Return how many deviations the count lies above the mean; infinite where that is 0."""
        excess = count - self.mean
        if self.deviation > 0.0:
            return excess / self.deviation
        return inf * excess if excess else 0.0


class Found(NamedTuple):
    """What was found in one bin: the baseline it was judged by and what came out."""

    baseline: Baseline
    statistic: float
    p: float
    alarm: bool
    since: datetime | None


class _EarsState(ABC):
    """The last bins of one series, and the baseline that they make."""

    __slots__ = ("_gap", "_last", "_limit", "_recent", "_settings", "_since", "age")

    def __init__(self, settings: Settings, gap: int) -> None:
        self._settings = settings
        self._gap = gap
        self._limit = quantile(settings.alpha)
        self._recent: deque[int] = deque(maxlen=settings.baseline + gap)
        self._last: datetime | None = None
        self._since: datetime | None = None
        self.age = 0

    def learn(self, step: Bin) -> Found | None:
        """Learn the next bin; return what was found, None where too few bins came before.

        Raises
        ------
        BinError
            Where the bin does not lie after the one before it.
        """
        self._last = follows(self._last, step)
        full = len(self._recent) == self._recent.maxlen
        found = self._judge(step, self._baseline()) if full else None
        self._since = None if found is None else found.since
        self._recent.append(step.count)
        self.age += 1
        return found

    def update(self, step: Bin) -> Verdict:
        """Judge the next bin, then learn from it; constant time.

        Raises
        ------
        BinError
            Where the bin does not lie after the one before it.
        """
        age = self.age
        found = self.learn(step)
        if found is None:
            return unjudged(step.count, self._too_short(age))
        return self._told(step, found, age)

    def _baseline(self) -> Baseline:
        """Return mean and deviation of the baseline; the newest `gap` bins are no part of it."""
        size = self._settings.baseline
        counts = tuple(islice(self._recent, size))
        mean = sum(counts) / size
        variance = sum((count - mean) ** 2 for count in counts) / (size - 1)
        return Baseline(mean, max(sqrt(variance), self._settings.minimum_sigma))

    @abstractmethod
    def _judge(self, step: Bin, baseline: Baseline) -> Found | None:
        """Return what is found in a bin; None where too few came before."""

    @abstractmethod
    def _told(self, step: Bin, found: Found, age: int) -> Verdict:
        """Return the verdict with its reasons."""

    def _needed(self) -> int:
        return self._settings.baseline + self._gap

    def _too_short(self, age: int) -> Message:
        needed = self._needed()
        return Message(
            f"not judged: {needed} earlier bins are needed and there are {age}",
            f"未判断：需要此前 {needed} 格数据，现有 {age} 格",
        )

    def _basis(self, baseline: Baseline) -> Message:
        size, gap = self._settings.baseline, self._gap
        mean, deviation = number(baseline.mean), number(baseline.deviation)
        after = f", leaving out the newest {gap}" if gap else ""
        left = f"（不含最近 {gap} 格）" if gap else ""
        return Message(
            f"baseline: the last {size} bins{after}: mean {mean}, standard deviation {deviation}",
            f"基线：此前 {size} 格{left}，均值 {mean}，标准差 {deviation}",
        )


class ShewhartState(_EarsState):
    """C1 or C2 after it has learned one series: a Shewhart chart with a moving baseline."""

    __slots__ = ()

    def _judge(self, step: Bin, baseline: Baseline) -> Found:
        score = baseline.score(step.count)
        over = step.count > baseline.mean + self._limit * baseline.deviation
        alarm = over and step.count >= self._settings.minimum_count
        p = normal_tail(score, step.count - baseline.mean)
        return Found(baseline, score, p, alarm, began(self._since, step.start, alarm=alarm))

    def _told(self, step: Bin, found: Found, age: int) -> Verdict:
        mean, deviation = found.baseline
        upper = whole(mean + self._limit * deviation)
        reasons = verdict_reasons(
            alarm=found.alarm,
            count=step.count,
            expected=mean,
            upper=upper,
            since=found.since or step.start,
            age=age,
        )
        few = step.count > upper and not found.alarm
        why = (too_few(self._settings.minimum_count),) if few else ()
        reasons = (*reasons, *why, self._basis(found.baseline))
        return Verdict(found.alarm, mean, upper, found.p, found.since, reasons)


class Excess(NamedTuple):
    """One bin as C3 sums it: when it was, its count, and its score by C2."""

    start: datetime
    counted: int
    score: float

    @property
    def part(self) -> float:
        """What the bin adds to the sum."""
        return max(0.0, self.score - 1.0)


class SumState(_EarsState):
    """C3 after it has learned one series: what C2 found in the bin and the two before it.

    The sum is referred to the standard normal, as R `surveillance` documents it. Where it is 0,
    p comes from the largest of the scores less 1, so that it still orders the bins. `upper` is
    the largest count that C2 puts down to chance in the one bin; where `sum_judged` is set, the
    largest that raises no alarm after the two bins before.
    """

    __slots__ = ("_before", "_sum_judged")

    def __init__(self, settings: Settings, *, sum_judged: bool) -> None:
        super().__init__(settings, GUARD)
        self._sum_judged = sum_judged
        self._before: deque[Excess] = deque(maxlen=SUMMED_BEFORE)

    def _needed(self) -> int:
        return super()._needed() + SUMMED_BEFORE

    def _judge(self, step: Bin, baseline: Baseline) -> Found | None:
        before = tuple(self._before)
        newest = Excess(step.start, step.count, baseline.score(step.count))
        self._before.append(newest)
        if len(before) < SUMMED_BEFORE:
            return None
        return self._summed(step, baseline, (*before, newest))

    def _summed(self, step: Bin, baseline: Baseline, bins: tuple[Excess, ...]) -> Found:
        summed = bins if self._sum_judged else bins[:-1]
        statistic = sum(each.part for each in summed)
        risen = [each for each in summed if each.part > 0.0]
        counted = sum(each.counted for each in risen)
        alarm = statistic >= self._limit and counted >= self._settings.minimum_count
        score = statistic if risen else max(each.score for each in summed) - 1.0
        p = normal_tail(score, counted - len(risen) * baseline.mean)
        since = began(self._since, risen[0].start if risen else step.start, alarm=alarm)
        return Found(baseline, statistic, p, alarm, since)

    def _told(self, step: Bin, found: Found, age: int) -> Verdict:
        mean, deviation = found.baseline
        bound = self._limit
        if self._sum_judged:
            own = max(0.0, found.baseline.score(step.count) - 1.0)
            before = found.statistic - own if own < inf else 0.0
            bound += 1.0 - before
        upper = whole(mean + bound * deviation)
        few = found.statistic >= self._limit and not found.alarm
        least = self._settings.minimum_count
        why = (too_few(least, SUMMED_BEFORE + self._sum_judged),) if few else ()
        warning = history_reason(age) if found.alarm else ()
        reasons = (self._sum_reason(found), *why, *warning, self._basis(found.baseline))
        return Verdict(found.alarm, mean, upper, found.p, found.since, reasons)

    def _sum_reason(self, found: Found) -> Message:
        en = "this bin and the two before it" if self._sum_judged else "the two bins before this"
        zh = "本格与前两格" if self._sum_judged else "前两格"
        told, limit = f"{found.statistic:.1f}", f"{self._limit:.1f}"
        en = f"{en} exceed their baselines by {told} standard deviations, up to {limit} is chance"
        zh = f"{zh}超出各自基线共 {told} 个标准差，{limit} 以内属正常波动"
        if found.since is None:
            return Message(en, zh)
        since = moment(found.since)
        return Message(f"{en}; rising since {since}", f"{zh}；自 {since} 起上升")


Learner = TypeVar("Learner", ShewhartState, SumState)


def learned(state: Learner, history: Sequence[Bin]) -> Learner:
    """Return the state after it has learned the history, oldest first."""
    for step in history:
        state.learn(step)
    return state
