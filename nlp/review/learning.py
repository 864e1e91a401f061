"""From decisions to a correction: which heads learn, what the trials say, and what is kept."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from nlp.encoder import TextScores
from nlp.encoder.artifact import Calibration
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS
from nlp.message import Message
from nlp.one_thread import one_thread
from nlp.review.candidate import Labels
from nlp.review.correction import Correction, Floats, Head, calibrated, features
from nlp.review.fitting import Decided, Link, fit
from nlp.review.validation import Trial, folds, tried

LEAST_TEXTS = 30
LEAST_OF_A_LABEL = 5
LEVELS = (1, 2, 3)
TRUTH: Mapping[str, Callable[[Labels], list[bool]]] = MappingProxyType(
    {
        "sentiment": lambda one: [one.sentiment == name for name in SENTIMENTS],
        "intents": lambda one: [name in one.intents for name in INTENTS],
        "complaint": lambda one: [name in one.complaint for name in COMPLAINTS],
        "severity": lambda one: [one.severity >= level for level in LEVELS],
    }
)


@dataclass(frozen=True, slots=True)
class Lesson:
    """A decided text as the model sees it."""

    key: str
    labels: Labels
    scores: TextScores


@dataclass(frozen=True, slots=True)
class Learned:
    """The correction, None where nothing was gained, with the trial of every head and why."""

    correction: Correction | None
    trials: tuple[Trial, ...]
    why: Message


def learn(
    lessons: Sequence[Lesson],
    model_version: str,
    calibration: Calibration,
    only: Collection[str] = tuple(TRUTH),
) -> Learned:
    """Return the correction that the decisions teach, of those heads that gain by it.

    Each head is tried by nested cross-validation and kept only where it answers better on texts
    left out; what is kept is fitted again on all texts. Categories are learned on complaints alone.

    Parameters
    ----------
    lessons
        One a text. Fewer than `LEAST_TEXTS` teach nothing; neither does a label with fewer than
        `LEAST_OF_A_LABEL` decisions for or against it.
    model_version, calibration
        Of the model that gave the scores.
    only
        The heads of `TRUTH` that may learn.
    """
    if len(lessons) < LEAST_TEXTS:
        return Learned(None, (), _too_few(len(lessons)))
    center, scale, vectors = _standardised(lessons)
    with one_thread():
        found = [_head(name, lessons, vectors, calibration) for name in TRUTH if name in only]
    trials = tuple(trial for trial, _ in filter(None, found))
    heads = {trial.name: head for trial, head in filter(None, found) if head is not None}
    if not heads:
        return Learned(None, trials, _no_gain(len(lessons)))
    correction = Correction(model_version, len(lessons), center, scale, heads)
    return Learned(correction, trials, _gain(len(lessons), heads))


def _standardised(lessons: Sequence[Lesson]) -> tuple[Floats, float, Floats]:
    """Return the mean of the vectors, their usual length around it, and the vectors by these."""
    pooled = np.stack([one.scores.pooled for one in lessons]).astype(np.float64)
    center = pooled.mean(axis=0)
    scale = float(np.sqrt(((pooled - center) ** 2).sum(axis=1).mean())) or 1.0
    return center, scale, (pooled - center) / scale


def _head(
    name: str, lessons: Sequence[Lesson], vectors: Floats, calibration: Calibration
) -> tuple[Trial, Head | None] | None:
    """Return the trial of a head and what it learned, if it helps; None without evidence."""
    kept = np.array([name != "complaint" or bool(one.labels.complaint) for one in lessons])
    taught = [one for one, holds in zip(lessons, kept, strict=True) if holds]
    decided = _decided(name, taught, vectors[kept], calibration)
    if decided is None:
        return None
    place = folds([one.key for one in taught])
    trial = tried(name, decided, place, _thresholds(name, calibration))
    head = Head(fit(decided, trial.spread), trial.temperature) if trial.helps else None
    return trial, head


def _decided(
    name: str, lessons: Sequence[Lesson], vectors: Floats, calibration: Calibration
) -> Decided | None:
    """Return what one head can learn from, None where no label has decisions enough."""
    if len(lessons) < LEAST_TEXTS:
        return None
    truth = np.array([TRUTH[name](one.labels) for one in lessons], dtype=np.float64)
    logits = np.stack([getattr(one.scores, name) for one in lessons]).astype(np.float64)
    logits = calibrated(name, logits, calibration)
    counts = truth.sum(axis=0)
    learned = np.minimum(counts, len(lessons) - counts) >= LEAST_OF_A_LABEL
    link: Link = "softmax" if name == "sentiment" else "sigmoid"
    if link == "softmax" and learned.sum() > 1:
        learned = np.ones_like(learned)
    if not learned.any():
        return None
    return Decided(link, logits, features(logits, vectors), truth, learned)


def _thresholds(name: str, calibration: Calibration) -> Floats:
    chances: Mapping[str, tuple[float, ...]] = {
        "sentiment": (0.5,) * len(SENTIMENTS),
        "intents": calibration.intent_thresholds,
        "complaint": calibration.complaint_thresholds,
        "severity": calibration.severity_thresholds,
    }
    chance = np.array(chances[name])
    return np.asarray(np.log(chance / (1 - chance)), dtype=np.float64)


def _too_few(count: int) -> Message:
    return Message(
        f"{count} decided texts are too few to learn from; {LEAST_TEXTS} are needed",
        f"已决定的文本仅 {count} 条，不足以学习；至少需要 {LEAST_TEXTS} 条",
    )


def _no_gain(count: int) -> Message:
    return Message(
        f"no correction: on texts left out, the shipped model answers as well as one corrected by"
        f" {count} decisions",
        f"未生成修正：在留出的文本上，用 {count} 条决定修正后的模型不比原模型更好",
    )


def _gain(count: int, heads: Mapping[str, Head]) -> Message:
    return Message(
        f"corrected by {count} decisions: {', '.join(heads)}",
        f"已用 {count} 条决定修正：{'、'.join(heads)}",
    )
