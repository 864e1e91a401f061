"""Learn predicted satisfaction: multinomial logistic regression on trajectories.

A company that asks its customers can learn its own model from its dialogues; the shipped one was
learned by `tests/benchmarks/bench_transcripts.py`.
"""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from nlp.labels import Sentiment
from nlp.transcripts.errors import LearningError
from nlp.transcripts.model import SATISFACTION, SatisfactionModel, Verdict
from nlp.transcripts.trajectory import FEATURES, trajectory

Matrix = NDArray[np.float64]

PENALTY = 10.0
LEAST = 20
CONSTANT = 1e-6


def learn_satisfaction(
    sentiments: Sequence[Sequence[Sentiment]],
    verdicts: Sequence[Verdict],
    weights: Sequence[float] | None = None,
    source: Mapping[str, str] | None = None,
    features: Sequence[str] = tuple(FEATURES),
) -> SatisfactionModel:
    """Return a model learned from the sentiments of customers and how satisfied they were.

    Parameters
    ----------
    sentiments
        For each dialogue the sentiments of the customer's turns, in order; one turn or more.
    verdicts
        For each dialogue its satisfaction.
    weights
        How much each dialogue counts; 1 by default. Weights that restore the usual shares of the
        verdicts keep the probabilities calibrated.
    source
        Where the labels come from; kept in the model.
    features
        The features to use.

    Raises
    ------
    LearningError
        A verdict has fewer than 20 dialogues, or the lengths differ.
    """
    _check(sentiments, verdicts)
    table = feature_table(sentiments, features)
    counted = np.ones(len(table)) if weights is None else np.asarray(weights, dtype=np.float64)
    mean = np.average(table, axis=0, weights=counted)
    spread = np.sqrt(np.average((table - mean) ** 2, axis=0, weights=counted))
    scale = np.where(spread > CONSTANT, spread, 1.0)
    truth = np.array([list(SATISFACTION).index(verdict) for verdict in verdicts])
    slopes, intercepts = _fit((table - mean) / scale, truth, counted)
    return SatisfactionModel(tuple(features), mean, scale, slopes, intercepts, dict(source or {}))


def feature_table(sentiments: Sequence[Sequence[Sentiment]], features: Sequence[str]) -> Matrix:
    """Return the features of dialogues, shape (dialogues, features)."""
    found = [trajectory(one) for one in sentiments]
    return np.array([[row[name] for name in features] for row in found])


def _check(sentiments: Sequence[object], verdicts: Sequence[Verdict]) -> None:
    if len(sentiments) != len(verdicts):
        raise LearningError(
            f"{len(sentiments)} dialogues and {len(verdicts)} verdicts; give one for each",
            f"{len(sentiments)} 个会话与 {len(verdicts)} 个满意度不对应；请一一给出",
        )
    for verdict in SATISFACTION:
        count = list(verdicts).count(verdict)
        if count < LEAST:
            raise LearningError(
                f"{verdict!r} has {count} dialogues; {LEAST} or more are needed",
                f"“{SATISFACTION[verdict].zh}”只有 {count} 个会话；至少需要 {LEAST} 个",
            )


def _fit(
    table: Matrix, truth: NDArray[np.int64], counted: Matrix
) -> tuple[Matrix, NDArray[np.float64]]:
    """Minimise the weighted cross-entropy plus `PENALTY`/2 times the squared slopes."""
    from scipy.optimize import minimize

    rows, width = table.shape
    one_hot = np.eye(len(SATISFACTION))[truth]
    open_table = np.hstack([table, np.ones((rows, 1))])
    penalty = np.full(width + 1, PENALTY)
    penalty[-1] = 0.0

    def loss(flat: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        coefficients = flat.reshape(len(SATISFACTION), width + 1)
        scores = open_table @ coefficients.T
        scores -= scores.max(axis=1, keepdims=True)
        logarithms = scores - np.log(np.exp(scores).sum(axis=1, keepdims=True))
        errors = (np.exp(logarithms) - one_hot) * counted[:, None]
        entropy = -float(counted @ (logarithms * one_hot).sum(axis=1))
        gradient = errors.T @ open_table + coefficients * penalty
        return entropy + float((coefficients**2 @ penalty).sum()) / 2, gradient.ravel()

    start = np.zeros(len(SATISFACTION) * (width + 1))
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": 2000})
    coefficients = np.asarray(found.x).reshape(len(SATISFACTION), width + 1)
    return coefficients[:, :-1], coefficients[:, -1]
