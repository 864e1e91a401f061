"""From held-out logits to a temperature and a threshold, each category counting alike. Pure."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import minimize_scalar

from nlp.taxonomy.head import probabilities
from nlp.taxonomy.lexicon import Floats, Integers

COOLEST, HOTTEST = 0.05, 20.0
KEPT_RIGHT = 0.95
FEWEST_SHARE = 0.1


@dataclass(frozen=True, slots=True)
class Threshold:
    """Below which confidence the answer is left open, and what that gave on held-out examples.

    `accuracy` is of what was answered, `coverage` its share; `wanted` is the accuracy asked for.
    """

    value: float
    accuracy: float
    coverage: float
    wanted: float

    @property
    def reached(self) -> bool:
        """Whether what was answered is as accurate as wanted."""
        return self.accuracy >= self.wanted - 1e-9


def balanced(classes: Integers, count: int) -> Floats:
    """Return weights of the examples that sum to 1, the same sum for each category."""
    sizes = np.bincount(classes, minlength=count)
    present = int((sizes > 0).sum())
    return np.asarray(1 / (present * sizes[classes]))


def temperature(logits: Floats, classes: Integers) -> float:
    """Return what to divide logits by, so that their softmax is calibrated (Guo et al. 2017).

    The truth is softened as Platt (1999) does: from a category of n examples nobody can know that
    it is right more often than (n + 1) times in n + 2.
    """
    weights = balanced(classes, logits.shape[1])
    targets = _softened(classes, logits.shape[1])
    found = minimize_scalar(
        lambda log: cross_entropy(logits / np.exp(log), targets, weights),
        bounds=(float(np.log(COOLEST)), float(np.log(HOTTEST))),
        method="bounded",
    )
    return float(np.exp(found.x))


def loss(logits: Floats, classes: Integers) -> float:
    """Return the cross entropy in nats against the softened truth."""
    count = logits.shape[1]
    return cross_entropy(logits, _softened(classes, count), balanced(classes, count))


def cross_entropy(logits: Floats, targets: Floats, weights: Floats) -> float:
    """Return the weighted cross entropy in nats; `targets` (texts, categories) sum to 1 a row."""
    peak = logits.max(axis=1, keepdims=True)
    logs = logits - peak - np.log(np.exp(logits - peak).sum(axis=1, keepdims=True))
    return float(-(weights * (targets * logs).sum(axis=1)).sum())


def _softened(classes: Integers, count: int) -> Floats:
    sizes = np.bincount(classes, minlength=count)[classes]
    right = (sizes + 1) / (sizes + 2)
    targets = np.repeat(((1 - right) / (count - 1))[:, None], count, axis=1)
    targets[np.arange(len(classes)), classes] = right
    return np.asarray(targets)


def threshold(logits: Floats, classes: Integers, wanted: float) -> Threshold:
    """Return the lowest threshold above which answers are as accurate as wanted (0 to 1).

    It is never below the confidence that 95 % of the right answers have: a text of none of the
    categories shall not pass only because the examples are easy. Where no threshold reaches the
    accuracy, the one with the best accuracy that still answers a tenth is taken.
    """
    sure = probabilities(logits)
    confidence, right = sure.max(axis=1), sure.argmax(axis=1) == classes
    weights = balanced(classes, logits.shape[1])
    order = np.argsort(-confidence, kind="stable")
    answered = np.cumsum(weights[order])
    accuracy = np.cumsum((weights * right)[order]) / answered
    ends = np.append(np.diff(confidence[order]) != 0, True)  # equal confidence: one group
    allowed = np.flatnonzero(ends & (answered >= FEWEST_SHARE))
    enough = allowed[accuracy[allowed] >= wanted]
    last = enough[-1] if len(enough) else allowed[np.argmax(accuracy[allowed])]
    value = max(float(confidence[order][last]), _floor(confidence[right]))
    kept = confidence >= value
    share = float(weights[kept].sum())
    return Threshold(value, float((weights * right)[kept].sum()) / share, share, wanted)


def _floor(right: Floats) -> float:
    return float(np.quantile(right, 1 - KEPT_RIGHT, method="lower")) if len(right) else 0.0
