"""Who moved from tier to tier between two runs, and whether the scores drifted."""

from tiering.migration.bands import same_bins
from tiering.migration.intervals import Interval, wilson
from tiering.migration.moves import Migration, migration
from tiering.migration.psi import Drift, population_stability
from tiering.migration.steady import Steady, steady_state

__all__ = [
    "Drift",
    "Interval",
    "Migration",
    "Steady",
    "migration",
    "population_stability",
    "same_bins",
    "steady_state",
    "wilson",
]
