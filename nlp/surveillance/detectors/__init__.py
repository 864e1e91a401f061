"""The detectors, by name, in one written-out table."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from nlp.surveillance.detectors.cdc import Cdc
from nlp.surveillance.detectors.contract import (
    Bin,
    Detector,
    Sensitivity,
    State,
    Verdict,
    Width,
)
from nlp.surveillance.detectors.cusum import CusumNegbinDetector
from nlp.surveillance.detectors.ears import EarsC1, EarsC2, EarsC3
from nlp.surveillance.detectors.farrington import Farrington
from nlp.surveillance.detectors.farrington_flexible import FarringtonFlexible
from nlp.surveillance.detectors.glr import GlrNegbinDetector, GlrPoissonDetector
from nlp.surveillance.detectors.surge import SurgeDetector
from nlp.surveillance.errors import UnknownDetectorError


def surge(sensitivity: Sensitivity | None = None) -> Detector:
    """Return `surge`, the default detector, for hourly bins and one false alarm a month if None."""
    return SurgeDetector(sensitivity or Sensitivity())


DETECTORS: Mapping[str, Callable[[Sensitivity | None], Detector]] = MappingProxyType(
    {
        "cdc": Cdc.tuned,
        "cusum-negbin": CusumNegbinDetector,
        "ears-c1": EarsC1.tuned,
        "ears-c2": EarsC2.tuned,
        "ears-c3": EarsC3.tuned,
        "farrington": Farrington.tuned,
        "farrington-flexible": FarringtonFlexible.tuned,
        "glr-negbin": GlrNegbinDetector,
        "glr-poisson": GlrPoissonDetector,
        "surge": surge,
    }
)
"""Each makes a detector with its published settings, or with the sensitivity it is given."""

OWN: Mapping[str, tuple[float, int]] = MappingProxyType(
    {
        "cdc": (0.0005, 1),
        "ears-c1": (0.001, 1),
        "ears-c2": (0.001, 1),
        "ears-c3": (0.001, 1),
        "farrington": (0.005, 1),
        "farrington-flexible": (0.01, 1),
    }
)
"""False-alarm rate per bin and least count that a detector was published with."""
LIMITED = frozenset({"glr-negbin", "glr-poisson"})
"""Published with a limit of their statistic, not with a rate; they read the width off the bins."""
USUAL: Mapping[Width, tuple[float, int]] = MappingProxyType(
    {"10min": (1 / 4320, 5), "hour": (1 / 720, 5), "day": (0.01, 5), "week": (0.01, 5)}
)
"""The same for the others: about one false alarm in a month of short bins, 1 % of long ones."""


def detector(name: str, sensitivity: Sensitivity | None = None) -> Detector:
    """Return the detector of that name.

    Parameters
    ----------
    name
        A key of `DETECTORS`.
    sensitivity
        False-alarm rate, minimum count and bin width; None leaves a detector its published
        settings, for weekly bins where the width matters (`surge`: hourly).

    Raises
    ------
    UnknownDetectorError
        Where there is none; the message lists the known names.
    """
    if name not in DETECTORS:
        known = ", ".join(sorted(DETECTORS))
        raise UnknownDetectorError(
            f"no detector is called {name!r}; known: {known}",
            f"没有名为 {name!r} 的检测器；可用：{known}",
        )
    return DETECTORS[name](sensitivity)


def tuned(
    name: str,
    width: Width,
    false_alarms: float | None = None,
    minimum_count: int | None = None,
) -> Sensitivity | None:
    """Return how a detector is usually set, for bins of a width, but for what is given.

    None where nothing is given and the published settings know no rate.

    Raises
    ------
    WatchSettingsError
        A value is outside what is allowed.
    """
    if name in LIMITED and false_alarms is None and minimum_count is None:
        return None
    rate, least = OWN.get(name, USUAL[width])
    return Sensitivity(
        false_alarms=rate if false_alarms is None else false_alarms,
        minimum_count=least if minimum_count is None else minimum_count,
        width=width,
    )


__all__ = [
    "DETECTORS",
    "Bin",
    "Cdc",
    "Detector",
    "EarsC1",
    "EarsC2",
    "EarsC3",
    "Farrington",
    "FarringtonFlexible",
    "Sensitivity",
    "State",
    "Verdict",
    "Width",
    "detector",
    "tuned",
]
