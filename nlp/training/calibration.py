"""Choose temperatures and thresholds on labelled texts that were never trained on."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from nlp.encoder.artifact import Calibration
from nlp.encoder.decide import sigmoid
from nlp.encoder.runtime import TextScores
from nlp.evaluation import f1, quadratic_kappa
from nlp.gold import Example
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

GRID = np.arange(0.15, 0.86, 0.025)
PRIOR_STRENGTH = 12.0
DEFAULT_THRESHOLD = 0.5
# A calibrated confidence is the chance of being right: below this the answer is left open.
ABSTAIN_BELOW = 0.55
TARGET_THRESHOLD = 0.5


def calibrate(scores: Sequence[TextScores], examples: Sequence[Example]) -> Calibration:
    """Return the calibration that fits scored gold examples best."""
    logits = np.stack([score.sentiment for score in scores]).astype(np.float64)
    order = list(SENTIMENTS)
    truth = np.array([order.index(example.sentiment or "neutral") for example in examples])
    scale, shift = fit_sentiment(logits, truth)
    return Calibration(
        sentiment_scale=round(scale, 4),
        sentiment_shift=tuple(round(float(value), 4) for value in shift),
        intent_thresholds=_thresholds("intents", list(INTENTS), scores, examples),
        complaint_thresholds=_complaint_thresholds(scores, examples),
        severity_thresholds=_severity_thresholds(scores, examples),
        target_threshold=TARGET_THRESHOLD,
        abstain_below=ABSTAIN_BELOW,
    )


def fit_sentiment(logits: Floats, truth: npt.NDArray[np.int64]) -> tuple[float, Floats]:
    """Return scale and shift that make the likelihood of the truth largest (Platt, vector form).

    A weak prior keeps the shift near 0 and the scale near 1.
    """

    def cost(parameters: Floats) -> float:
        z = logits / np.exp(parameters[0]) + parameters[1:]
        likelihood = z[np.arange(len(truth)), truth] - np.logaddexp.reduce(z, axis=1)
        return float(-likelihood.sum() + 0.5 * (parameters**2).sum())

    fitted = minimize(cost, np.zeros(1 + logits.shape[1]), method="L-BFGS-B").x
    return float(np.exp(fitted[0])), fitted[1:] - fitted[1:].mean()


def best_threshold(truth: Flags, probabilities: Floats) -> float:
    """Return the threshold of best F1, drawn to one half where the label is rare.

    A rare label's best threshold is mostly chance; it is shrunk by n / (n + PRIOR_STRENGTH).
    """
    scores = np.array([f1(truth, probabilities >= level) for level in GRID])
    near_best = GRID[scores >= scores.max() - 0.005]
    trust = truth.sum() / (truth.sum() + PRIOR_STRENGTH)
    chosen = trust * np.median(near_best) + (1 - trust) * DEFAULT_THRESHOLD
    return round(float(chosen), 4)


def _thresholds(
    field: str, labels: list[str], scores: Sequence[TextScores], examples: Sequence[Example]
) -> tuple[float, ...]:
    probabilities = sigmoid(np.stack([getattr(score, field) for score in scores])).astype(float)
    truth = np.array(
        [[label in (getattr(example, field) or ()) for label in labels] for example in examples]
    )
    pairs = zip(truth.T, probabilities.T, strict=True)
    return tuple(best_threshold(marks, column) for marks, column in pairs)


def _complaint_thresholds(
    scores: Sequence[TextScores], examples: Sequence[Example]
) -> tuple[float, ...]:
    pairs = [pair for pair in zip(scores, examples, strict=True) if pair[1].complaint]
    kept_scores, kept_examples = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return _thresholds("complaint", list(COMPLAINTS), kept_scores, kept_examples)


def _severity_thresholds(
    scores: Sequence[TextScores], examples: Sequence[Example]
) -> tuple[float, ...]:
    """Return the thresholds of best quadratic kappa, found one at a time, twice round."""
    chances = sigmoid(np.stack([score.severity for score in scores]))
    truth = np.array([example.severity or 0 for example in examples])
    chosen = [DEFAULT_THRESHOLD] * chances.shape[1]

    def kappa(level: int, threshold: float) -> float:
        trial = np.array([*chosen[:level], threshold, *chosen[level + 1 :]])
        return quadratic_kappa(truth, np.cumprod(chances >= trial, axis=1).sum(axis=1), 4)

    for level in (0, 1, 2) * 2:
        scores_ = np.array([kappa(level, threshold) for threshold in GRID])
        chosen[level] = round(float(np.median(GRID[scores_ >= scores_.max() - 0.002])), 4)
    return tuple(chosen)
