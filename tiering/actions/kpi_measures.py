"""What is counted for a KPI: per customer, how many of how many.

Each measure gives a table of `customer_id`, `successes` and `trials`; what a KPI says of a tier is
the share of successes over its customers. The net sentiment ratio is 2 x share - 1.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

import narwhals as nw
import pyarrow as pa

from tiering.frames import Frame, collect
from tiering.times import Moment, day_of

Measure = Callable[[Frame, Moment, int], pa.Table]


def repurchase(orders: Frame, moment: Moment, window_days: int) -> pa.Table:
    """Who had bought before the window: 1 where they bought again in it.

    Orders that were paid back in full are no purchases.
    """
    day = day_of(nw.col("ordered_at"))
    kept = orders.filter((nw.col("refunded") < nw.col("amount")) | (nw.col("amount") == 0))
    recent = (day > moment.day - window_days).cast(nw.Int64)
    counted = kept.select("customer_id", recent=recent, earlier=1 - recent)
    by_customer = counted.group_by("customer_id").agg(nw.col("recent", "earlier").max())
    return _of(by_customer.filter(nw.col("earlier") > 0), nw.col("recent"), nw.col("earlier"))


def refunds(orders: Frame, moment: Moment, window_days: int) -> pa.Table:
    """Orders of the window: those of which money was paid back."""
    recent = orders.filter(day_of(nw.col("ordered_at")) > moment.day - window_days)
    counted = recent.select("customer_id", back=(nw.col("refunded") > 0).cast(nw.Int64))
    by_customer = counted.group_by("customer_id").agg(
        nw.col("back").sum(), nw.len().alias("orders")
    )
    return _of(by_customer, nw.col("back"), nw.col("orders"))


def nsr(said: Frame, moment: Moment, window_days: int) -> pa.Table:
    """Units of the window that judge: those in which the good outweighs the bad.

    A unit in which both weigh the same judges nothing.
    """
    del moment
    judging = said.filter((nw.col("age") < window_days) & (nw.col("good") != nw.col("bad"))).select(
        "customer_id", good=(nw.col("good") > nw.col("bad")).cast(nw.Int64)
    )
    by_customer = judging.group_by("customer_id").agg(nw.col("good").sum(), nw.len().alias("units"))
    return _of(by_customer, nw.col("good"), nw.col("units"))


def response(said: Frame, moment: Moment, window_days: int) -> pa.Table:
    """Units of the window that complain or ask: those in which an agent answered all of it."""
    del moment
    asking = said.filter((nw.col("age") < window_days) & (nw.col("asks") > 0))
    by_customer = asking.group_by("customer_id").agg(nw.col("open").sum(), nw.len().alias("units"))
    return _of(by_customer, nw.col("units").cast(nw.Int64) - nw.col("open"), nw.col("units"))


MEASURES: Mapping[str, tuple[str, Measure]] = MappingProxyType(
    {
        "repurchase": ("orders", repurchase),
        "refunds": ("orders", refunds),
        "nsr": ("signals", nsr),
        "response": ("signals", response),
    }
)
"""The table that each measure looks at, and the measure; `share` looks at conditions instead."""


def _of(frame: Frame, successes: nw.Expr, trials: nw.Expr) -> pa.Table:
    return collect(
        frame.select(
            nw.col("customer_id").cast(nw.String),
            successes=successes.cast(nw.Int64),
            trials=trials.cast(nw.Int64),
        )
    )
