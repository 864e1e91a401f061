"""How lifetime figures are computed: which model, how far ahead, and what later money is worth."""

from dataclasses import dataclass, field

import numpy as np

from tiering.errors import HistoryError

YEAR_DAYS = 365.0


@dataclass(frozen=True, slots=True)
class Horizon:
    """How far ahead to look, and what a later yuan is worth.

    `days` is the length; `yearly_discount` is the rate by which money of a year later counts
    less: with 0.1, 110 yuan in a year are worth 100 now.
    """

    days: float
    yearly_discount: float = 0.0

    def __post_init__(self) -> None:
        if not (0 < self.days < np.inf and 0 <= self.yearly_discount < np.inf):
            raise HistoryError(
                f"horizon of {self.days:g} days at {self.yearly_discount:g} a year; days must be "
                "above 0 and the discount 0 or more",
                f"预测期 {self.days:g} 天、年折现率 {self.yearly_discount:g}；"
                "天数须大于 0，折现率须不小于 0",
            )

    def daily_force(self) -> float:
        """Return the continuous rate of discount, per day."""
        return float(np.log1p(self.yearly_discount)) / YEAR_DAYS


@dataclass(frozen=True, slots=True)
class LifetimeSettings:
    """The model by its name in `MODELS`, the horizon, and the weight of the last purchase.

    The expected spend is `last_share` times the spend of the last purchase and for the rest the
    Gamma-Gamma mean over all purchases: spend has a trend that the mean does not see. The
    defaults did best on days held out inside the first 39 weeks of CDNOW.

    `pull` is the precision of the prior on log parameters: 0.1 lets a parameter be anything
    within a factor of e^3 or so, and keeps shops of a few hundred customers from having no
    answer; 0 is plain maximum likelihood. Fewer than `least_repeaters` who came back are refused.
    """

    model: str = "pareto-nbd"
    horizon: Horizon = field(default_factory=lambda: Horizon(YEAR_DAYS))
    last_share: float = 0.3
    pull: float = 0.1
    least_repeaters: int = 10

    def __post_init__(self) -> None:
        if not 0 <= self.last_share <= 1:
            raise HistoryError(
                f"last_share {self.last_share:g} must lie from 0 to 1",
                f"last_share {self.last_share:g} 须在 0 到 1 之间",
            )
