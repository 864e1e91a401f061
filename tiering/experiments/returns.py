"""What the entitlements of each tier bring: margin above a hold-out group, less their cost.

Only customers of the same tier who got nothing, by lot, tell what the others would have spent
anyway. Without them the margin of a tier is what its customers are worth, not what the
entitlements bring, and no return is given.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import nan

import numpy as np

from nlp.evaluation import Floats
from nlp.message import Message
from tiering.arrays import demand_alike, finite
from tiering.errors import ExperimentError
from tiering.experiments.difference import Difference, compared, mean_of

FEWEST = 30
"""Customers of a tier with and without entitlements from which on a mean of money is compared."""


@dataclass(frozen=True, slots=True)
class TierReturn:
    """One tier over the period, money in fen a customer.

    `cost` is what one customer with entitlements cost. `gain` is the margin above the hold-out
    group, `net` that less the cost, both with intervals; `roi` is net over cost with its interval.
    All three are None (nan for `roi`) where nothing can be said; `reason` says why, or what.
    """

    tier: str
    treated: int
    held_out: int
    margin: float
    cost: float
    gain: Difference | None
    net: Difference | None
    roi: float
    roi_low: float
    roi_high: float
    reason: Message


def tier_returns(
    tiers: Sequence[str],
    held_out: Sequence[bool],
    margins: Sequence[float] | Floats,
    costs: Sequence[float] | Floats,
    level: float = 0.05,
) -> list[TierReturn]:
    """Return what each tier brings, by the name of the tier; the order of the rows does not matter.

    Parameters
    ----------
    tiers
        Of each customer when the lot was drawn.
    held_out
        Whether the customer got none of the tier's entitlements, by lot.
    margins
        Fen that each brought in the period, before the cost of the entitlements.
    costs
        Fen that the entitlements of each cost in the period, from the ledger; 0 for a hold-out.

    Raises
    ------
    ExperimentError
        Columns differ in length or are not finite, a cost is negative, or a hold-out has a cost.
    """
    demand_alike(ExperimentError, tiers=tiers, held_out=held_out, margins=margins, costs=costs)
    margin, cost = finite("margins", margins), finite("costs", costs)
    out, names = np.asarray(held_out, dtype=bool), np.asarray(tiers, dtype=str)
    _demand_costs(cost, out)
    # In one order, so that sums round alike however the rows are shuffled.
    rows = np.lexsort((out, cost, margin, names))
    margin, cost, out, names = margin[rows], cost[rows], out[rows], names[rows]
    return [
        _tier(tier, margin[names == tier], cost[names == tier], out[names == tier], level)
        for tier in dict.fromkeys(names.tolist())
    ]


def _tier(tier: str, margin: Floats, cost: Floats, out: np.ndarray, level: float) -> TierReturn:
    treated, held = int((~out).sum()), int(out.sum())
    earned, paid = (float(each[~out].mean()) if treated else nan for each in (margin, cost))
    if held == 0:
        reason = Message(
            "no hold-out: not incremental, the margin is not what the entitlements bring",
            "没有对照组：并非增量，该毛利不等于权益带来的收益",
        )
        return TierReturn(tier, treated, held, earned, paid, None, None, nan, nan, nan, reason)
    if min(treated, held) < FEWEST:
        reason = Message(
            f"{treated} customers and {held} held out: too few, {FEWEST} of each are needed",
            f"享权益 {treated} 位、对照 {held} 位：人数过少，各需 {FEWEST} 位",
        )
        return TierReturn(tier, treated, held, earned, paid, None, None, nan, nan, nan, reason)
    control = mean_of(margin[out])
    gain = compared(control, mean_of(margin[~out]), level)
    net = compared(control, mean_of(margin[~out] - cost[~out]), level)
    ends = (net.difference, net.low, net.high)
    roi, roi_low, roi_high = (each / paid if paid else nan for each in ends)
    return TierReturn(
        tier, treated, held, earned, paid, gain, net, roi, roi_low, roi_high, _told(net)
    )


def _told(net: Difference) -> Message:
    if net.low > 0:
        return Message("pays: it brings more than it costs", "值得：带来的收益高于成本")
    if net.high < 0:
        return Message("loses: it costs more than it brings", "亏损：成本高于带来的收益")
    return Message("open: chance alone could explain the difference", "未定：差异可能纯属偶然")


def _demand_costs(cost: Floats, out: np.ndarray) -> None:
    if (cost < 0).any():
        raise ExperimentError(
            f"a cost is {cost.min():g} fen; costs are 0 or more",
            f"成本 {cost.min():g} 分；须不小于 0",
        )
    if cost[out].any():
        raise ExperimentError(
            f"a hold-out customer has a cost of {cost[out].max():g} fen: who got entitlements was "
            "not held out; correct the ledger or the lot",
            f"对照组顾客有成本 {cost[out].max():g} 分：获得权益者不属对照组；请更正台账或分组",
        )
