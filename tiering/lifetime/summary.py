"""What the models read of every customer, from orders: x, t_x, T and spend, as frames.

One purchase is one day in China on which a customer kept an order, in whole or in part: orders of
a day are one purchase, an order that was paid back in full is none, a free one is. What lifetime
models call recency, the time from the first to the last purchase, is `first_to_last_days` here;
`recency_days` of `tiering.rfm` are the days since the last order. Everything is whole numbers, so
that all engines agree.
"""

from dataclasses import dataclass
from datetime import date, datetime

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nlp.evaluation import Floats
from tiering.check import check
from tiering.errors import HistoryError
from tiering.frames import Frame, Native, collect, columns_of, give_back, open_frame, settle
from tiering.lifetime.histories import Histories, histories
from tiering.times import Moment, day_of, moment_of

SUMMARY_COLUMNS = (
    "customer_id",
    "frequency",
    "first_to_last_days",
    "age_days",
    "spend_fen",
    "first_spend_fen",
    "last_spend_fen",
)


@dataclass(frozen=True, slots=True, eq=False)
class Customers:
    """The summary as arrays, by customer_id; times in days, money in fen.

    `spend` is that of all purchases, `first_spend` and `last_spend` that of one day alone.
    """

    ids: pa.ChunkedArray
    rows: Histories
    spend: Floats
    first_spend: Floats
    last_spend: Floats

    def mean_repeat_spend(self) -> Floats:
        """Return the mean spend of the repeat purchases, as published models use it; 0 without."""
        repeats = self.rows.frequency
        return np.where(repeats > 0, (self.spend - self.first_spend) / np.maximum(repeats, 1), 0.0)

    def mean_spend(self) -> Floats:
        """Return the mean spend of all purchases, the first one included."""
        return self.spend / (self.rows.frequency + 1)


def summarise(orders: Native, *, as_of: date | datetime | str) -> Native:
    """Return x, t_x, T and spend of every customer with a purchase, by customer_id.

    Parameters
    ----------
    orders
        A pandas, Polars, DuckDB or PySpark frame by the `orders` contract; amounts in fen. It is
        not collected.
    as_of
        Day (to its end in China) or moment at which the window ends; orders that happened or
        became known later are not used.

    Returns
    -------
    Native
        Frame of the same engine with `SUMMARY_COLUMNS`: repeat purchases, days from the first to
        the last purchase, days from the first purchase to `as_of`, fen of all purchases after
        refunds, of the first and of the last. Rows that break the contract (another currency, a
        negative amount, a repeated id) are left out; `lifetime_value` and `tiering.score_run`
        list them.

    Raises
    ------
    ContractError, EngineError, AsOfError
        See there.
    """
    moment = moment_of(as_of)
    summary = measure_purchases(check(orders, "orders", moment).good, moment)
    return give_back(summary.sort("customer_id"), orders)


def measure_purchases(orders: Frame, moment: Moment) -> Frame:
    """Return `SUMMARY_COLUMNS` from checked orders."""
    kept = (nw.col("refunded") < nw.col("amount")) | (nw.col("amount") == 0)
    days = settle(
        orders.filter(kept)
        .select(
            "customer_id",
            day_of(nw.col("ordered_at")).alias("day"),
            (nw.col("amount") - nw.col("refunded")).alias("spend"),
        )
        .group_by("customer_id", "day")
        .agg(nw.col("spend").sum())
    )
    customers = days.group_by("customer_id").agg(
        nw.len().alias("purchases"),
        nw.col("day").min().alias("first"),
        nw.col("day").max().alias("last"),
        nw.col("spend").sum().alias("spend_fen"),
    )
    first, last = (
        days.select(
            "customer_id", nw.col("day").alias(name), nw.col("spend").alias(f"{name}_spend_fen")
        )
        for name in ("first", "last")
    )
    joined = customers.join(first, on=["customer_id", "first"], how="inner")
    return joined.join(last, on=["customer_id", "last"], how="inner").select(
        "customer_id",
        (nw.col("purchases") - 1).cast(nw.Int64).alias("frequency"),
        (nw.col("last") - nw.col("first")).cast(nw.Int64).alias("first_to_last_days"),
        (moment.day - nw.col("first")).cast(nw.Int64).alias("age_days"),
        nw.col("spend_fen", "first_spend_fen", "last_spend_fen").cast(nw.Int64),
    )


def customers_of(summary: object) -> Customers:
    """Return a summary, native or narwhals, as arrays, by customer_id.

    The summary is collected, some 60 bytes a customer. Frames have no order of rows, and sums in
    another order differ in their last bits.

    Raises
    ------
    HistoryError
        A column of `SUMMARY_COLUMNS` is missing, or a history is impossible.
    EngineError
        It is no frame, or one of another engine.
    """
    native = summary.to_native() if isinstance(summary, nw.LazyFrame) else summary
    present = columns_of(native)
    missing = [name for name in SUMMARY_COLUMNS if name not in present]
    if missing:
        raise HistoryError(
            f"the summary lacks {', '.join(missing)}; make it with tiering.lifetime.summarise",
            f"汇总表缺少列 {'、'.join(missing)}；请用 tiering.lifetime.summarise 生成",
        )
    table = collect(open_frame(native, SUMMARY_COLUMNS)).sort_by("customer_id")
    numbers = (pc.cast(table[name], pa.float64()).to_numpy() for name in SUMMARY_COLUMNS[1:])
    frequency, recency, age, *spends = numbers
    return Customers(table["customer_id"], histories(frequency, recency, age), *spends)
