"""`farrington`: the classic regression on the same weeks of past years.

Farrington, Andrews, Beale and Catchpole 1996, J R Statist Soc A 159:547.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from nlp.surveillance.detectors.contract import Bin, Sensitivity, Width
from nlp.surveillance.detectors.references import lags
from nlp.surveillance.detectors.regression import Model
from nlp.surveillance.detectors.seasonal import Rule, SeasonalState
from nlp.surveillance.detectors.verdicts import check_setting, quantile

WEEKS = 52
"""A year, in whole weeks, as in the published method."""


@dataclass(frozen=True, slots=True)
class Farrington:
    """The detector by the name `farrington`; a `Detector`.

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
        Of the two-sided prediction interval: a bin alarms with probability `alpha / 2`.
    trend
        Whether a linear trend is tried.
    trend_p
        It is kept where its p-value is below this, and where it does not lead beyond the
        largest reference.
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

    def __post_init__(self) -> None:
        check_setting("years", self.years, 1, 50)
        check_setting("half_window", self.half_window, 1, 12)
        check_setting("outlier", self.outlier, 0.5, 100)
        check_setting("alpha", self.alpha, 1e-12, 1 - 1e-9)
        check_setting("trend_p", self.trend_p, 0, 1)
        check_setting("cases", self.cases, 0, 10**9)
        check_setting("cases_bins", self.cases_bins, 1, 1000)
        check_setting("power", self.power, 0.1, 1)
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

    def fit(self, history: Sequence[Bin]) -> SeasonalState:
        """Return the state after `history`, oldest first; an empty history is allowed."""
        state = SeasonalState(self._rule())
        for step in history:
            state.learn(step)
        return state

    def _rule(self) -> Rule:
        years = [WEEKS * year for year in range(1, self.years + 1)]
        return Rule(
            lags=lags(years, self.half_window, periods=1, left_out=0),
            needed=2 * self.half_window + 1,
            model=Model(self.outlier if self.reweight else None, self.trend, self.trend_p),
            quantile=quantile(self.alpha / 2.0),
            power=self.power,
            cases=self.cases,
            cases_bins=self.cases_bins,
            minimum_count=self.minimum_count,
            width=self.width,
        )
