"""How much each feature tells of a target: what a booster loses on held-out rows without it.

Permutation importance (Breiman 2001, Random forests, Machine Learning 45: 5-32): the values of one
feature are dealt anew among rows that the booster has not seen, and the loss of its score is the
importance. Features that say the same share theirs and may both look unimportant: drop the
redundant ones first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import numpy as np
import numpy.typing as npt

from tiering.errors import FeatureError
from tiering.features.matrix import Columns, Numbers, columns_of

HELD_OUT = 0.3
FEWEST_ROWS = 100
FEWEST_OF_A_CLASS = 10
MOST_JUDGED = 5_000
"""Held-out rows on which dealing anew is judged, drawn by the seed."""


@dataclass(frozen=True, slots=True)
class FeatureImportance:
    """What the score loses when the feature is dealt anew: mean and spread of the rounds."""

    name: str
    mean: float
    spread: float


@dataclass(frozen=True, slots=True)
class Importance:
    """The features, most important first, and how good the booster is on held-out rows.

    `metric` is `auc` (0.5 is chance) for a target of two values, else `r2` (0 is the mean; below
    it the booster knows nothing, and no importance means anything).
    """

    features: tuple[FeatureImportance, ...]
    metric: str
    score: float
    learnt_rows: int
    held_out_rows: int
    seed: int

    def by_name(self) -> dict[str, float]:
        """Return the mean importance of each feature."""
        return {each.name: each.mean for each in self.features}


def importance(
    frame: object, target: Sequence[float | None], *, seed: int = 0, rounds: int = 5
) -> Importance:
    """Return how much each feature tells of the target.

    Parameters
    ----------
    frame
        What `features` or `training_frame` gave, or a frame like it, of any engine. It is
        collected: 8 bytes a row and feature.
    target
        One value a row, in the order of the frame; a row with None is left out. What is to be
        foretold must lie after the moment of its row.
    seed
        Of the split, the booster and the dealing; the same seed gives the same result whatever the
        order of rows and columns.
    rounds
        How often each feature is dealt anew.

    Returns
    -------
    Importance
        By scikit-learn's `HistGradientBoosting` on 70 % of the customers, judged on the others: no
        customer stands on both sides.

    Raises
    ------
    FeatureError
        The target has another length than the frame, too few values, or nothing to tell apart;
        scikit-learn is not installed.
    """
    columns = columns_of(frame)
    values = _target(columns, target)
    rows = np.flatnonzero(~np.isnan(values))
    classes = len(np.unique(values[rows])) == 2
    held = _held_out([columns.customers[row] for row in rows], seed)
    _demand(values[rows], held, classes)
    matrix = columns.matrix(columns.names(), rows)
    # Nothing is learnt from what no learnt row knows, and scikit-learn cannot bin it.
    matrix[:, np.isnan(matrix[~held]).all(axis=0)] = 0.0
    if classes:
        values = (values == np.nanmax(values)).astype(np.float64)
    split = _Split(matrix[~held], values[rows][~held], matrix[held], values[rows][held])
    return _judged(split, columns.names(), seed, rounds, classes=classes)


@dataclass(frozen=True, slots=True)
class _Split:
    learnt: Numbers
    learnt_target: Numbers
    held: Numbers
    held_target: Numbers


def _target(columns: Columns, target: Sequence[float | None]) -> Numbers:
    if len(target) != len(columns.customers):
        raise FeatureError(
            f"{len(target)} targets for {len(columns.customers)} rows; give one a row, None where "
            "it is not known",
            f"{len(columns.customers)} 行却有 {len(target)} 个目标值；每行给一个，未知者写 None",
        )
    given = np.array([np.nan if each is None else each for each in target], dtype=np.float64)
    return given[columns.order]


def _held_out(customers: Sequence[str], seed: int) -> npt.NDArray[np.bool_]:
    """Return which rows are held out: those of 30 % of the customers."""
    names, places = np.unique(np.array(customers, dtype=object), return_inverse=True)
    dealt = np.random.default_rng(seed).permutation(len(names))
    return np.asarray(dealt[places] < HELD_OUT * len(names))


def _demand(values: Numbers, held: npt.NDArray[np.bool_], classes: bool) -> None:
    sides = [np.unique(side, return_counts=True)[1] for side in (values[held], values[~held])]
    alike = any(len(counts) < 2 for counts in sides)
    few = classes and any(min(counts) < FEWEST_OF_A_CLASS for counts in sides)
    if len(values) < FEWEST_ROWS or alike or few:
        raise FeatureError(
            f"{len(values)} rows with a target of {len(np.unique(values))} different values: "
            f"needed are {FEWEST_ROWS} rows, and two values that differ; of two classes each needs "
            f"{FEWEST_OF_A_CLASS} learnt and held-out rows",
            f"有目标值的行为 {len(values)}，不同取值 {len(np.unique(values))} 个："
            f"至少需要 {FEWEST_ROWS} 行、两个不同取值；若为两类，"
            f"学习与留出部分每类至少 {FEWEST_OF_A_CLASS} 行",
        )


def _judged(
    split: _Split, names: Sequence[str], seed: int, rounds: int, *, classes: bool
) -> Importance:
    boosters, permuted, scorer, one_thread = _sklearn()
    make = (
        boosters.HistGradientBoostingClassifier
        if classes
        else boosters.HistGradientBoostingRegressor
    )
    metric = scorer("roc_auc" if classes else "r2")
    # Not `max_samples`: it would hold the loss on a part against the score of all, whose
    # difference is noise that no feature made.
    dealt = np.random.default_rng(seed).permutation(len(split.held))[:MOST_JUDGED]
    # One thread: sums are then the same everywhere, and thousands of short readings are not spent
    # waiting for each other on a busy machine.
    with one_thread(limits=1):
        model = make(random_state=seed, early_stopping=False)
        model.fit(split.learnt, split.learnt_target)
        score = float(metric(model, split.held, split.held_target))
        found = permuted(
            model,
            split.held[dealt],
            split.held_target[dealt],
            scoring=metric,
            n_repeats=rounds,
            random_state=seed,
        )
    rows = zip(names, found.importances_mean, found.importances_std, strict=True)
    told = [FeatureImportance(name, float(mean), float(spread)) for name, mean, spread in rows]
    return Importance(
        features=tuple(sorted(told, key=lambda each: (-each.mean, each.name))),
        metric="auc" if classes else "r2",
        score=score,
        learnt_rows=len(split.learnt),
        held_out_rows=len(split.held),
        seed=seed,
    )


def _sklearn() -> tuple[Any, Any, Any, Any]:
    """Return boosters, the dealing anew, scorers, and the limit of threads; loaded where used."""
    try:
        from sklearn import ensemble
        from sklearn.inspection import permutation_importance
        from sklearn.metrics import get_scorer

        limits = import_module("threadpoolctl").threadpool_limits
    except ImportError as error:
        raise FeatureError(
            "importance needs scikit-learn: pip install scikit-learn",
            "计算重要性需要 scikit-learn：pip install scikit-learn",
        ) from error
    return ensemble, permutation_importance, get_scorer, limits
