"""The settings that both of Farrington's detectors have, and how they judge by them."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

from nlp.surveillance.detectors.contract import Bin, Sensitivity, Width
from nlp.surveillance.detectors.references import Lag
from nlp.surveillance.detectors.regression import Model
from nlp.surveillance.detectors.seasonal import Rule, SeasonalState
from nlp.surveillance.detectors.verdicts import check_setting, quantile


@dataclass(frozen=True, slots=True)
class FarringtonSettings(ABC):
    """A regression on the same weeks of past years; a `Detector`.

    Parameters
    ----------
    years
        How many years back, 1 or more; a trend needs 3.
    half_window
        Weeks before and after the same week of each of those years.
    reweight
        Whether past outbreaks weigh less.
    outlier
        Anscombe residual from which they do.
    alpha
        Of the prediction interval: a bin alarms with this probability divided by `tails`.
    trend
        Whether a linear trend is tried.
    trend_p
        It is kept where its p-value is below this, and where it does not lead beyond the
        largest reference; 1 keeps it untested.
    cases, cases_bins
        No alarm where the last `cases_bins` bins, this one among them, hold fewer than `cases`.
    power
        Of the count, above which the prediction interval is symmetric: 2/3, 1/2 or 1.
    minimum_count
        A bin with a smaller count never alarms.
    width
        How long a bin is. Days are compared with the same weekday, hours with the same hour of
        the week.
    """

    years: int = 3
    half_window: int = 3
    reweight: bool = True
    outlier: float = 1.0
    alpha: float = 0.01
    trend: bool = True
    trend_p: float = 0.05
    cases: int = 5
    cases_bins: int = 4
    power: float = 2 / 3
    minimum_count: int = 1
    width: Width = "week"

    tails: ClassVar[int]
    """1 for a one-sided prediction interval, 2 for a two-sided one."""

    def __post_init__(self) -> None:
        check_setting("years", self.years, 1, 50)
        check_setting("half_window", self.half_window, 1, 12)
        check_setting("outlier", self.outlier, 0.5, 100)
        check_setting("alpha", self.alpha, 1e-12, min(self.tails / 2, 1 - 1e-9))
        check_setting("trend_p", self.trend_p, 0, 1)
        check_setting("cases", self.cases, 0, 10**9)
        check_setting("cases_bins", self.cases_bins, 1, 1000)
        check_setting("power", self.power, 0.1, 1)
        check_setting("minimum_count", self.minimum_count, 1, 10**9)

    @classmethod
    def tuned(cls, sensitivity: Sensitivity | None = None) -> Self:
        """Return the detector with its published settings, or with a chosen false-alarm rate."""
        if sensitivity is None:
            return cls()
        return cls(
            alpha=cls.tails * sensitivity.false_alarms,
            minimum_count=sensitivity.minimum_count,
            width=sensitivity.width,
        )

    def fit(self, history: Sequence[Bin]) -> SeasonalState:
        """Return the state after `history`, oldest first; an empty history is allowed."""
        state = SeasonalState(self._rule())
        for step in history:
            state.learn(step)
        return state

    @abstractmethod
    def references(self) -> tuple[Lag, ...]:
        """Return which bins of the past a bin is held against."""

    def _rule(self) -> Rule:
        return Rule(
            lags=self.references(),
            needed=2 * self.half_window + 1,
            model=Model(self.outlier if self.reweight else None, self.trend, self.trend_p),
            quantile=quantile(self.alpha / self.tails),
            power=self.power,
            cases=self.cases,
            cases_bins=self.cases_bins,
            minimum_count=self.minimum_count,
            width=self.width,
        )
