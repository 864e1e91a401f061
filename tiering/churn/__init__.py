"""Who will leave: the calibrated probability of no order in the next days, with the reasons.

`churn` learns from the history that it is given, at a split in time, and says how good it is; where
the history is too short it says so, and takes the lifetime model.
"""

from tiering.churn.customers import CHURN_COLUMNS, ChurnRun, churn
from tiering.churn.learning import Taught
from tiering.churn.measures import Quality, auc, quality
from tiering.churn.model import ChurnModel, Strictness, learn
from tiering.churn.settings import METHODS, ChurnSettings

__all__ = [
    "CHURN_COLUMNS",
    "METHODS",
    "ChurnModel",
    "ChurnRun",
    "ChurnSettings",
    "Quality",
    "Strictness",
    "Taught",
    "auc",
    "churn",
    "learn",
    "quality",
]
