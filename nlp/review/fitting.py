"""Fit what is added to the shipped logits: maximum a posteriori, from the shipped answer on.

The model of a text with features x and shipped logits z: softmax or sigmoid of z + Wx, with a
normal prior of mean 0 on W. Without evidence W stays 0 and the shipped answer stands.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Floats = npt.NDArray[np.float64]
Link = Literal["softmax", "sigmoid"]

# How far one standard deviation of the prior moves a logit: by the constant, by a shipped logit of
# size 1, and, times the spread, by the pooled vector of a usual text.
CONSTANT, SLOPE = 1.0, 0.3
SPREADS = (0.0, 0.5, 1.0, 2.0, 4.0)
STEPS, TOLERANCE = 200, 1e-7


@dataclass(frozen=True, slots=True)
class Decided:
    """Texts that people decided, as one head sees them.

    `logits` (texts, labels) are the shipped ones, calibrated; `features` (texts, size) are
    `nlp.review.correction.features` of them; `truth` (texts, labels) is 1 where a label holds;
    `learned` (labels,) tells which labels have decisions enough to learn from.
    """

    link: Link
    logits: Floats
    features: Floats
    truth: Floats
    learned: npt.NDArray[np.bool_]

    def only(self, rows: npt.NDArray[np.bool_]) -> "Decided":
        """Return some of the texts."""
        return Decided(
            self.link, self.logits[rows], self.features[rows], self.truth[rows], self.learned
        )


def fit(decided: Decided, spread: float) -> Floats:
    """Return the weights, (labels, size), that the decisions and the prior make likeliest.

    Parameters
    ----------
    decided
        The texts.
    spread
        How far the pooled vector may move a logit, in units of the prior's standard deviation; 0
        leaves it out and fits constant and slopes alone.
    """
    shape = decided.truth.shape[1], decided.features.shape[1]
    deviations = _deviations(*shape, spread)
    scaled = decided.features * deviations

    def cost(flat: Floats) -> tuple[float, Floats]:
        weights = flat.reshape(shape)
        logits = decided.logits + scaled @ weights.T
        loss = log_loss(decided.link, logits, decided.truth, decided.learned).sum()
        error = (PROBABILITIES[decided.link](logits) - decided.truth) * decided.learned
        return float(loss + 0.5 * (flat @ flat)), (error.T @ scaled).ravel() + flat

    start = np.zeros(shape[0] * shape[1])
    found = minimize(
        cost, start, jac=True, method="L-BFGS-B", options={"maxiter": STEPS, "ftol": TOLERANCE}
    )
    return np.asarray(found.x).reshape(shape) * deviations


def log_loss(link: Link, logits: Floats, truth: Floats, learned: npt.NDArray[np.bool_]) -> Floats:
    """Return the loss of each text, in nats, over the labels that are learned."""
    if link == "softmax":
        return np.asarray(np.logaddexp.reduce(logits, axis=1) - (truth * logits).sum(axis=1))
    each = np.logaddexp(0, logits) - truth * logits
    return np.asarray(each[:, learned].sum(axis=1))


def _softmax(logits: Floats) -> Floats:
    return np.asarray(np.exp(logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)))


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(np.exp(-np.logaddexp(0, -logits)))


PROBABILITIES: Mapping[Link, Callable[[Floats], Floats]] = MappingProxyType(
    {"softmax": _softmax, "sigmoid": _sigmoid}
)


def _deviations(labels: int, size: int, spread: float) -> Floats:
    """Return the standard deviation of the prior of each feature's weight."""
    deviations = np.full(size, spread)
    deviations[0], deviations[1 : 1 + labels] = CONSTANT, SLOPE
    return deviations
