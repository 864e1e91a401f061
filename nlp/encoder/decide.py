"""From scores to a reading: calibrated probabilities, labels, targets. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from nlp.encoder.artifact import Calibration
from nlp.encoder.runtime import Floats, TextScores
from nlp.labels import COMPLAINTS, INTENTS

MAX_COMPLAINTS = 3
MAX_TARGETS = 3
WIDEST_BLANK = 1


@dataclass(frozen=True, slots=True)
class Reading:
    """What the model makes of one text, with every probability behind it.

    `target_spans` are (start, end, sentiment index) with offsets into the normalised text.
    """

    sentiment: Floats
    intents: Floats
    complaint: Floats
    severity: Floats
    abstained: bool
    intent_labels: tuple[str, ...]
    complaint_labels: tuple[str, ...]
    severity_level: int
    target_spans: tuple[tuple[int, int, int], ...]

    @property
    def sentiment_index(self) -> int:
        """Index of the likeliest sentiment."""
        return int(self.sentiment.argmax())


def read(scores: TextScores, calibration: Calibration) -> Reading:
    """Return the reading of one text's scores."""
    sentiment = softmax(
        scores.sentiment / calibration.sentiment_scale
        + np.array(calibration.sentiment_shift, dtype=np.float32)
    )
    intents, complaint = sigmoid(scores.intents), sigmoid(scores.complaint)
    severity = sigmoid(scores.severity)
    intent_labels = _chosen(intents, calibration.intent_thresholds, tuple(INTENTS))
    complains = "complaint" in intent_labels
    return Reading(
        sentiment=sentiment,
        intents=intents,
        complaint=complaint,
        severity=severity,
        abstained=bool(sentiment.max() < calibration.abstain_below),
        intent_labels=intent_labels,
        complaint_labels=_categories(complaint, calibration) if complains else (),
        severity_level=severity_level(severity, calibration.severity_thresholds),
        target_spans=tuple(_targets(scores, calibration.target_threshold)),
    )


def softmax(logits: Floats) -> Floats:
    """Return probabilities over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def sigmoid(logits: Floats) -> Floats:
    """Return the probability of each label."""
    return np.asarray(1 / (1 + np.exp(-logits)), dtype=np.float32)


def severity_level(severity: Floats, thresholds: tuple[float, ...]) -> int:
    """Return 0 to 3: how many of "at least 1, 2, 3" hold, counted until one fails."""
    holds = severity >= np.array(thresholds)
    return int(np.cumprod(holds).sum())


def _chosen(
    probabilities: Floats, thresholds: tuple[float, ...], labels: tuple[str, ...]
) -> tuple[str, ...]:
    pairs = zip(labels, probabilities >= np.array(thresholds), strict=True)
    return tuple(label for label, holds in pairs if holds)


def _categories(complaint: Floats, calibration: Calibration) -> tuple[str, ...]:
    """Return one to three categories, the surest first: a complaint is about something."""
    margin = complaint / np.array(calibration.complaint_thresholds)
    order = np.argsort(-margin)
    labels = tuple(COMPLAINTS)
    kept = [index for index in order[:MAX_COMPLAINTS] if margin[index] >= 1]
    return tuple(labels[index] for index in kept or order[:1])


def _targets(scores: TextScores, threshold: float) -> Iterator[tuple[int, int, int]]:
    """Yield the spans of adjacent target pieces, at most `MAX_TARGETS`, the surest kept."""
    tags = softmax(scores.targets)
    inside = (1 - tags[:, 0] >= threshold) & (scores.offsets[:, 1] > scores.offsets[:, 0])
    runs = list(_runs(inside, scores.offsets))
    surest = sorted(runs, key=lambda run: tags[slice(*run), 0].mean())[:MAX_TARGETS]
    for first, last in sorted(surest):
        polarity = int(tags[first:last, 1:].sum(axis=0).argmax())
        yield int(scores.offsets[first, 0]), int(scores.offsets[last - 1, 1]), polarity


def _runs(
    inside: npt.NDArray[np.bool_], offsets: npt.NDArray[np.int32]
) -> Iterator[tuple[int, int]]:
    """Yield the runs of pieces inside, (first, last) half-open, that are neighbours in the text.

    Of a long text the head and the tail are read: their pieces meet here, and nowhere else. A
    normalised text has one blank in a row at most, so a wider gap is what was not read.
    """
    apart = offsets[1:, 0] - offsets[:-1, 1] > WIDEST_BLANK
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    for first, last in edges.reshape(-1, 2).tolist():
        cuts = first + 1 + np.flatnonzero(apart[first : last - 1])
        yield from pairwise([first, *cuts.tolist(), last])
