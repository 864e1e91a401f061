"""`cusum-negbin`: a CUSUM of log-likelihood ratios on a negative-binomial regression.

Of the classic methods the best at low counts (Watkins et al. 2008, BMC Med Inform Decis Mak
8:37; Fricker et al. 2008, Stat Med 27:3407). The regression follows weekday, hour, season and
trend as the width and the history allow, weighs past outbreaks down, and estimates the
dispersion. The CUSUM adds the log-likelihood ratio of a mean raised by `DEVIATIONS` standard
deviations of the bin: the smallest rise worth catching. The limit is found by simulation.
"""

from dataclasses import dataclass
from math import log1p, sqrt

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance.detectors.calibration import Alternative
from nlp.surveillance.detectors.charted import ChartedDetector, Plan
from nlp.surveillance.detectors.contract import Sensitivity
from nlp.surveillance.detectors.loglinear import robust_regression

DEVIATIONS = 1.5


class CusumNegbinDetector(ChartedDetector):
    """`cusum-negbin`: a likelihood-ratio CUSUM of negative-binomial counts.

    `Verdict.p` is `exp(-statistic)`, of the same order in all bins.

    Parameters
    ----------
    sensitivity
        False-alarm probability per bin, minimum count, bin width. By default one false alarm in
        720 bins, the width read off the distances of the bins.
    """

    def __init__(self, sensitivity: Sensitivity | None = None) -> None:
        asked = sensitivity or Sensitivity()
        plan = Plan(
            alternative=Alternative(Shift(DEVIATIONS), poisson=False),
            sizes=1,
            estimate=robust_regression,
            width=None if sensitivity is None else sensitivity.width,
            limit=None,
            rate=asked.false_alarms,
            fewest=asked.minimum_count,
            trend=True,
        )
        super().__init__(plan)


@dataclass(frozen=True, slots=True)
class Shift:
    """A rise of so many standard deviations."""

    deviations: float

    def __call__(self, mean: float, alpha: float) -> NDArray[np.float64]:
        """Return the one size of change, as a logarithm."""
        return np.array([log1p(self.deviations * sqrt(1.0 / mean + alpha))])
