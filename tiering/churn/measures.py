"""How good probabilities of leaving are: order, sharpness, calibration."""

from dataclasses import dataclass

import numpy as np

from nlp.evaluation import Floats, calibration_error
from tiering.churn.model import Flags


@dataclass(frozen=True, slots=True)
class Quality:
    """Figures over customers whose outcome is known.

    `auc` is the chance that who left has the higher probability (0.5: no order at all), `brier`
    the mean squared error (lower is better; `rate` * (1 - `rate`) is that of the base rate),
    `calibration` the expected calibration error, `rate` the share that left.
    """

    auc: float
    brier: float
    calibration: float
    rate: float
    customers: int


def quality(p: Floats, left: Flags) -> Quality:
    """Return how good the probabilities are; nan for the AUC where all ended alike."""
    return Quality(
        auc=auc(p, left),
        brier=float(np.mean((p - left) ** 2)),
        calibration=calibration_error(left, p),
        rate=float(left.mean()),
        customers=int(left.size),
    )


def auc(ranking: Floats, left: Flags) -> float:
    """Return the area under the ROC curve, ties counted half (Mann and Whitney 1947)."""
    from scipy.stats import rankdata

    gone = int(left.sum())
    stayed = left.size - gone
    if not gone or not stayed:
        return float("nan")
    ranks = rankdata(ranking)
    return float((ranks[left].sum() - gone * (gone + 1) / 2) / (gone * stayed))
