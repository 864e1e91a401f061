"""A logistic model of leaving, calibrated, whose probability is the exact sum of what figures do.

scikit-learn fits the ridge-penalised logistic regression on standardised logarithms. The scale of
its logits is then set on customers who were held out (Platt 1999), in folds: a line through the
logits keeps every contribution exact, where isotonic steps would not. A calibrated gradient booster
on the same figures was no better on CDNOW (`tests/benchmarks/bench_churn.py`).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from nlp.evaluation import Floats
from nlp.one_thread import one_thread

Flags = npt.NDArray[np.bool_]
SOLVER = "newton-cholesky"
"""Exact Newton steps: few, for few figures."""
FLAT = 1e-9
"""A figure that varies less than this says nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class ChurnModel:
    """The logit of leaving is `intercept` + `weights` · (log figure - `means`)."""

    names: tuple[str, ...]
    means: Floats
    weights: Floats
    intercept: float

    def contributions(self, matrix: Floats) -> Floats:
        """Return what each figure adds to the logit of the average customer, as `matrix`."""
        added: Floats = (matrix - self.means) * self.weights
        return added

    def p(self, matrix: Floats) -> Floats:
        """Return the probability of leaving."""
        leaving: Floats = expit(self.intercept + self.contributions(matrix).sum(axis=1))
        return leaving


@dataclass(frozen=True, slots=True, eq=False)
class Learned:
    """A model, and the probability of each customer by a fit that did not see the customer."""

    model: ChurnModel
    held_out: Floats


@dataclass(frozen=True, slots=True)
class Strictness:
    """How firmly the weights are held (inverse of the penalty), folds, and the seed of them."""

    strength: float
    folds: int
    seed: int


def learn(matrix: Floats, left: Flags, names: Sequence[str], how: Strictness) -> Learned:
    """Return the model of customers (rows) who `left` or stayed; both kinds must be there.

    Constant columns get the weight 0.
    """
    with one_thread():
        means, weights, intercept = _fitted(matrix, left, how.strength)
        logits = _held_out_logits(matrix, left, how)
        scale, shift = _line(logits, left)
    model = ChurnModel(tuple(names), means, weights * scale, intercept * scale + shift)
    return Learned(model, expit(logits * scale + shift))


def _fitted(matrix: Floats, left: Flags, strength: float) -> tuple[Floats, Floats, float]:
    """Return means, weights by plain (not standardised) figure, and the logit of the average."""
    from sklearn.linear_model import LogisticRegression

    means, spread = matrix.mean(axis=0), matrix.std(axis=0)
    used = spread > FLAT
    standard = (matrix[:, used] - means[used]) / spread[used]
    weights = np.zeros(means.size)
    if not used.any():
        share = float(np.clip(left.mean(), FLAT, 1 - FLAT))
        return means, weights, float(np.log(share / (1 - share)))
    fit = LogisticRegression(C=strength, solver=SOLVER, tol=1e-8).fit(standard, left)
    weights[used] = fit.coef_[0] / spread[used]
    return means, weights, float(fit.intercept_[0])


def _held_out_logits(matrix: Floats, left: Flags, how: Strictness) -> Floats:
    from sklearn.model_selection import StratifiedKFold

    logits = np.empty(left.size)
    parts = StratifiedKFold(how.folds, shuffle=True, random_state=how.seed)
    for seen, unseen in parts.split(matrix, left):
        means, weights, intercept = _fitted(matrix[seen], left[seen], how.strength)
        logits[unseen] = intercept + (matrix[unseen] - means) @ weights
    return logits


def _line(logits: Floats, left: Flags) -> tuple[float, float]:
    """Return slope and shift by which the logits are calibrated; a line that falls is refused."""
    from sklearn.linear_model import LogisticRegression

    if np.ptp(logits) < FLAT:
        return 1.0, 0.0
    fit = LogisticRegression(C=1e6, solver=SOLVER).fit(logits[:, None], left)
    slope = float(fit.coef_[0, 0])
    if slope > 0:
        return slope, float(fit.intercept_[0])
    # figures that say nothing of who was held out: everybody gets the base rate
    share = left.mean()
    return 0.0, float(np.log(share / (1 - share)))
