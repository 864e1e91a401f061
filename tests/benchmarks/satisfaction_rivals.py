"""Baselines and rivals of the shipped satisfaction model, as predictors of the benchmark."""

from collections.abc import Callable
from itertools import product

import numpy as np
from numpy.typing import NDArray
from sklearn.ensemble import HistGradientBoostingClassifier

from nlp.evaluation import class_scores
from nlp.transcripts import FEATURES, SatisfactionModel
from nlp.transcripts.learning import feature_table
from nlp.transcripts.trajectory import SIGNS
from tests.benchmarks.proportional_odds import fit_odds
from tests.benchmarks.taobao_dialogues import CONFUSION, VERDICTS, Rated, misread

Chances = NDArray[np.float64]
Predictor = Callable[[Rated], Chances]

SEED = 20261126


def boosted(rated: Rated, *, agent: bool = False) -> Predictor:
    """Return gradient boosted trees on the trajectory, `agent` adds the agent's shares."""
    trees = HistGradientBoostingClassifier(
        learning_rate=0.05, max_iter=200, max_leaf_nodes=8, random_state=0
    )
    trees.fit(_table(rated, agent=agent), rated.truth)
    return lambda asked: np.asarray(trees.predict_proba(_table(asked, agent=agent)))


def _table(rated: Rated, *, agent: bool) -> Chances:
    table = feature_table(rated.customer, tuple(FEATURES))
    if not agent:
        return table
    shares = [[one.count(s) / max(len(one), 1) for s in SIGNS] for one in rated.agent]
    lengths = [[np.log1p(len(a)), len(c) / (len(a) + len(c))] for a, c in _sides(rated)]
    return np.hstack([table, shares, lengths])


def _sides(rated: Rated) -> "zip[tuple[list[str], list[str]]]":
    return zip(rated.agent, rated.customer, strict=True)


def odds(rated: Rated) -> Predictor:
    """Return the ordinal model on the trajectory."""
    features = tuple(FEATURES)
    predict = fit_odds(feature_table(rated.customer, features), rated.truth)
    return lambda asked: predict(feature_table(asked.customer, features))


def of_model(model: SatisfactionModel) -> Predictor:
    """Return a satisfaction model as a predictor."""
    return lambda rated: np.stack([model.probabilities(one) for one in rated.customer])


def shifted(model: SatisfactionModel, known: Rated) -> Predictor:
    """Return a model with its shares replaced by those of other dialogues (Saerens et al. 2002)."""
    own = of_model(model)(known).mean(axis=0)

    def predict(rated: Rated) -> Chances:
        chances = of_model(model)(rated) * shares_of(known) / own
        return np.asarray(chances / chances.sum(axis=1, keepdims=True))

    return predict


def two_cuts(train: Rated) -> Predictor:
    """Return the mean sentiment cut in two places, those best on train by macro-F1."""
    means = _means(train)
    places = np.unique(np.quantile(means, np.linspace(0.02, 0.98, 49)))
    pairs = [(low, high) for low, high in product(places, places) if low < high]
    best = max(pairs, key=lambda cut: _macro(train, np.digitize(means, cut)))
    return lambda rated: certain(np.digitize(_means(rated), best))


def _means(rated: Rated) -> Chances:
    return np.array([np.mean([SIGNS[s] for s in one]) for one in rated.customer])


def certain(places: NDArray[np.int64]) -> Chances:
    """Return answers as probabilities of 1."""
    return np.eye(len(VERDICTS))[places]


def _macro(rated: Rated, found: NDArray[np.int64]) -> float:
    return float(str(class_scores(rated.truth, certain(found), VERDICTS)["macro_f1"]))


def majority(rated: Rated) -> int:
    """Return the most frequent verdict."""
    return int(np.bincount(rated.truth).argmax())


def shares_of(rated: Rated) -> Chances:
    """Return the share of each verdict."""
    return np.bincount(rated.truth, minlength=len(VERDICTS)) / len(rated.truth)


def doubled(rated: Rated) -> Rated:
    """Return the dialogues, and each once more as our model would misread it."""
    wrong = Rated(misread(rated.customer, CONFUSION, SEED), rated.agent, rated.verdicts)
    return joined(rated, wrong)


def joined(one: Rated, two: Rated) -> Rated:
    """Return the dialogues of both."""
    return Rated(one.customer + two.customer, one.agent + two.agent, one.verdicts + two.verdicts)
