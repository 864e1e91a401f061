"""What segments are made of: recency, frequency, money, and how a customer behaves."""

from collections.abc import Mapping
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nlp.evaluation import Floats
from tiering.curves import UNIT
from tiering.frames import Frame, collect, settle
from tiering.lifecycle import Sources
from tiering.lifetime import measure_purchases
from tiering.policy import Season
from tiering.reactions import all_reactions
from tiering.seasons import season_weight

READ = ("view", "save", "like")
"""Events by which one takes in content; looking for something is `search`."""
FIGURES = (
    "since_order_days",
    "purchases",
    "spend_fen",
    "basket_fen",
    "tenure_days",
    "promo_share",
    "refund_share",
    "active_days",
    "content_events",
    "search_events",
    "cart_events",
    "share_events",
    "looks_per_order",
    "public_texts",
    "echo",
    "price_complaints",
)
"""Columns of `measure_behaviour`, in the order in which a profile is told."""
WINDOW_DAYS = 365


@dataclass(frozen=True, slots=True, eq=False)
class Behaviour:
    """Figures of customers by customer_id: `matrix` (customers, names); nan is not known."""

    ids: pa.Array
    names: tuple[str, ...]
    matrix: Floats


def measure_behaviour(sources: Sources, promotions: tuple[Season, ...]) -> Behaviour:
    """Return `FIGURES` of everybody who bought, did or said something.

    Over the last `WINDOW_DAYS` days but for recency and tenure: days since the last purchase,
    purchases, fen after refunds, fen of one purchase, days since the first row, share of orders
    in a season of promotions, share refunded, active days, events of reading, searching, carts and
    sharing, events per purchase, public texts, reactions to them, complaints about prices. Who
    never bought has no recency and no basket: nan. Tables that are not given give no column.
    """
    parts = [_orders(sources, promotions), _tenure(sources)]
    if sources.events is not None:
        parts.append(_events(sources))
    if sources.said is not None:
        parts.append(_texts(sources))
    everybody = settle(_everybody(sources))
    for part in parts:
        everybody = everybody.join(part, on="customer_id", how="left")
    table = collect(everybody).sort_by("customer_id")
    columns = _columns(table)
    names = tuple(name for name in FIGURES if name in columns)
    matrix = np.stack([columns[name] for name in names], axis=1)
    return Behaviour(table["customer_id"].combine_chunks(), names, matrix)


def _rows(sources: Sources) -> Frame:
    tables = (sources.orders, sources.events, sources.said)
    rows = [table.select("customer_id", "day") for table in tables if table is not None]
    return nw.concat(rows) if len(rows) > 1 else rows[0]


def _everybody(sources: Sources) -> Frame:
    return _rows(sources).select("customer_id").unique()


def _tenure(sources: Sources) -> Frame:
    days = _rows(sources).with_columns(tenure_days=sources.moment.day - nw.col("day"))
    return settle(days.group_by("customer_id").agg(nw.col("tenure_days").max()))


def _orders(sources: Sources, promotions: tuple[Season, ...]) -> Frame:
    """Return recency and, over the window, purchases, money, promotions and refunds."""
    moment = sources.moment
    summary = measure_purchases(sources.orders, moment).select(
        "customer_id", since_order_days=nw.col("age_days") - nw.col("first_to_last_days")
    )
    recent = _recent(sources.orders, sources)
    kept = (nw.col("refunded") < nw.col("amount")) | (nw.col("amount") == 0)
    marked = tuple(Season(s.name, s.zh, s.starts, s.ends, 0.0) for s in promotions)
    weight = season_weight(nw.col("day"), marked, moment, WINDOW_DAYS)
    flags = recent.select(
        "customer_id",
        purchases=kept.cast(nw.Int64),
        spend_fen=nw.col("amount") - nw.col("refunded"),
        orders=nw.col("amount") * 0 + 1,
        promos=(weight < UNIT).cast(nw.Int64),
        refunds=(nw.col("refunded") > 0).cast(nw.Int64),
    )
    names = ("purchases", "spend_fen", "orders", "promos", "refunds")
    sums = flags.group_by("customer_id").agg(nw.col(*names).sum())
    everybody = sources.orders.select("customer_id").unique()
    joined = everybody.join(settle(summary), on="customer_id", how="left")
    return settle(joined.join(settle(sums), on="customer_id", how="left"))


def _events(sources: Sources) -> Frame:
    assert sources.events is not None
    recent = _recent(sources.events, sources)
    event = nw.col("event")
    flags = {
        "content_events": event.is_in(list(READ)),
        "search_events": event == "search",
        "cart_events": event == "add_to_cart",
        "share_events": event == "share",
    }
    counts = _summed(recent, flags)
    days = _summed(recent.select("customer_id", "day").unique(), {"active_days": nw.col("day") > 0})
    return settle(days.join(counts, on="customer_id", how="left"))


def _texts(sources: Sources) -> Frame:
    assert sources.said is not None
    recent = _recent(sources.said, sources)
    public = (nw.col("channel").fill_null("") != "transcript").cast(nw.Int64)
    rows = recent.select(
        "customer_id",
        public_texts=public,
        echo=public * all_reactions(),
        price_complaints=nw.col("complaint_price"),
    )
    names = ("public_texts", "echo", "price_complaints")
    return settle(rows.group_by("customer_id").agg(nw.col(*names).sum()))


def _recent(rows: Frame, sources: Sources) -> Frame:
    return rows.filter(sources.moment.day - nw.col("day") < WINDOW_DAYS)


def _summed(rows: Frame, flags: Mapping[str, nw.Expr]) -> Frame:
    counted = rows.select("customer_id", **{n: flag.cast(nw.Int64) for n, flag in flags.items()})
    return settle(counted.group_by("customer_id").agg(nw.col(*flags).sum()))


def _columns(table: pa.Table) -> dict[str, Floats]:
    def read(name: str, missing: float = 0.0) -> Floats:
        numbers = pc.fill_null(pc.cast(table[name], pa.float64()), missing)
        return np.asarray(numbers.to_numpy(), dtype=float)

    count, orders = read("purchases"), read("orders")
    bought = np.where(count > 0, count, np.nan)
    columns = {name: read(name) for name in FIGURES if name in table.column_names}
    columns["since_order_days"] = read("since_order_days", np.nan)
    columns["basket_fen"] = read("spend_fen") / bought
    columns["promo_share"] = read("promos") / np.maximum(orders, 1)
    columns["refund_share"] = read("refunds") / np.maximum(orders, 1)
    if "content_events" in columns:
        looks = columns["content_events"] + columns["search_events"] + columns["cart_events"]
        columns["looks_per_order"] = looks / (count + 1)
    return columns
