"""`glr-poisson` and `glr-negbin`: generalised likelihood ratio charts of seasonal counts.

Höhle 2006 (SFB 386 discussion paper 500) and Höhle and Paul 2008 (Comput Stat Data Anal
52:4357): a log-linear model of the normal course is estimated once, and every bin is asked how
much likelier the counts since some change point are under a lasting change of the intercept, the
change point and the size of the change being whatever makes that largest. An alarm starts the
chart afresh.
"""

from dataclasses import dataclass
from functools import partial
from math import log
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance.detectors.calibration import Alternative
from nlp.surveillance.detectors.chart import grid
from nlp.surveillance.detectors.charted import ChartedDetector, Plan
from nlp.surveillance.detectors.contract import Sensitivity, Width
from nlp.surveillance.detectors.loglinear import (
    known_regression,
    negbin_regression,
    robust_regression,
)
from nlp.surveillance.errors import WatchSettingsError

Direction = Literal["inc", "dec"]
WORTH_CATCHING = log(1.2)
"""Where the false-alarm rate is chosen, a lasting rise of a fifth is the smallest looked for."""


@dataclass(frozen=True, slots=True)
class GlrSettings:
    """The settings of the published charts; the names in brackets are those of R `surveillance`.

    Mtilde is 1 and M is -1: the change point may be any bin since the last alarm. `change` is
    "intercept".

    Parameters
    ----------
    limit
        The statistic from which there is an alarm, above 0 (c.ARL).
    direction
        Whether rises or falls are looked for (dir).
    trend
        Whether the mean has a trend beside one harmonic of the year.
    alpha
        Known dispersion, 0 or more; None to estimate it by maximum likelihood. `glr-poisson` has
        none.
    width
        Of the bins; None to read it off their distances.
    """

    limit: float = 5.0
    direction: Direction = "inc"
    trend: bool = False
    alpha: float | None = None
    width: Width | None = None

    def __post_init__(self) -> None:
        if not self.limit > 0:
            raise WatchSettingsError(
                f"limit is {self.limit}; give a likelihood ratio above 0, usually 3 to 10",
                f"limit 为 {self.limit}；请给出大于 0 的似然比界限，通常为 3 到 10",
            )
        if self.alpha is not None and not 0 <= self.alpha <= 100:
            raise WatchSettingsError(
                f"alpha is {self.alpha}; give a dispersion of 0 to 100, or None to estimate it",
                f"alpha 为 {self.alpha}；请给出 0 到 100 的离散参数，或 None 表示由数据估计",
            )


class GlrPoissonDetector(ChartedDetector):
    """`glr-poisson`: a GLR chart that takes counts for Poisson.

    By default as R `surveillance` has it: a Poisson mean with one harmonic of the year, alarms at
    a statistic of 5. With a `Sensitivity` the mean also follows weekday, hour and trend as the
    width and the history allow, past outbreaks are kept out of it, and the limit is found by
    simulation so that false alarms are as rare as asked even where counts are not Poisson.

    `Verdict.p` is `exp(-statistic)`: not a tail probability, but of the same order in all bins,
    so that detectors can be compared at one alert rate.
    """

    def __init__(self, settings: GlrSettings | Sensitivity | None = None) -> None:
        super().__init__(_plan(settings or GlrSettings(), poisson=True))


class GlrNegbinDetector(ChartedDetector):
    """`glr-negbin`: a GLR chart of negative-binomial counts.

    By default a mean with trend and one harmonic of the year, the dispersion estimated, alarms at
    a statistic of 5; with a `Sensitivity` as `GlrPoissonDetector` is, and with the same `p`.
    """

    def __init__(self, settings: GlrSettings | Sensitivity | None = None) -> None:
        super().__init__(_plan(settings or GlrSettings(trend=True), poisson=False))


@dataclass(frozen=True, slots=True, eq=False)
class Ladder:
    """The same changes for every bin."""

    steps: NDArray[np.float64]

    def __call__(self, _mean: float, _alpha: float) -> NDArray[np.float64]:
        """Return the sizes of change, as logarithms."""
        return self.steps


def _plan(settings: GlrSettings | Sensitivity, *, poisson: bool) -> Plan:
    if isinstance(settings, Sensitivity):
        return _asked(settings, poisson=poisson)
    falls = settings.direction == "dec"
    steps = -grid() if falls else grid()
    known = 0.0 if poisson else settings.alpha
    return Plan(
        alternative=Alternative(Ladder(steps), poisson),
        sizes=len(steps),
        estimate=negbin_regression if known is None else partial(known_regression, alpha=known),
        width=settings.width,
        limit=settings.limit,
        rate=Sensitivity().false_alarms,
        fewest=1,
        trend=settings.trend,
        falls=falls,
    )


def _asked(sensitivity: Sensitivity, *, poisson: bool) -> Plan:
    steps = grid(WORTH_CATCHING)
    return Plan(
        alternative=Alternative(Ladder(steps), poisson),
        sizes=len(steps),
        estimate=robust_regression,
        width=sensitivity.width,
        limit=None,
        rate=sensitivity.false_alarms,
        fewest=sensitivity.minimum_count,
        trend=True,
    )
