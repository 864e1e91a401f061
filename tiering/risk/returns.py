"""Refund and return abuse: how many orders are paid back, and what is returned soon, after much."""

import narwhals as nw

from tiering.frames import Frame
from tiering.policy import RiskSigns
from tiering.times import DAY_US

ENGLISH = "; orders of high value returned within days {}"
CHINESE = "；高额订单短期内退款 {} 单"


def measure_returns(orders: Frame, signs: RiskSigns, least_orders: int) -> Frame:
    """Return one row a customer from the checked orders of the window.

    Columns: `quick_returns` (orders of at least the policy's high value, paid back in part or in
    full within so many days; orders whose `refunded_at` is not known do not count), what the
    number of orders paid back costs (`lost_returned`, only from `least_orders` on) and what the
    quick ones do (`lost_quick_returns`), and a sentence of the latter, `returns_en`, `returns_zh`.
    """
    back = nw.col("refunded") > 0
    soon = nw.col("refunded_at") - nw.col("ordered_at") <= signs.quick_days * DAY_US
    quick = back & soon.fill_null(value=False) & (nw.col("amount") >= signs.high_value_fen)
    rows = orders.select(
        "customer_id",
        bought_now=(nw.col("ordered_at") * 0 + 1).cast(nw.Int64),
        returned=back.cast(nw.Int64),
        quick_returns=quick.cast(nw.Int64),
    )
    sums = ("bought_now", "returned", "quick_returns")
    found = rows.group_by("customer_id").agg(nw.col(*sums).sum())
    found = found.with_columns(nw.col(*sums).cast(nw.Int64))
    enough = nw.col("bought_now") >= least_orders
    count, number = nw.col("returned"), nw.col("quick_returns")
    return found.select(
        "customer_id",
        "quick_returns",
        lost_returned=nw.when(enough).then(signs.returned.at(count)).otherwise(0.0),
        lost_quick_returns=signs.quick_returns.at(number),
        returns_en=nw.when(number > 0).then(nw.format(ENGLISH, number)),
        returns_zh=nw.when(number > 0).then(nw.format(CHINESE, number)),
    )
