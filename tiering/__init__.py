"""The tiering room: orders, signals and engagement in, one tier a customer with reasons out."""

from tiering import errors
from tiering.card import SCORE_COLUMNS
from tiering.check import RowCounts
from tiering.faults import RefusedRow
from tiering.frames import ENGINES
from tiering.influence import influence
from tiering.latest import newest_day
from tiering.policy import Policy
from tiering.policy_file import load_policy, policy_text
from tiering.rfm import quantile_policy, rfm
from tiering.schema import CONTRACTS, Contract
from tiering.scorecard import ScoreRun, score, score_run

__all__ = [
    "CONTRACTS",
    "ENGINES",
    "SCORE_COLUMNS",
    "Contract",
    "Policy",
    "RefusedRow",
    "RowCounts",
    "ScoreRun",
    "errors",
    "influence",
    "load_policy",
    "newest_day",
    "policy_text",
    "quantile_policy",
    "rfm",
    "score",
    "score_run",
]
