"""Make a network's scores probabilities, and choose thresholds, on texts never trained on."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

import numpy as np

from nlp.encoder.artifact import Calibration
from nlp.encoder.decide import read_all
from nlp.encoder.scores import TextScores
from nlp.evaluation import confidence_for
from nlp.gold import Example
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES
from nlp.measuring.heads import HEADS
from nlp.measuring.truth import Judged, marks
from nlp.training.platt import Flags, Floats, Platt, fit_labels, fit_sentiment
from nlp.training.thresholds import label_thresholds, level_thresholds

TARGET_THRESHOLD = 0.5
# An answer is given from the confidence on at which so many of the answers given are right: every
# intent and no other, a true category named first, the true level.
RIGHT_SHARE: Mapping[str, float] = MappingProxyType(
    {"sentiment": 0.92, "intents": 0.90, "complaint": 0.95, "severity": 0.90}
)


def calibrate(scores: Sequence[TextScores], examples: Sequence[Example]) -> Calibration:
    """Return the calibration that fits scored gold examples best."""
    calibration = _probabilities_and_thresholds(scores, examples)
    judged = Judged(examples, read_all(scores, calibration))
    least = {name: least_confidence(name, judged) for name in HEADS}
    return replace(
        calibration,
        abstain_below=least["sentiment"],
        intents_open_below=least["intents"],
        complaint_open_below=least["complaint"],
        severity_open_below=least["severity"],
    )


def least_confidence(head: str, judged: Judged) -> float:
    """Return the confidence below which a head leaves its answer open.

    It is the lowest at which `RIGHT_SHARE` of the answers given are right.
    """
    answers = HEADS[head](judged)
    return round(confidence_for(answers.right, answers.confidence, RIGHT_SHARE[head]), 4)


def _probabilities_and_thresholds(
    scores: Sequence[TextScores], examples: Sequence[Example]
) -> Calibration:
    """Return the calibration without any answer left open."""
    order = list(SENTIMENTS)
    sentiments = np.array([order.index(example.sentiment or "neutral") for example in examples])
    scale, shift = fit_sentiment(_logits(scores, "sentiment"), sentiments)
    true_intents = marks((example.intents for example in examples), INTENTS)
    intents, intent_thresholds = _labels(_logits(scores, "intents"), true_intents)
    true_categories = marks((example.complaint for example in examples), COMPLAINTS)
    complains = true_categories.any(axis=1)
    complaint, complaint_thresholds = _labels(
        _logits(scores, "complaint")[complains], true_categories[complains]
    )
    levels = np.array([example.severity or 0 for example in examples])
    severity = fit_labels(
        _logits(scores, "severity"), levels[:, None] >= np.arange(1, len(SEVERITIES))
    )
    return Calibration(
        sentiment_scale=round(scale, 4),
        sentiment_shift=tuple(round(float(value), 4) for value in shift),
        intent_scale=intents.scale,
        intent_shift=intents.shift,
        intent_thresholds=intent_thresholds,
        complaint_scale=complaint.scale,
        complaint_shift=complaint.shift,
        complaint_thresholds=complaint_thresholds,
        severity_scale=severity.scale,
        severity_shift=severity.shift,
        severity_thresholds=level_thresholds(
            levels, severity.probabilities(_logits(scores, "severity"))
        ),
        target_threshold=TARGET_THRESHOLD,
        abstain_below=0.0,
    )


def _labels(logits: Floats, truth: Flags) -> tuple[Platt, tuple[float, ...]]:
    platt = fit_labels(logits, truth)
    return platt, label_thresholds(truth, platt.probabilities(logits))


def _logits(scores: Sequence[TextScores], head: str) -> Floats:
    return np.stack([getattr(score, head) for score in scores]).astype(np.float64)
