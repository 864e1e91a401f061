"""How well labels are found: one class of a text, or several labels."""

from collections.abc import Sequence

import numpy as np

from nlp.evaluation.arrays import Flags, Floats, Integers
from nlp.evaluation.reliability import calibration_error
from nlp.evaluation.selective import coverage


def f1(truth: Flags, found: Flags) -> float:
    """Return F1 of one label; 0 where it is neither right nor there to be found.

    >>> f1(np.array([True, True, False]), np.array([True, False, True]))
    0.5
    """
    hits = int((truth & found).sum())
    total = int(truth.sum() + found.sum())
    return 2 * hits / total if total else 0.0


def label_scores(truth: Flags, found: Flags, labels: Sequence[str]) -> dict[str, object]:
    """Return precision, recall, F1 and count per label, macro and micro F1.

    `truth` and `found` have shape (texts, labels). The macro mean runs over the labels that occur
    in the truth or are found: a label that is in neither says nothing.
    """
    per_label = {
        label: _label(truth[:, index], found[:, index]) for index, label in enumerate(labels)
    }
    seen = [labels[int(index)] for index in np.flatnonzero((truth | found).any(axis=0))]
    scores = [per_label[label]["f1"] for label in seen]
    return {
        "macro_f1": float(np.mean(scores)) if scores else 0.0,
        "micro_f1": f1(truth.ravel(), found.ravel()),
        "per_label": per_label,
    }


def _label(truth: Flags, found: Flags) -> dict[str, float]:
    hits = int((truth & found).sum())
    return {
        "precision": hits / int(found.sum()) if found.any() else 0.0,
        "recall": hits / int(truth.sum()) if truth.any() else 0.0,
        "f1": f1(truth, found),
        "n": int(truth.sum()),
    }


def one_hot(classes: Integers, count: int) -> Flags:
    """Return class indices (texts,) as flags (texts, count)."""
    return np.asarray(classes[:, None] == np.arange(count))


def class_macro_f1(truth: Integers, found: Integers, count: int) -> float:
    """Return the mean F1 of the classes that occur or are found, as `label_scores` has it."""
    right, answer = one_hot(truth, count), one_hot(found, count)
    seen = np.flatnonzero((right | answer).any(axis=0))
    scores = [f1(right[:, index], answer[:, index]) for index in seen]
    return float(np.mean(scores)) if scores else 0.0


def class_scores(
    truth: Integers, probabilities: Floats, labels: Sequence[str]
) -> dict[str, object]:
    """Return accuracy, macro F1, scores per class, calibration, coverage and confusion.

    Parameters
    ----------
    truth
        (texts,) class indices.
    probabilities
        (texts, classes), rows sum to 1; the largest is the answer, its value the confidence.
    """
    found = probabilities.argmax(axis=1)
    scores = label_scores(one_hot(truth, len(labels)), one_hot(found, len(labels)), labels)
    right, confidence = truth == found, probabilities.max(axis=1)
    return {
        "accuracy": float(right.mean()),
        "macro_f1": scores["macro_f1"],
        "per_class": scores["per_label"],
        "ece": calibration_error(right, confidence),
        "coverage_at_95": coverage(right, confidence, 0.95),
        "confusion": confusion(truth, found, labels),
    }


def confusion(truth: Integers, found: Integers, labels: Sequence[str]) -> dict[str, dict[str, int]]:
    """Return counts by true class, then by answered class."""
    return {
        row: {column: int(((truth == i) & (found == j)).sum()) for j, column in enumerate(labels)}
        for i, row in enumerate(labels)
    }


def top_share(first: Integers, probabilities: Floats, count: int = 3) -> float:
    """Return the share of texts whose most central label is among the `count` likeliest.

    `first` holds the index of that label, -1 where the text has none (left out).
    """
    known = first >= 0
    if not known.any():
        return 0.0
    likeliest = np.argsort(-probabilities[known], axis=1)[:, :count]
    return float((likeliest == first[known, None]).any(axis=1).mean())


def binary_scores(positive: Flags, probabilities: Floats) -> dict[str, float]:
    """Return how three classes do on two-class labels.

    `polar_accuracy` asks only whether positive is likelier than negative; `strict_accuracy` counts
    a neutral answer as wrong; `neutral_rate` is the share of neutral answers.

    Parameters
    ----------
    positive
        (texts,) the two-class labels.
    probabilities
        (texts, 3): negative, neutral, positive.
    """
    answer = probabilities.argmax(axis=1)
    polar = probabilities[:, 2] > probabilities[:, 0]
    return {
        "polar_accuracy": float((polar == positive).mean()),
        "strict_accuracy": float((answer == np.where(positive, 2, 0)).mean()),
        "neutral_rate": float((answer == 1).mean()),
    }
