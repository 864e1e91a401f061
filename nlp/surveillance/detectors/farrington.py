"""`farrington`: the classic regression on the same weeks of past years.

Farrington, Andrews, Beale and Catchpole 1996, J R Statist Soc A 159:547.
"""

from dataclasses import dataclass
from typing import ClassVar

from nlp.surveillance.detectors.farrington_settings import FarringtonSettings
from nlp.surveillance.detectors.references import Lag, lags

WEEKS = 52
"""A year, in whole weeks, as in the published method."""


@dataclass(frozen=True, slots=True)
class Farrington(FarringtonSettings):
    """The detector by the name `farrington`; a `Detector`.

    The prediction interval is two-sided: a bin alarms with probability `alpha / 2`. Parameters
    are those of `FarringtonSettings`.
    """

    tails: ClassVar[int] = 2

    def references(self) -> tuple[Lag, ...]:
        """Return the windows around the same week 52, 104, 156 weeks back."""
        years = [WEEKS * year for year in range(1, self.years + 1)]
        return lags(years, self.half_window, periods=1, left_out=0)
