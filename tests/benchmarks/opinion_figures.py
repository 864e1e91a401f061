"""Figures of opinions: sets of spans or labels, and classes of terms."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from nlp.opinions import PolarityCalibration

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Labelled = tuple[Floats, Integers]  # log-probabilities (terms, 3), and the true polarity
RAW = PolarityCalibration(1.0, (0.0, 0.0, 0.0))


def f1(truth: Sequence[set[Any]], found: Sequence[set[Any]]) -> str:
    """Return precision, recall and F1 over all texts."""
    hits = sum(len(t & f) for t, f in zip(truth, found, strict=True))
    wanted, given = sum(map(len, truth)), sum(map(len, found))
    precision, recall = hits / max(given, 1), hits / max(wanted, 1)
    f1 = 2 * hits / max(wanted + given, 1)
    return f"P {precision:.3f} R {recall:.3f} F1 {f1:.3f}"


def accuracy(truth: Integers, logits: npt.NDArray[np.floating], allowed: list[int]) -> str:
    """Return accuracy and macro-F1; a set that knows no neutral is never answered with it."""
    answer = np.array(allowed)[logits[:, allowed].argmax(axis=1)]
    each = [
        2 * ((truth == c) & (answer == c)).sum() / max((truth == c).sum() + (answer == c).sum(), 1)
        for c in allowed
    ]
    return f"accuracy {np.mean(answer == truth):.3f}   macro-F1 {np.mean(each):.3f}"


def log_loss(logits: Floats, truth: Integers) -> float:
    """Return the mean log-loss; a set that knows no neutral is asked for the other two alone."""
    allowed = sorted(set(truth.tolist()))
    kept = logits[:, allowed]
    places = np.searchsorted(allowed, truth)
    sums = np.logaddexp.reduce(kept, axis=1)
    return float((sums - kept[np.arange(len(truth)), places]).mean())


def fitted(groups: Sequence[Labelled]) -> PolarityCalibration:
    """Return the calibration with the least log-loss, every group weighing alike."""

    def loss(values: Floats) -> float:
        scale, negative, neutral = values
        shift = np.array([negative, neutral, 0.0])
        return float(np.mean([log_loss(scale * x + shift, truth) for x, truth in groups]))

    best = minimize(loss, np.array([0.5, -1.0, 0.0]), method="Nelder-Mead").x.tolist()
    return PolarityCalibration(round(best[0], 2), (round(best[1], 2), round(best[2], 2), 0.0))
