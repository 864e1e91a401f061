"""p values of several metrics looked at together: Holm, Benjamini-Hochberg, or as they are."""

from collections.abc import Sequence

import numpy as np

from nlp.evaluation import Floats
from tiering.errors import ExperimentError

METHODS = ("holm", "bh", "none")


def corrected(p: Sequence[float], method: str = "holm") -> list[float]:
    """Return adjusted p values, in the order given; a nan stays one and counts as no test.

    Parameters
    ----------
    p
        One p value a comparison.
    method
        `holm`: the chance of any false finding stays at the level (Holm 1979). `bh`: of the
        findings no more than the level are false on average (Benjamini and Hochberg 1995).
        `none`: as they are.

    Raises
    ------
    ExperimentError
        The method is unknown, or a p is not from 0 to 1.
    """
    if method not in METHODS:
        raise ExperimentError(
            f"correction {method!r} is not known; known are {', '.join(METHODS)}",
            f"未知的校正方法 {method!r}；可用的为 {'、'.join(METHODS)}",
        )
    found = np.array(p, dtype=np.float64)
    tested = ~np.isnan(found)
    if ((found[tested] < 0) | (found[tested] > 1)).any():
        raise ExperimentError(
            f"p values {list(p)} must lie from 0 to 1", f"p 值 {list(p)} 须在 0 至 1 之间"
        )
    found[tested] = _adjusted(found[tested], method)
    return [float(each) for each in found]


def _adjusted(p: Floats, method: str) -> Floats:
    """Return adjusted p; statsmodels has the same, and collects all garbage at every call."""
    if method == "bh":
        from scipy.stats import false_discovery_control

        return np.asarray(false_discovery_control(p)) if len(p) else p
    if method == "none":
        return p
    order = np.argsort(p, kind="stable")
    steps = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(steps, 1)
    return adjusted
