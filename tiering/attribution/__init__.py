"""Which channels earned the orders: an absorbing Markov chain in closed form."""

from tiering.attribution.chain import chain_of, removal_effects
from tiering.attribution.credit import RULES, Attribution, Credit, attribution
from tiering.attribution.intervals import Spread, spreads
from tiering.attribution.paths import Conversion, Path, Touch, merged, paths_of, walked_paths
from tiering.attribution.walks import Chain

__all__ = [
    "RULES",
    "Attribution",
    "Chain",
    "Conversion",
    "Credit",
    "Path",
    "Spread",
    "Touch",
    "attribution",
    "chain_of",
    "merged",
    "paths_of",
    "removal_effects",
    "spreads",
    "walked_paths",
]
