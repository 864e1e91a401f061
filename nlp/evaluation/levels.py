"""How well ordered levels are found."""

import numpy as np

from nlp.evaluation.arrays import Integers


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
