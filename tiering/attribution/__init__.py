"""Which channels earned the orders: an absorbing Markov chain in closed form."""

from tiering.attribution.chain import Chain, chain_of, removal_effects
from tiering.attribution.credit import RULES, Attribution, Credit, attribution
from tiering.attribution.paths import Conversion, Path, Touch, merged, paths_of

__all__ = [
    "RULES",
    "Attribution",
    "Chain",
    "Conversion",
    "Credit",
    "Path",
    "Touch",
    "attribution",
    "chain_of",
    "merged",
    "paths_of",
    "removal_effects",
]
