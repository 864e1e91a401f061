"""How good the signals are, measured against labels. Pure: arrays in, figures out."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

ECE_BINS = 15
Span = tuple[int, str]


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
    classes = np.arange(len(labels))
    scores = label_scores(truth[:, None] == classes, found[:, None] == classes, labels)
    right, confidence = truth == found, probabilities.max(axis=1)
    return {
        "accuracy": float(right.mean()),
        "macro_f1": scores["macro_f1"],
        "per_class": scores["per_label"],
        "ece": calibration_error(right, confidence),
        "coverage_at_95": coverage(right, confidence, 0.95),
        "confusion": confusion(truth, found, labels),
    }


def calibration_error(right: Flags, confidence: Floats, bins: int = ECE_BINS) -> float:
    """Return the expected calibration error, 0 to 1 (Naeini 2015).

    That is the mean of |accuracy - confidence| over equally wide bins of confidence, weighted by
    their size.
    """
    place = np.minimum((confidence * bins).astype(np.int64), bins - 1)
    gaps = [
        abs(right[place == number].mean() - confidence[place == number].mean())
        * (place == number).mean()
        for number in np.unique(place)
    ]
    return float(sum(gaps))


def coverage(right: Flags, confidence: Floats, accuracy: float) -> float:
    """Return the largest share of texts, the surest first, that is answered this accurately."""
    ordered = right[np.argsort(-confidence, kind="stable")]
    running = np.cumsum(ordered) / np.arange(1, len(ordered) + 1)
    enough = np.flatnonzero(running >= accuracy)
    return float((enough[-1] + 1) / len(ordered)) if len(enough) else 0.0


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


def quadratic_kappa(truth: Integers, found: Integers, levels: int) -> float:
    """Return Cohen's kappa with quadratic weights (Cohen 1968), at most 1."""
    observed = np.zeros((levels, levels))
    np.add.at(observed, (truth, found), 1)
    weights = np.subtract.outer(np.arange(levels), np.arange(levels)) ** 2
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / max(1, len(truth))
    chance = (weights * expected).sum()
    return float(1 - (weights * observed).sum() / chance) if chance else 1.0


def severity_scores(truth: Integers, found: Integers) -> dict[str, float]:
    """Return quadratic kappa and mean absolute error of severities 0 to 3."""
    return {
        "qwk": quadratic_kappa(truth, found, 4),
        "mae": float(np.abs(truth - found).mean()) if len(truth) else 0.0,
    }


def span_scores(truth: Sequence[set[str]], found: Sequence[set[str]]) -> dict[str, float]:
    """Return micro F1 of target spans, equal to the letter."""
    hits = sum(len(right & answer) for right, answer in zip(truth, found, strict=True))
    total = sum(map(len, truth)) + sum(map(len, found))
    return {"f1": 2 * hits / total if total else 0.0}


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
