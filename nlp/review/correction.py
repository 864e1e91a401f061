"""A correction learned from people's decisions: what is added to the shipped model's scores. Pure.

The shipped answer is where it starts: a correction of zeros changes nothing. Evidence words and
targets stay those of the shipped model.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.encoder import TextScores
from nlp.encoder.artifact import Calibration

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Head:
    """The correction of one head.

    `weights` has shape (labels, 1 + labels + width): for the constant, the logits of the head and
    the pooled vector. `temperature` divides what comes out, above 0; 1 except for sentiment.
    """

    weights: Floats
    temperature: float = 1.0


@dataclass(frozen=True, slots=True)
class Correction:
    """A correction of the heads in `heads`, for the model of version `model_version` alone.

    `center` (width,) and `scale` bring pooled vectors to mean 0 and mean square norm 1 on the
    texts that were decided; `texts` is how many those were.
    """

    model_version: str
    texts: int
    center: Floats
    scale: float
    heads: Mapping[str, Head]

    @property
    def width(self) -> int:
        """Length of the pooled vectors that it was fitted on."""
        return len(self.center)


def apply_correction(
    correction: Correction, scores: TextScores, calibration: Calibration
) -> TextScores:
    """Return the scores of one text as people would have them, to be read as any scores are.

    Parameters
    ----------
    correction
        Fitted on the model that gave `scores`.
    scores
        The logits of the text, and its vector.
    calibration
        The model's own.
    """
    vector = (scores.pooled.astype(np.float64) - correction.center) / correction.scale
    changed: dict[str, Any] = {}
    for name, head in correction.heads.items():
        logits = calibrated(name, getattr(scores, name).astype(np.float64), calibration)
        corrected = corrected_logits(head, logits, vector)
        changed[name] = uncalibrated(name, corrected, calibration).astype(np.float32)
    return replace(scores, **changed)


def corrected_logits(head: Head, logits: Floats, pooled: Floats) -> Floats:
    """Return calibrated logits, (labels,) or (texts, labels), with the correction added."""
    delta = features(logits, pooled) @ head.weights.T
    return np.asarray((logits + delta) / head.temperature, dtype=np.float64)


def features(logits: Floats, pooled: Floats) -> Floats:
    """Return what the weights are for: the constant, the logits and the pooled vector."""
    one = np.ones((*logits.shape[:-1], 1))
    return np.concatenate([one, logits, pooled], axis=-1)


def calibrated(name: str, logits: Floats, calibration: Calibration) -> Floats:
    """Return logits whose softmax (sentiment) or sigmoid is the probability that the model gives.

    Sentiment is scaled and shifted as `nlp.encoder.read` does; the mean over the three is taken
    off, which no probability shows.
    """
    if name != "sentiment":
        return logits
    z = logits / calibration.sentiment_scale + np.array(calibration.sentiment_shift)
    return np.asarray(z - z.mean(axis=-1, keepdims=True), dtype=np.float64)


def uncalibrated(name: str, logits: Floats, calibration: Calibration) -> Floats:
    """Return the logits that `calibrated` makes these of, but for a constant."""
    if name != "sentiment":
        return logits
    shift = np.array(calibration.sentiment_shift)
    return np.asarray((logits - shift) * calibration.sentiment_scale, dtype=np.float64)
