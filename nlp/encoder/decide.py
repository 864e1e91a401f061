"""From scores to a reading: calibrated probabilities, labels, targets. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import compress

import numpy as np
import numpy.typing as npt

from nlp.encoder.artifact import Calibration
from nlp.encoder.confidence import category_confidence, level_confidence, set_confidence
from nlp.encoder.engine import Floats
from nlp.encoder.scores import TextScores
from nlp.encoder.spans import TargetSpan, target_spans
from nlp.labels import COMPLAINTS, INTENTS

MAX_COMPLAINTS = 3


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model makes of one text, with every probability behind it.

    `target_spans` are (start, end, sentiment index) with offsets into the normalised text.
    `left_open` names the questions whose answer is too unsure to act on: sentiment, intents,
    complaint, severity. `certainty` is the chance that sentiment, intents and the first category
    are all right, taken as independent.
    """

    sentiment: Floats
    intents: Floats
    complaint: Floats
    severity: Floats
    left_open: tuple[str, ...]
    intent_labels: tuple[str, ...]
    complaint_labels: tuple[str, ...]
    severity_level: int
    target_spans: tuple[TargetSpan, ...]
    certainty: float

    @property
    def sentiment_index(self) -> int:
        """Index of the likeliest sentiment."""
        return int(self.sentiment.argmax())

    @property
    def abstained(self) -> bool:
        """Whether the sentiment is left open."""
        return "sentiment" in self.left_open


def read(scores: TextScores, calibration: Calibration) -> Reading:
    """Return the reading of one text's scores."""
    return read_all([scores], calibration)[0]


def read_all(scores: Sequence[TextScores], calibration: Calibration) -> list[Reading]:
    """Return the readings of many texts' scores, in order."""
    if not scores:
        return []
    answers = _answers(scores, calibration)
    sure = _confidences(answers, calibration)
    left_open = _left_open(sure, calibration)
    certain = sure["sentiment"] * sure["intents"] * sure["complaint"]
    spans = _target_spans(scores, calibration.target_threshold)
    rows = zip(
        *(answers.sentiment, answers.intents, answers.complaint, answers.severity),
        *(left_open, answers.intent_labels, answers.complaint_labels),
        *(answers.severity_levels.tolist(), spans, certain.tolist()),
        strict=True,
    )
    return [Reading(*row) for row in rows]


@dataclass(frozen=True, slots=True)
class _Answers:
    """Probabilities of many texts, one row a text, and what of them holds."""

    sentiment: Floats
    intents: Floats
    complaint: Floats
    severity: Floats
    intent_labels: list[tuple[str, ...]]
    complaint_labels: list[tuple[str, ...]]
    first_category: npt.NDArray[np.int64]
    severity_levels: npt.NDArray[np.int64]


def _answers(scores: Sequence[TextScores], calibration: Calibration) -> _Answers:
    logits = np.stack([score.sentiment for score in scores])
    shift = np.array(calibration.sentiment_shift, dtype=np.float32)
    intents, complaint, severity = (
        calibrated(np.stack([getattr(score, field) for score in scores]), *platt)
        for field, platt in (
            ("intents", (calibration.intent_scale, calibration.intent_shift)),
            ("complaint", (calibration.complaint_scale, calibration.complaint_shift)),
            ("severity", (calibration.severity_scale, calibration.severity_shift)),
        )
    )
    labels = _chosen(intents, calibration.intent_thresholds, tuple(INTENTS))
    margins = complaint / np.array(calibration.complaint_thresholds)
    order = np.argsort(-margins, axis=1)[:, :MAX_COMPLAINTS]
    holds = np.take_along_axis(margins, order, axis=1) >= 1
    return _Answers(
        sentiment=softmax(logits / calibration.sentiment_scale + shift),
        intents=intents,
        complaint=complaint,
        severity=severity,
        intent_labels=labels,
        complaint_labels=[
            _categories(*named) if "complaint" in row else ()
            for row, *named in zip(labels, order.tolist(), holds.tolist(), strict=True)
        ],
        first_category=order[:, 0],
        severity_levels=severity_levels(severity, calibration.severity_thresholds),
    )


def _confidences(answers: _Answers, calibration: Calibration) -> dict[str, Floats]:
    """Return, per question, the probability that each text's answer is right."""
    chosen = answers.intents >= np.array(calibration.intent_thresholds)
    complains = answers.intents[:, tuple(INTENTS).index("complaint")]
    first = category_confidence(complains, answers.complaint, answers.first_category)
    named = np.array([bool(labels) for labels in answers.complaint_labels])
    return {
        "sentiment": answers.sentiment.max(axis=1),
        "intents": set_confidence(answers.intents, chosen),
        "complaint": np.where(named, first, np.float32(1)),
        "severity": level_confidence(answers.severity, answers.severity_levels),
    }


def _left_open(sure: Mapping[str, Floats], calibration: Calibration) -> list[tuple[str, ...]]:
    """Return, per text, the questions whose answer is less sure than the calibration asks."""
    asked = {
        "sentiment": calibration.abstain_below,
        "intents": calibration.intents_open_below,
        "complaint": calibration.complaint_open_below,
        "severity": calibration.severity_open_below,
    }
    rows = np.stack([sure[name] < least for name, least in asked.items()], axis=1).tolist()
    return [tuple(compress(asked, row)) for row in rows]


def _target_spans(scores: Sequence[TextScores], threshold: float) -> list[tuple[TargetSpan, ...]]:
    tags = softmax(np.concatenate([score.targets for score in scores]))
    offsets = np.concatenate([score.offsets for score in scores])
    return target_spans(tags, offsets, [len(score.offsets) for score in scores], threshold)


def softmax(logits: Floats) -> Floats:
    """Return probabilities over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def sigmoid(logits: Floats) -> Floats:
    """Return the probability of each label."""
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)


def calibrated(logits: Floats, scale: tuple[float, ...], shift: tuple[float, ...]) -> Floats:
    """Return the probability of each label after its own Platt scaling (Platt 1999)."""
    divisor, added = (np.asarray(values, dtype=np.float32) for values in (scale, shift))
    return sigmoid(np.asarray(logits / divisor + added, dtype=np.float32))


def severity_levels(severity: Floats, thresholds: tuple[float, ...]) -> npt.NDArray[np.int64]:
    """Return 0 to 3 per text: how many of "at least 1, 2, 3" hold, counted until one fails."""
    holds = severity >= np.array(thresholds)
    return np.asarray(np.cumprod(holds, axis=-1).sum(axis=-1), dtype=np.int64)


def _chosen(
    probabilities: Floats, thresholds: tuple[float, ...], labels: tuple[str, ...]
) -> list[tuple[str, ...]]:
    holds = (probabilities >= np.array(thresholds)).tolist()
    return [tuple(compress(labels, row)) for row in holds]


def _categories(order: list[int], holds: list[bool]) -> tuple[str, ...]:
    """Return one to three categories, the surest first: a complaint is about something."""
    labels = tuple(COMPLAINTS)
    return tuple(labels[index] for index in list(compress(order, holds)) or order[:1])
