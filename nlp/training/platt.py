"""Turn logits into probabilities that hold: scales and shifts, fitted with a prior (Platt 1999)."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

# How far a label's log scale and shift lie from its head's, as standard deviations. Of 0.1 to 2
# these told the held-out texts best when fitted on four fifths of them.
SCALE_SPREAD, SHIFT_SPREAD = 0.125, 0.25
HEAD_SCALE_SPREAD, HEAD_SHIFT_SPREAD = 1.0, 2.0


@dataclass(frozen=True, slots=True)
class Platt:
    """The probability of label i is sigmoid(logit / scale[i] + shift[i])."""

    scale: tuple[float, ...]
    shift: tuple[float, ...]

    def probabilities(self, logits: Floats) -> Floats:
        """Return probabilities of logits (texts, labels)."""
        return np.asarray(1 / (1 + np.exp(-(logits / self.scale + self.shift))))


def fit_sentiment(logits: Floats, truth: Integers) -> tuple[float, Floats]:
    """Return scale and shift that make the likelihood of the truth largest (Platt, vector form).

    A weak prior keeps the shift near 0 and the scale near 1.
    """

    def cost(parameters: Floats) -> float:
        z = logits / np.exp(parameters[0]) + parameters[1:]
        likelihood = z[np.arange(len(truth)), truth] - np.logaddexp.reduce(z, axis=1)
        return float(-likelihood.sum() + 0.5 * (parameters**2).sum())

    fitted = minimize(cost, np.zeros(1 + logits.shape[1]), method="L-BFGS-B").x
    return float(np.exp(fitted[0])), fitted[1:] - fitted[1:].mean()


def fit_labels(logits: Floats, truth: Flags) -> Platt:
    """Return a scale and a shift for each label, those of a rare label drawn to its head's.

    First one scale and shift is fitted for all labels together; it is the prior of each label's
    own, so that a label with few examples is read as the others are.

    Parameters
    ----------
    logits, truth
        Both of shape (texts, labels).
    """
    head = _fitted(
        logits.ravel(), truth.ravel(), np.zeros(2), (HEAD_SCALE_SPREAD, HEAD_SHIFT_SPREAD)
    )
    own = [
        _fitted(logits[:, index], truth[:, index], head, (SCALE_SPREAD, SHIFT_SPREAD))
        for index in range(logits.shape[1])
    ]
    return Platt(
        scale=tuple(round(float(np.exp(scale)), 4) for scale, _ in own),
        shift=tuple(round(float(shift), 4) for _, shift in own),
    )


def _fitted(logits: Floats, truth: Flags, prior: Floats, spread: tuple[float, float]) -> Floats:
    """Return log scale and shift of largest posterior, the prior normal."""

    def cost(parameters: Floats) -> float:
        z = logits / np.exp(parameters[0]) + parameters[1]
        surprise = np.logaddexp(0, z) - truth * z
        return float(surprise.sum() + 0.5 * (((parameters - prior) / spread) ** 2).sum())

    return np.asarray(minimize(cost, prior, method="L-BFGS-B").x)
