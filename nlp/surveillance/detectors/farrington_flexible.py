"""`farrington-flexible`: Farrington's regression as improved for routine use.

Noufaily et al. 2013, Stat Med 32:1206: only clear outbreaks of the past are reweighted, the limit
is one-sided, the newest half year is left out, and more of the year may be used.
"""

from dataclasses import dataclass
from typing import ClassVar

from nlp.surveillance.detectors.farrington_settings import FarringtonSettings
from nlp.surveillance.detectors.references import Lag, lags
from nlp.surveillance.detectors.regression import WEEKS_A_YEAR
from nlp.surveillance.detectors.verdicts import check_setting


@dataclass(frozen=True, slots=True)
class FarringtonFlexible(FarringtonSettings):
    """The detector by the name `farrington-flexible`; a `Detector`.

    The same week of a past year is the one nearest to the same date: 52, 104, 157 weeks back.
    The limit comes from the delta method, with the doubt of the mean in it; it is one-sided: a
    bin alarms with probability `alpha`. The paper advises 10 `periods` and `trend_p` 1.

    Parameters
    ----------
    outlier
        Anscombe residual from which past outbreaks weigh less.
    weeks_left_out
        Newest weeks that are no reference; below 49 it matters only with several periods.
    periods
        Parts of the year with means of their own: 1 uses the windows alone (as R `surveillance`
        does unless told), 10 all the year, as the paper advises.

    The others are those of `FarringtonSettings`.
    """

    outlier: float = 2.58
    weeks_left_out: int = 26
    periods: int = 1

    tails: ClassVar[int] = 1

    def __post_init__(self) -> None:
        FarringtonSettings.__post_init__(self)  # a class with slots has no super() of its own
        check_setting("weeks_left_out", self.weeks_left_out, 0, 52 - self.half_window - 1)
        check_setting("periods", self.periods, 1, 20)

    def references(self) -> tuple[Lag, ...]:
        """Return the windows around the same week of past years, and the periods between."""
        years = [round(WEEKS_A_YEAR * year) for year in range(1, self.years + 1)]
        return lags(years, self.half_window, self.periods, self.weeks_left_out)
