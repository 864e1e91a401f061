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
]
