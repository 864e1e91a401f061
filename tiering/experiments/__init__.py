"""Experiments: how many customers, are the groups sound, what differs, whom to treat."""

from tiering.experiments.anytime import anytime
from tiering.experiments.correction import corrected
from tiering.experiments.cuped import Adjusted, cuped
from tiering.experiments.difference import (
    Difference,
    Estimate,
    compared,
    mean_of,
    ratio_of,
    shares_compared,
)
from tiering.experiments.experiment import Comparison, Outcome, Reading, read_experiment
from tiering.experiments.outcomes import Exposure, Observed, observe
from tiering.experiments.plan import Metric, Plan, load_plan
from tiering.experiments.ratio_check import RatioCheck, ratio_check
from tiering.experiments.returns import TierReturn, tier_returns
from tiering.experiments.size import (
    customers_for_means,
    customers_for_shares,
    power_of_means,
    power_of_shares,
)
from tiering.experiments.uplift import Uplift, UpliftGroup, uplift

__all__ = [
    "Adjusted",
    "Comparison",
    "Difference",
    "Estimate",
    "Exposure",
    "Metric",
    "Observed",
    "Outcome",
    "Plan",
    "RatioCheck",
    "Reading",
    "TierReturn",
    "Uplift",
    "UpliftGroup",
    "anytime",
    "compared",
    "corrected",
    "cuped",
    "customers_for_means",
    "customers_for_shares",
    "load_plan",
    "mean_of",
    "observe",
    "power_of_means",
    "power_of_shares",
    "ratio_check",
    "ratio_of",
    "read_experiment",
    "shares_compared",
    "tier_returns",
    "uplift",
]
