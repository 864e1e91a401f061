"""Does a correction help? Measured on texts that it was not fitted on, fold by fold."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize_scalar

from nlp.review.fitting import SPREADS, Decided, Floats, fit, log_loss

FOLDS = 5
# The gain must exceed its own standard error this many times.
SURE = 1.0
LOG_TEMPERATURES = (-0.7, 1.1)
TEMPERATURE_TRUST = 10.0


@dataclass(frozen=True, slots=True)
class Trial:
    """What cross-validation says of the correction of one head.

    `loss_before` and `loss_after` are nats a text, `right_before` and `right_after` shares of the
    texts answered right in all labels of the head; `gain` is the fall in loss, `error` its
    standard error. `temperature` makes the corrected probabilities fit (sentiment only).
    """

    name: str
    texts: int
    loss_before: float
    loss_after: float
    right_before: float
    right_after: float
    gain: float
    error: float
    spread: float
    temperature: float

    @property
    def helps(self) -> bool:
        """Whether the loss falls by more than chance, and no answer is lost for it."""
        return self.gain > SURE * self.error and self.right_after >= self.right_before


def folds(keys: Sequence[str], count: int = FOLDS) -> npt.NDArray[np.int64]:
    """Return the fold of each text, (texts,), 0 to `count` - 1; the same for the same keys."""
    order = sorted(range(len(keys)), key=lambda index: _lot(keys[index]))
    found = np.empty(len(keys), dtype=np.int64)
    found[order] = np.arange(len(keys)) % count
    return found


def tried(name: str, decided: Decided, place: npt.NDArray[np.int64], thresholds: Floats) -> Trial:
    """Return the trial of a head by nested cross-validation.

    Parameters
    ----------
    name
        The head.
    decided
        All texts that were decided for it.
    place
        (texts,) the fold of each. The spread is chosen inside the other folds, so that the choice
        does not flatter the figures.
    thresholds
        (labels,) logits from which on a label holds; unused by sentiment.
    """
    outside = np.empty_like(decided.logits)
    for fold in np.unique(place):
        rest = place != fold
        spread = chosen_spread(decided.only(rest), place[rest])
        weights = fit(decided.only(rest), spread)
        outside[~rest] = (decided.logits + decided.features @ weights.T)[~rest]
    temperature = _temperature(decided, outside) if decided.link == "softmax" else 1.0
    before = log_loss(decided.link, decided.logits, decided.truth, decided.learned)
    after = log_loss(decided.link, outside / temperature, decided.truth, decided.learned)
    fall = before - after
    return Trial(
        name=name,
        texts=len(before),
        loss_before=float(before.mean()),
        loss_after=float(after.mean()),
        right_before=float(right(decided, decided.logits, thresholds).mean()),
        right_after=float(right(decided, outside, thresholds).mean()),
        gain=float(fall.mean()),
        error=float(fall.std(ddof=1) / sqrt(len(fall))),
        spread=chosen_spread(decided, place),
        temperature=temperature,
    )


def chosen_spread(decided: Decided, place: npt.NDArray[np.int64]) -> float:
    """Return the spread with the least loss on texts left out; the smaller where they tie."""
    losses = [_left_out_loss(decided, place, spread) for spread in SPREADS]
    return SPREADS[int(np.argmin(np.round(losses, 6)))]


def right(decided: Decided, logits: Floats, thresholds: Floats) -> npt.NDArray[np.bool_]:
    """Return for each text whether every learned label of the head is answered right."""
    if decided.link == "softmax":
        return np.asarray(logits.argmax(axis=1) == decided.truth.argmax(axis=1))
    same = (logits >= thresholds) == (decided.truth > 0)
    return np.asarray(same[:, decided.learned].all(axis=1))


def _left_out_loss(decided: Decided, place: npt.NDArray[np.int64], spread: float) -> float:
    total = 0.0
    for fold in np.unique(place):
        rest, out = decided.only(place != fold), decided.only(place == fold)
        logits = out.logits + out.features @ fit(rest, spread).T
        total += float(log_loss(out.link, logits, out.truth, out.learned).sum())
    return total / len(place)


def _temperature(decided: Decided, logits: Floats) -> float:
    """Return what the logits must be divided by to fit best, drawn to 1 by a weak prior."""

    def cost(log: float) -> float:
        loss = log_loss(decided.link, logits / exp(log), decided.truth, decided.learned)
        return float(loss.sum() + TEMPERATURE_TRUST * log * log)

    found = minimize_scalar(cost, bounds=LOG_TEMPERATURES, method="bounded")
    return round(exp(float(found.x)), 4)


def _lot(key: str) -> str:
    return hashlib.sha256(f"fold:{key}".encode()).hexdigest()
