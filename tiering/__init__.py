"""The tiering room: orders, signals and engagement in, one tier a customer with reasons out."""

from tiering import errors
from tiering.card import SCORE_COLUMNS
from tiering.faults import RefusedRow
from tiering.frames import ENGINES
from tiering.influence import influence
from tiering.policy import Policy
from tiering.policy_file import load_policy, policy_text
from tiering.rfm import quantile_policy, rfm
from tiering.scorecard import ScoreRun, score, score_run

__all__ = [
    "ENGINES",
    "SCORE_COLUMNS",
    "Policy",
    "RefusedRow",
    "ScoreRun",
    "errors",
    "influence",
    "load_policy",
    "policy_text",
    "quantile_policy",
    "rfm",
    "score",
    "score_run",
]
