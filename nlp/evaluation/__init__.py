"""How good the signals are, measured against labels. Pure: arrays in, figures out."""

from nlp.evaluation.arrays import Flags, Floats, Integers
from nlp.evaluation.intervals import (
    Interval,
    bootstrap,
    kappa_of,
    macro_f1_of,
    mean_of,
    micro_f1_of,
    wilson,
)
from nlp.evaluation.labels import (
    binary_scores,
    class_macro_f1,
    class_scores,
    confusion,
    f1,
    label_scores,
    one_hot,
    top_share,
)
from nlp.evaluation.levels import quadratic_kappa, severity_scores
from nlp.evaluation.reliability import calibration_error, label_calibration_errors
from nlp.evaluation.selective import (
    area_under_risk,
    confidence_for,
    coverage,
    excess_area_under_risk,
    risk_at,
)
from nlp.evaluation.spans import span_scores

__all__ = [
    "Flags",
    "Floats",
    "Integers",
    "Interval",
    "area_under_risk",
    "binary_scores",
    "bootstrap",
    "calibration_error",
    "class_macro_f1",
    "class_scores",
    "confidence_for",
    "confusion",
    "coverage",
    "excess_area_under_risk",
    "f1",
    "kappa_of",
    "label_calibration_errors",
    "label_scores",
    "macro_f1_of",
    "mean_of",
    "micro_f1_of",
    "one_hot",
    "quadratic_kappa",
    "risk_at",
    "severity_scores",
    "span_scores",
    "top_share",
    "wilson",
]
