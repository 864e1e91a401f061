"""What is gained by leaving the unsure answers open: risk against coverage.

Coverage is the share of texts that is answered, the surest first; risk is the share of these that
is answered wrongly (El-Yaniv and Wiener 2010).
"""

import numpy as np

from nlp.evaluation.arrays import Flags, Floats

COVERAGES = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)


def coverage(right: Flags, confidence: Floats, accuracy: float) -> float:
    """Return the largest share of texts, the surest first, that is answered this accurately."""
    enough = np.flatnonzero(_running_accuracy(right, confidence) >= accuracy)
    return float((enough[-1] + 1) / len(right)) if len(enough) else 0.0


def confidence_for(right: Flags, confidence: Floats, accuracy: float) -> float:
    """Return the lowest confidence to answer at, so that the answered are this accurate.

    0 where all may be answered, 1 where no cut reaches the accuracy. The cut lies half-way to the
    next confidence below. Texts of one confidence are answered together or not at all.

    >>> confidence_for(np.array([True, True, False]), np.array([0.9, 0.75, 0.5]), 0.95)
    0.625
    """
    order = np.argsort(-confidence, kind="stable")
    sure = confidence[order]
    last_of_equals = np.append(sure[:-1] != sure[1:], True)
    enough = np.flatnonzero((_running_accuracy(right, confidence) >= accuracy) & last_of_equals)
    if not len(enough):
        return 1.0
    last = int(enough[-1])
    return float((sure[last] + sure[last + 1]) / 2) if last + 1 < len(sure) else 0.0


def risk_at(
    right: Flags, confidence: Floats, coverages: tuple[float, ...] = COVERAGES
) -> dict[str, float]:
    """Return the risk at each coverage, the curve as a small table; empty where there is no text.

    >>> risk_at(np.array([True, False]), np.array([0.9, 0.6]), (0.5, 1.0))
    {'0.5': 0.0, '1.0': 0.5}
    """
    running = 1 - _running_accuracy(right, confidence)
    counts = [max(1, round(share * len(right))) for share in coverages]
    return {
        str(share): float(running[count - 1])
        for share, count in zip(coverages, counts, strict=True)
        if len(right)
    }


def area_under_risk(right: Flags, confidence: Floats) -> float:
    """Return AURC: the mean risk over all coverages; lower is better (Geifman et al. 2019).

    Of equal confidences the order given counts.
    """
    return float((1 - _running_accuracy(right, confidence)).mean()) if len(right) else 0.0


def excess_area_under_risk(right: Flags, confidence: Floats) -> float:
    """Return E-AURC: AURC less that of the best order of the same answers (Geifman et al. 2019).

    It tells how good the confidence is, whatever the accuracy; 0 is perfect.
    """
    best = area_under_risk(right, right.astype(np.float64))
    return area_under_risk(right, confidence) - best


def _running_accuracy(right: Flags, confidence: Floats) -> Floats:
    ordered = right[np.argsort(-confidence, kind="stable")]
    return np.asarray(np.cumsum(ordered) / np.arange(1, len(ordered) + 1), dtype=np.float64)
