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
from nlp.surveillance.detectors.surge import SurgeDetector
from nlp.surveillance.errors import UnknownDetectorError

DETECTORS: Mapping[str, Callable[[Sensitivity], Detector]] = MappingProxyType(
    {
        "surge": SurgeDetector,
    }
)

OWN: Mapping[str, tuple[float, int]] = MappingProxyType({})
"""False-alarm rate per bin and least count that a detector was published with."""
USUAL: Mapping[Width, tuple[float, int]] = MappingProxyType(
    {"10min": (1 / 4320, 5), "hour": (1 / 720, 5), "day": (0.01, 5), "week": (0.01, 5)}
)
"""The same for the others: about one false alarm in a month of short bins, 1 % of long ones."""


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
    return DETECTORS[name](sensitivity or Sensitivity())


def tuned(
    name: str,
    width: Width,
    false_alarms: float | None = None,
    minimum_count: int | None = None,
) -> Sensitivity:
    """Return how a detector is usually set, for bins of a width, but for what is given.

    Raises
    ------
    WatchSettingsError
        A value is outside what is allowed.
    """
    rate, least = OWN.get(name, USUAL[width])
    return Sensitivity(
        false_alarms=rate if false_alarms is None else false_alarms,
        minimum_count=least if minimum_count is None else minimum_count,
        width=width,
    )


__all__ = [
    "DETECTORS",
    "Bin",
    "Detector",
    "Sensitivity",
    "State",
    "Verdict",
    "Width",
    "detector",
    "tuned",
]
