"""The state of both Farrington detectors: past bins, found by date, and what they say.

The references lie whole weeks back, so that a day is compared with the same weekday and an hour
with the same hour of the week. A bin that is missing is left out, never taken for 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from nlp.message import Message
from nlp.surveillance.detectors.contract import Bin, Verdict, Width
from nlp.surveillance.detectors.past import STEPS, Past
from nlp.surveillance.detectors.reasons import verdict_reasons
from nlp.surveillance.detectors.references import Lag
from nlp.surveillance.detectors.regression import Forecast, Model, forecast
from nlp.surveillance.detectors.surge import follows
from nlp.surveillance.detectors.verdicts import began, normal_tail, too_few, unjudged, whole

LOOK_BACK = timedelta(weeks=52)
"""The history is not judged; a rise that it ends with is followed back so far at most."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How a bin is judged.

    Attributes
    ----------
    lags
        Its references.
    needed
        So many references of the same time of the year must be known.
    model
        How they are modelled.
    quantile
        Deviations above the mean, on the scale of `power`, that raise an alarm.
    power
        Of the count, so that it is near normal.
    cases, cases_bins
        No alarm where the last `cases_bins` bins hold fewer than `cases`.
    minimum_count
        No alarm for a smaller count.
    width
        How long a bin is.
    """

    lags: tuple[Lag, ...]
    needed: int
    model: Model
    quantile: float
    power: float
    cases: int
    cases_bins: int
    minimum_count: int
    width: Width


class Judged(NamedTuple):
    """A bin with its forecast; `enough` where its counts are not too low for an alarm."""

    known: int
    years: int
    forecast: Forecast
    upper: int
    above: bool
    enough: bool

    @property
    def alarm(self) -> bool:
        """Whether the count is above its limit and not too low."""
        return self.above and self.enough


class SeasonalState:
    """Farrington or Farrington Flexible after it has learned one series."""

    __slots__ = ("_last", "_past", "_rule", "_since", "_step", "_watching", "age")

    def __init__(self, rule: Rule) -> None:
        self._rule = rule
        self._step = STEPS[rule.width]
        self._past = Past(timedelta(weeks=max(lag.weeks for lag in rule.lags)) + LOOK_BACK)
        self._last: datetime | None = None
        self._since: datetime | None = None
        self._watching = False
        self.age = 0

    def learn(self, step: Bin) -> datetime:
        """Learn the next bin without judging it; return its wall-clock time.

        Raises
        ------
        BinError
            Where the bin does not lie after the one before it.
        """
        self._last = follows(self._last, step)
        self.age += 1
        return self._past.add(step)

    def update(self, step: Bin) -> Verdict:
        """Judge the next bin, then learn from it; time constant in the length of the series.

        Raises
        ------
        BinError
            Where the bin does not lie after the one before it.
        """
        age = self.age
        local = self.learn(step)
        references = self._references(local)
        known = _at_same_time(references)
        if known < self._rule.needed:
            self._since, self._watching = None, True
            return unjudged(step.count, _too_short(self._rule.needed, known))
        judged = self._judge(local, step.count, references)
        before = self._since if self._watching else self._risen_before(step, local)
        self._since = began(before, step.start, alarm=judged.alarm)
        self._watching = True
        return self._told(step, judged, age)

    def _risen_before(self, step: Bin, local: datetime) -> datetime | None:
        """Return the start of the alarms that the history ends with; None where it has none."""
        since: datetime | None = None
        for earlier, count in self._past.before(local):
            references = self._references(earlier)
            if _at_same_time(references) < self._rule.needed:
                break
            if not self._judge(earlier, count, references).alarm:
                break
            since = earlier.replace(tzinfo=step.start.tzinfo)
        return since

    def _references(self, local: datetime) -> list[tuple[Lag, int]]:
        found = (
            (lag, self._past.count(local - timedelta(weeks=lag.weeks))) for lag in self._rule.lags
        )
        return [(lag, count) for lag, count in found if count is not None]

    def _judge(self, local: datetime, count: int, references: Sequence[tuple[Lag, int]]) -> Judged:
        rule = self._rule
        lags, counts = zip(*references, strict=True)
        expected = forecast(rule.model, lags, counts)
        bound = expected.upper(rule.quantile, rule.power)
        cases = self._past.recent(local, self._step, rule.cases_bins)
        enough = cases >= rule.cases and count >= rule.minimum_count
        years = len({lag.year for lag in lags})
        return Judged(len(lags), years, expected, whole(bound), count > bound, enough)

    def _told(self, step: Bin, judged: Judged, age: int) -> Verdict:
        mean = judged.forecast.mean
        score = judged.forecast.score(step.count, self._rule.power)
        reasons = verdict_reasons(
            alarm=judged.alarm,
            count=step.count,
            expected=mean,
            upper=judged.upper,
            since=self._since or step.start,
            age=age,
        )
        reasons = (*reasons, *self._too_low(step, judged), self._basis(judged))
        p = normal_tail(score, step.count - mean)
        return Verdict(judged.alarm, mean, judged.upper, p, self._since, reasons)

    def _too_low(self, step: Bin, judged: Judged) -> tuple[Message, ...]:
        if judged.enough or not judged.above:
            return ()
        rule = self._rule
        if step.count < rule.minimum_count:
            return (too_few(rule.minimum_count),)
        return (too_few(rule.cases, rule.cases_bins),)

    def _basis(self, judged: Judged) -> Message:
        en = "with a trend" if judged.forecast.trend else "without a trend"
        zh = "含趋势" if judged.forecast.trend else "不含趋势"
        years = "1 past year" if judged.years == 1 else f"{judged.years} past years"
        seasons = any(lag.period for lag in self._rule.lags)
        part = "in periods of" if seasons else "at the same time of"
        season = "往年分时段" if seasons else "往年同期"
        return Message(
            f"baseline: {judged.known} bins {part} {years}, {en}",
            f"基线：{season} {judged.known} 格（{judged.years} 年），{zh}",
        )


def _at_same_time(references: Sequence[tuple[Lag, int]]) -> int:
    return sum(1 for lag, _ in references if not lag.period)


def _too_short(needed: int, known: int) -> Message:
    return Message(
        f"not judged: {needed} bins at the same time of past years are needed, {known} are known",
        f"未判断：需要往年同期 {needed} 格数据，现有 {known} 格",
    )
