"""Where to cut: the tiers that pay best under capacity, alternatives, and what would move."""

from tiering.thresholds.cuts import Cuts, best_cuts, with_cuts
from tiering.thresholds.gains import Grid, gains
from tiering.thresholds.offers import MoveCosts, Offer, Offers, load_offers
from tiering.thresholds.recalibration import Move, Recalibration, recalibration
from tiering.thresholds.simulation import Alternative, simulation

__all__ = [
    "Alternative",
    "Cuts",
    "Grid",
    "Move",
    "MoveCosts",
    "Offer",
    "Offers",
    "Recalibration",
    "best_cuts",
    "gains",
    "load_offers",
    "recalibration",
    "simulation",
    "with_cuts",
]
