"""`farrington-flexible`: Farrington's regression as improved for routine use.

Noufaily et al. 2013, Stat Med 32:1206: only clear outbreaks of the past are reweighted, the limit
is one-sided, the newest half year is left out, and more of the year may be used.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from nlp.surveillance.detectors.contract import Bin, Sensitivity, Width
from nlp.surveillance.detectors.references import lags
from nlp.surveillance.detectors.regression import WEEKS_A_YEAR, Model
from nlp.surveillance.detectors.seasonal import Rule, SeasonalState
from nlp.surveillance.detectors.verdicts import check_setting, quantile


@dataclass(frozen=True, slots=True)
class FarringtonFlexible:
    """The detector by the name `farrington-flexible`; a `Detector`.

    The same week of a past year is the one nearest to the same date: 52, 104, 157 weeks back.
    The limit comes from the delta method, with the doubt of the mean in it.

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
        Of the one-sided prediction interval: a bin alarms with this probability.
    trend
        Whether a linear trend is tried.
    trend_p
        It is kept where its p-value is below this, and where it does not lead beyond the
        largest reference; 1 keeps it untested, as the paper advises.
    cases, cases_bins
        No alarm where the last `cases_bins` bins, this one among them, hold fewer than `cases`.
    power
        Of the count, above which the prediction interval is symmetric: 2/3, 1/2 or 1.
    weeks_left_out
        Newest weeks that are no reference; below 49 it matters only with several periods.
    periods
        Parts of the year with means of their own: 1 uses the windows alone (as R `surveillance`
        does unless told), 10 all the year, as the paper advises.
    minimum_count
        A bin with a smaller count never alarms.
    width
        How long a bin is. Days are compared with the same weekday, hours with the same hour of
        the week.
    """

    years: int = 3
    half_window: int = 3
    reweight: bool = True
    outlier: float = 2.58
    alpha: float = 0.01
    trend: bool = True
    trend_p: float = 0.05
    cases: int = 5
    cases_bins: int = 4
    power: float = 2 / 3
    weeks_left_out: int = 26
    periods: int = 1
    minimum_count: int = 1
    width: Width = "week"

    def __post_init__(self) -> None:
        check_setting("years", self.years, 1, 50)
        check_setting("half_window", self.half_window, 1, 12)
        check_setting("outlier", self.outlier, 0.5, 100)
        check_setting("alpha", self.alpha, 1e-12, 0.5)
        check_setting("trend_p", self.trend_p, 0, 1)
        check_setting("cases", self.cases, 0, 10**9)
        check_setting("cases_bins", self.cases_bins, 1, 1000)
        check_setting("power", self.power, 0.1, 1)
        check_setting("weeks_left_out", self.weeks_left_out, 0, 52 - self.half_window - 1)
        check_setting("periods", self.periods, 1, 20)
        check_setting("minimum_count", self.minimum_count, 1, 10**9)

    @classmethod
    def tuned(cls, sensitivity: Sensitivity | None = None) -> Self:
        """Return the detector with its published settings, or with a chosen false-alarm rate."""
        if sensitivity is None:
            return cls()
        return cls(
            alpha=sensitivity.false_alarms,
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
        years = [round(WEEKS_A_YEAR * year) for year in range(1, self.years + 1)]
        return Rule(
            lags=lags(years, self.half_window, self.periods, self.weeks_left_out),
            needed=2 * self.half_window + 1,
            model=Model(self.outlier if self.reweight else None, self.trend, self.trend_p),
            quantile=quantile(self.alpha),
            power=self.power,
            cases=self.cases,
            cases_bins=self.cases_bins,
            minimum_count=self.minimum_count,
            width=self.width,
        )
