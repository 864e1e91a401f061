"""The detectors, by name, in one written-out table."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from nlp.surveillance.detectors.contract import (
    Bin,
    Detector,
    Sensitivity,
    State,
    Verdict,
    Width,
)
from nlp.surveillance.detectors.cusum import CusumNegbinDetector
from nlp.surveillance.detectors.glr import GlrNegbinDetector, GlrPoissonDetector
from nlp.surveillance.detectors.surge import SurgeDetector
from nlp.surveillance.errors import UnknownDetectorError


def surge(sensitivity: Sensitivity | None = None) -> Detector:
    """Return `surge`, the default detector, for hourly bins and one false alarm a month if None."""
    return SurgeDetector(sensitivity or Sensitivity())


DETECTORS: Mapping[str, Callable[[Sensitivity | None], Detector]] = MappingProxyType(
    {
        "cusum-negbin": CusumNegbinDetector,
        "glr-negbin": GlrNegbinDetector,
        "glr-poisson": GlrPoissonDetector,
        "surge": surge,
    }
)


def detector(name: str, sensitivity: Sensitivity | None = None) -> Detector:
    """Return the detector of that name.

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
    "Detector",
    "Sensitivity",
    "State",
    "Verdict",
    "Width",
    "detector",
]
