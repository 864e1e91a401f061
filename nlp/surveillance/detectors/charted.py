"""A regression for what is normal and a chart for what is not: `glr-…` and `cusum-negbin`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import exp

import numpy as np
from numpy.typing import NDArray

from nlp.message import Message
from nlp.surveillance.detectors.calibration import Alternative, calibrated, horizon
from nlp.surveillance.detectors.chart import Chart, Reading
from nlp.surveillance.detectors.charted_reasons import fall_reason, smaller_model, waiting_reason
from nlp.surveillance.detectors.contract import Bin, Verdict, Width
from nlp.surveillance.detectors.loglinear import Regression
from nlp.surveillance.detectors.reasons import verdict_reasons
from nlp.surveillance.detectors.surge import follows
from nlp.surveillance.detectors.terms import CALENDARS, Terms, nearest_width, terms_of

Floats = NDArray[np.float64]

STARTS_KEPT = 1024
"""A rise that began longer ago is said to have begun so many bins ago."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How a charted detector works.

    Attributes
    ----------
    alternative
        The changes looked for, and how they are judged.
    sizes
        How many they are.
    estimate
        From rows and counts to the model of what is normal.
    width
        Length of a bin; None to read it off the distances of the bins.
    limit
        The statistic from which there is an alarm; None to find it by simulation.
    rate
        The false-alarm probability of a bin that it is then found for.
    fewest
        A rise of fewer counts never alarms.
    trend
        Whether the mean may have a trend.
    falls
        Whether falls are looked for instead of rises.
    """

    alternative: Alternative
    sizes: int
    estimate: Callable[[Floats, Floats], Regression]
    width: Width | None
    limit: float | None
    rate: float
    fewest: int
    trend: bool
    falls: bool = False


@dataclass(frozen=True, slots=True)
class Normal:
    """What is normal for a series: its terms, their estimates, and the limit of the chart."""

    terms: Terms
    model: Regression
    limit: float
    bins: int


class ChartedState:
    """A charted detector after it has learned one series.

    The mean is estimated once, by `fit`. Where its history was too short for a term, the bins
    that follow are kept, and it is estimated anew whenever they have doubled, until all terms are
    there: but for these few, an update takes constant time. Missing bins teach nothing.
    """

    __slots__ = ("_chart", "_kept", "_last", "_normal", "_plan", "_starts")

    def __init__(self, plan: Plan, history: Sequence[Bin]) -> None:
        self._plan = plan
        self._chart = Chart(plan.sizes, plan.fewest, falls=plan.falls)
        self._kept: list[Bin] = []
        self._starts: list[datetime] = []
        self._last: datetime | None = None
        for step in history:
            self._last = follows(self._last, step)
        self._kept = list(history)
        self._normal = normal_of(plan, self._kept)
        self._forget()

    def update(self, step: Bin) -> Verdict:
        """Judge the next bin by what was learned before it.

        Raises
        ------
        BinError
            Where the bin does not lie after the one before it.
        """
        self._last = follows(self._last, step)
        normal = self._normal
        verdict = self._waiting(step) if normal is None else self._judged(step, normal)
        self._keep(step)
        return verdict

    def _judged(self, step: Bin, normal: Normal) -> Verdict:
        mean = float(normal.model.mean(np.array(normal.terms.row(step.start))))
        slope, cost = self._plan.alternative.ratio(mean, normal.model.alpha)
        reading = self._chart.step(step.count, slope, cost, normal.limit)
        since = self._since(step, reading)
        p = exp(-reading.statistic)
        reasons = self._reasons(step, mean, reading, since, normal)
        onset = since if reading.alarm else None
        return Verdict(reading.alarm, mean, reading.upper, p, onset, reasons)

    def _reasons(
        self, step: Bin, mean: float, reading: Reading, since: datetime, normal: Normal
    ) -> tuple[Message, ...]:
        alarm, upper, age = reading.alarm, reading.upper, normal.bins
        smaller = smaller_model(normal.terms.missing, age)
        if self._plan.falls:
            return (fall_reason(step.count, mean, upper, since if alarm else None), *smaller)
        told = verdict_reasons(
            alarm=alarm, count=step.count, expected=mean, upper=upper, since=since, age=age
        )
        return (*told, *smaller)

    def _since(self, step: Bin, reading: Reading) -> datetime:
        self._starts.append(step.start)
        del self._starts[:-STARTS_KEPT]
        since = self._starts[-min(reading.began + 1, len(self._starts))]
        if reading.alarm:
            self._starts.clear()
        return since

    def _waiting(self, step: Bin) -> Verdict:
        seen = [other.count for other in self._kept]
        mean = sum(seen) / len(seen) if seen else 0.0
        width = self._plan.width or nearest_width(self._kept) or "hour"
        reason = waiting_reason(len(seen), CALENDARS[width].least)
        return Verdict(False, mean, step.count, 1.0, None, (reason,))

    def _keep(self, step: Bin) -> None:
        """Keep a bin as long as there are terms to win, and try to win them."""
        normal = self._normal
        if normal is not None and not normal.terms.missing:
            return
        self._kept.append(step)
        if normal is None or len(self._kept) >= 2 * normal.bins:
            self._normal = normal_of(self._plan, self._kept)
            self._forget()

    def _forget(self) -> None:
        if self._normal is not None and not self._normal.terms.missing:
            self._kept = []


class ChartedDetector:
    """A detector that works by a `Plan`; a `Detector`."""

    __slots__ = ("plan",)

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def fit(self, history: Sequence[Bin]) -> ChartedState:
        """Return the state after `history`, oldest first; an empty history is allowed."""
        return ChartedState(self.plan, history)


def normal_of(plan: Plan, history: Sequence[Bin]) -> Normal | None:
    """Return what is normal after a history; None where it is too short to say."""
    width = plan.width or nearest_width(history)
    if width is None or len(history) < CALENDARS[width].least:
        return None
    used = history[-CALENDARS[width].memory :]
    terms = terms_of(used, width, trend=plan.trend)
    rows = terms.rows([step.start for step in used])
    counts = np.array([step.count for step in used], dtype=np.float64)
    model = plan.estimate(rows, counts)
    limit = plan.limit
    if limit is None:
        limit = calibrated(
            model, _future(terms, used[-1].start, plan.rate), plan.alternative, plan.rate
        )
    return Normal(terms, model, limit, len(history))


def _future(terms: Terms, last: datetime, rate: float) -> Floats:
    step = CALENDARS[terms.width].step
    return terms.rows([last + step * (n + 1) for n in range(horizon(rate))])
