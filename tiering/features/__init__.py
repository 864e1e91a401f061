"""Features of customers for models: a documented registry, computed as of any moment."""

from tiering.features.compute import FeatureRun, feature_run, features, training_frame
from tiering.features.feature import UNITS, WINDOWS, Feature
from tiering.features.registry import FEATURES

__all__ = [
    "FEATURES",
    "UNITS",
    "WINDOWS",
    "Feature",
    "FeatureRun",
    "feature_run",
    "features",
    "training_frame",
]
