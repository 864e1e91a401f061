"""Confident learning: which given labels out-of-sample probabilities contradict. Pure.

After Northcutt, Jiang and Chuang, Confident Learning: Estimating Uncertainty in Dataset Labels
(Journal of Artificial Intelligence Research 70, 2021), sections 3.1 and 3.2. `given` (texts,) holds
the class that each text was given; `chances` (texts, classes) the probabilities of a model that did
not learn from that text.
"""

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

NONE = -1


def self_confidence(given: Integers, chances: Floats) -> Floats:
    """Return the probability of the class that each text was given, (texts,)."""
    return np.asarray(chances[np.arange(len(given)), given])


def class_thresholds(given: Integers, chances: Floats) -> Floats:
    """Return for each class the mean probability of it among its own texts, equation (2).

    So a class that the model is never sure of asks for less. Infinite for a class without texts.
    """
    sure = self_confidence(given, chances)
    classes = chances.shape[1]
    counts = np.bincount(given, minlength=classes)
    sums = np.bincount(given, weights=sure, minlength=classes)
    return np.where(counts > 0, sums / np.maximum(counts, 1), np.inf)


def confident_classes(given: Integers, chances: Floats) -> Integers:
    """Return the class that each text belongs to with confidence, `NONE` where there is none.

    That is the likeliest of those whose probability reaches the threshold of the class.
    """
    reached = chances >= class_thresholds(given, chances)
    likeliest = np.where(reached, chances, -1.0).argmax(axis=1)
    return np.where(reached.any(axis=1), likeliest, NONE)


def confident_joint(given: Integers, chances: Floats) -> Integers:
    """Return how many texts given class i belong to class j with confidence, equation (1)."""
    classes = chances.shape[1]
    found = confident_classes(given, chances)
    counts = np.zeros((classes, classes), dtype=np.int64)
    np.add.at(counts, (given[found != NONE], found[found != NONE]), 1)
    return counts


def estimated_joint(given: Integers, chances: Floats) -> Floats:
    """Return how many texts given class i belong to class j, over all texts, equation (3).

    Rows sum to the texts that each class was given; a class of which nothing is known with
    confidence counts as given rightly.
    """
    counts = confident_joint(given, chances).astype(np.float64)
    unknown = counts.sum(axis=1) == 0
    counts[unknown, unknown] = 1.0
    shares = counts / counts.sum(axis=1, keepdims=True)
    return np.asarray(shares * np.bincount(given, minlength=len(counts))[:, None])


def contradicted(given: Integers, chances: Floats) -> Integers:
    """Return the likelier class of each text whose label is contradicted, `NONE` for the others.

    Pruning by noise rate (section 3.2, method 4): of the texts given i, as many as the estimated
    joint has in class j, those with the largest margin of j over i. Beyond the paper, a label that
    is no less likely than j is never called wrong.
    """
    likelier = np.full(len(given), NONE)
    best = np.zeros(len(given))
    expected = np.rint(estimated_joint(given, chances)).astype(np.int64)
    for i, j in zip(*np.nonzero(expected), strict=True):
        rows = np.flatnonzero(given == i)
        margins = chances[rows, j] - chances[rows, i]
        order = np.argsort(-margins, kind="stable")[: expected[i, j]]
        chosen = order[margins[order] > best[rows[order]]]
        likelier[rows[chosen]] = j
        best[rows[chosen]] = margins[chosen]
    return likelier
