"""Weights from judgements: the analytic hierarchy process (Saaty 1980)."""

from tiering.ahp.consistency import RANDOM_INDEXES, Consistency
from tiering.ahp.file import load_hierarchy
from tiering.ahp.hierarchy import Hierarchy, global_weights
from tiering.ahp.judgements import Judgements
from tiering.ahp.weights import Weighing, weigh

__all__ = [
    "RANDOM_INDEXES",
    "Consistency",
    "Hierarchy",
    "Judgements",
    "Weighing",
    "global_weights",
    "load_hierarchy",
    "weigh",
]
