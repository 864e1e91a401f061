"""How well each head knows when it is wrong: calibration, and what leaving answers open gains."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from nlp.encoder.confidence import category_confidence, level_confidence, set_confidence
from nlp.evaluation import (
    Flags,
    Floats,
    area_under_risk,
    calibration_error,
    excess_area_under_risk,
    label_calibration_errors,
    risk_at,
)
from nlp.labels import COMPLAINTS, INTENTS
from nlp.measuring.reading import Figures
from nlp.measuring.truth import Judged

COMPLAINT = list(INTENTS).index("complaint")


@dataclass(frozen=True, slots=True)
class Answers:
    """Answers of one head: which are right, how sure it was, which it did not leave open."""

    right: Flags
    confidence: Floats
    answered: Flags


def sentiment_answers(judged: Judged) -> Answers:
    """Return the answers of the sentiment head; right is the true class."""
    right = judged.sentiment.argmax(axis=1) == judged.sentiments
    return Answers(right, judged.sentiment.max(axis=1), judged.answered("sentiment"))


def intent_answers(judged: Judged) -> Answers:
    """Return the answers of the intent head; right is every intent and no other."""
    right = (judged.found_intents == judged.intents).all(axis=1)
    confidence = set_confidence(judged.intent_chances, judged.found_intents)
    return Answers(right, confidence.astype(np.float64), judged.answered("intents"))


def complaint_answers(judged: Judged) -> Answers:
    """Return the answers for texts read as complaints; right is a true category named first."""
    named = judged.first_found >= 0
    first = judged.first_found[named]
    right = judged.complaint[named][np.arange(len(first)), first]
    complains = judged.intent_chances[named, COMPLAINT]
    confidence = category_confidence(complains, judged.category_chances[named], first)
    return Answers(right, confidence.astype(np.float64), judged.answered("complaint")[named])


def severity_answers(judged: Judged) -> Answers:
    """Return the answers of the severity head; right is the true level."""
    confidence = level_confidence(judged.severity_chances, judged.found_severity)
    right = judged.found_severity == judged.severity
    return Answers(right, confidence.astype(np.float64), judged.answered("severity"))


HEADS: Mapping[str, Callable[[Judged], Answers]] = MappingProxyType(
    {
        "sentiment": sentiment_answers,
        "intents": intent_answers,
        "complaint": complaint_answers,
        "severity": severity_answers,
    }
)


def head_figures(judged: Judged) -> dict[str, Figures]:
    """Return for each head how sure it may be believed to be, and what its silence gains."""
    figures = {name: _figures(answers(judged)) for name, answers in HEADS.items()}
    figures["intents"]["ece_per_label"] = label_calibration_errors(
        judged.intents, judged.intent_chances, list(INTENTS)
    )
    complains = judged.complaint.any(axis=1)
    figures["complaint"]["ece_per_label"] = label_calibration_errors(
        judged.complaint[complains], judged.category_chances[complains], list(COMPLAINTS)
    )
    figures["severity"]["ece_per_label"] = label_calibration_errors(
        judged.severity[:, None] >= np.arange(1, 4),
        judged.severity_chances,
        [f"at least {level}" for level in (1, 2, 3)],
    )
    return figures


def _figures(answers: Answers) -> Figures:
    right, confidence, answered = answers.right, answers.confidence, answers.answered
    return {
        "n": len(right),
        "right": _share(right),
        "ece": calibration_error(right, confidence),
        "aurc": area_under_risk(right, confidence),
        "e_aurc": excess_area_under_risk(right, confidence),
        "answered": _share(answered),
        "right_where_answered": _share(right[answered]),
        "risk_at_coverage": risk_at(right, confidence),
    }


def _share(flags: Flags) -> float:
    return float(flags.mean()) if len(flags) else 0.0
