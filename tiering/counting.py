"""What one order counts: less in a season of promotions, less the longer it is ago."""

from dataclasses import dataclass

import narwhals as nw

from tiering.curves import UNIT, decayed
from tiering.policy import Policy, Season
from tiering.seasons import season_weight
from tiering.times import Moment


@dataclass(frozen=True, slots=True)
class OrderCounting:
    """How orders are counted; by itself each one counts once."""

    half_life_days: float | None = None
    seasons: tuple[Season, ...] = ()

    def is_plain(self) -> bool:
        """Return whether every order counts once."""
        return self.half_life_days is None and not self.seasons

    def weight(self, day: nw.Expr, moment: Moment, days: int) -> nw.Expr:
        """Return what an order of a day counts in whole `UNIT`s, within `days` of the moment."""
        units = season_weight(day, self.seasons, moment, days)
        if self.half_life_days is None:
            return units
        return units * decayed(moment.day - day, self.half_life_days) // UNIT


EVERY_ORDER = OrderCounting()


def order_counting(policy: Policy) -> OrderCounting:
    """Return how the policy counts orders; seasons of coefficient 1 change nothing."""
    seasons = tuple(each for each in policy.promotions if each.coefficient != 1)
    # one of 1 before another still shields its days from the later one
    kept = policy.promotions if seasons else ()
    return OrderCounting(policy.decay.get("order"), kept)
