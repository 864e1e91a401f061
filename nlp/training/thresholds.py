"""Choose from which probability on a label holds."""

import numpy as np
import numpy.typing as npt

from nlp.evaluation import f1, quadratic_kappa

Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]

GRID = np.arange(0.1, 0.9, 0.025)
PRIOR_STRENGTH = 12.0
NEAR_BEST = 0.005
DEFAULT_THRESHOLD = 0.5


def label_thresholds(truth: Flags, probabilities: Floats) -> tuple[float, ...]:
    """Return a threshold for each label; both arrays have shape (texts, labels).

    That of a rare label is drawn to the threshold that serves all labels of the head best.
    """
    if not len(truth):
        return (DEFAULT_THRESHOLD,) * int(truth.shape[1])
    pairs = list(zip(truth.T, probabilities.T, strict=True))
    common = _near_best(np.mean([_f1_by_threshold(*pair) for pair in pairs], axis=0))
    return tuple(best_threshold(marks, column, common) for marks, column in pairs)


def best_threshold(
    truth: Flags, probabilities: Floats, drawn_to: float = DEFAULT_THRESHOLD
) -> float:
    """Return the threshold of best F1, drawn to a prior one where the label is rare.

    A rare label's best threshold is mostly chance; it is shrunk by n / (n + PRIOR_STRENGTH).
    """
    best = _near_best(_f1_by_threshold(truth, probabilities))
    trust = truth.sum() / (truth.sum() + PRIOR_STRENGTH)
    return round(float(trust * best + (1 - trust) * drawn_to), 4)


def level_thresholds(levels: Integers, chances: Floats) -> tuple[float, ...]:
    """Return the thresholds of best quadratic kappa, found one at a time, twice round.

    `levels` (texts,) are the true ones, `chances` (texts, levels - 1) those of "at least 1, 2 ...".
    """
    steps = chances.shape[1]
    chosen = [DEFAULT_THRESHOLD] * steps

    def kappa(step: int, threshold: float) -> float:
        trial = np.array([*chosen[:step], threshold, *chosen[step + 1 :]])
        found = np.cumprod(chances >= trial, axis=1).sum(axis=1)
        return quadratic_kappa(levels, found, steps + 1)

    for step in (*range(steps), *range(steps)):
        scores = np.array([kappa(step, threshold) for threshold in GRID])
        chosen[step] = round(_near_best(scores, slack=0.002), 4)
    return tuple(chosen)


def _f1_by_threshold(truth: Flags, probabilities: Floats) -> Floats:
    return np.array([f1(truth, probabilities >= threshold) for threshold in GRID])


def _near_best(scores: Floats, slack: float = NEAR_BEST) -> float:
    """Return the middle of the thresholds that are as good as the best, or nearly."""
    return float(np.median(GRID[scores >= scores.max() - slack]))
