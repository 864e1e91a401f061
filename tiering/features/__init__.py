"""Features of customers for models: a documented registry, computed as of any moment."""

from tiering.features.compute import FeatureRun, feature_run, features, training_frame, training_run
from tiering.features.feature import UNITS, WINDOWS, Feature
from tiering.features.importance import FeatureImportance, Importance, importance
from tiering.features.redundancy import Dropped, Lines, Redundancy, redundancy
from tiering.features.registry import FEATURES, chosen

__all__ = [
    "FEATURES",
    "UNITS",
    "WINDOWS",
    "Dropped",
    "Feature",
    "FeatureImportance",
    "FeatureRun",
    "Importance",
    "Lines",
    "Redundancy",
    "chosen",
    "feature_run",
    "features",
    "importance",
    "redundancy",
    "training_frame",
    "training_run",
]
