"""One KPI of one tier, as it is told."""

from collections.abc import Mapping
from dataclasses import dataclass

STATES = ("alarm", "fine", "unclear", "too_few", "not_given")
Since = Mapping[tuple[str, str], str]
"""By KPI and tier, since when an earlier run knew it to be in alarm."""


@dataclass(frozen=True, slots=True)
class KpiRow:
    """One KPI of one tier.

    `value`, `low` and `high` are shares from 0 to 1 (NSR: -1 to 1), nan where nothing was counted;
    `n` are the trials, `customers` of how many customers, `effective` how many independent trials
    they are worth. `state` is one of `STATES`; `since` the first of the runs without a break in
    alarm, empty for the others. `tiers_as_of` says as of when the tiers are.
    """

    kpi: str
    tier: str
    state: str
    value: float
    low: float
    high: float
    threshold: float
    worse: str
    n: int
    customers: int
    effective: float
    window_days: int
    since: str
    verdict: Mapping[str, str]
    as_of: str
    tiers_as_of: str
    policy_version: str
