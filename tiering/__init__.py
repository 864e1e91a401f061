"""The tiering room: orders, signals and engagement in, one tier a customer with reasons out."""

from tiering import errors
from tiering.card import SCORE_COLUMNS
from tiering.check import RowCounts
from tiering.explain import Part, explain
from tiering.faults import RefusedRow
from tiering.frames import ENGINES
from tiering.influence import influence
from tiering.interview import TierSample, interview_sample
from tiering.latest import newest_day
from tiering.migration import migration, population_stability, same_bins
from tiering.pieces import ScorePieces, score_pieces
from tiering.policy import Policy, Tier
from tiering.policy_file import load_policy, policy_text
from tiering.rfm import quantile_policy, rfm
from tiering.schema import CONTRACTS, Contract
from tiering.scorecard import ScoreRun, score, score_run
from tiering.times import moment_of

__all__ = [
    "CONTRACTS",
    "ENGINES",
    "SCORE_COLUMNS",
    "Contract",
    "Part",
    "Policy",
    "RefusedRow",
    "RowCounts",
    "ScorePieces",
    "ScoreRun",
    "Tier",
    "TierSample",
    "errors",
    "explain",
    "influence",
    "interview_sample",
    "load_policy",
    "migration",
    "moment_of",
    "newest_day",
    "policy_text",
    "population_stability",
    "quantile_policy",
    "rfm",
    "same_bins",
    "score",
    "score_pieces",
    "score_run",
]
