"""What churn is told by: figures of every customer with a purchase, as of a moment.

All of them look back over fixed days or over the whole time, so that a figure means the same at
the split as at the end; a table that does not reach back far enough is left out at both.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from nlp.evaluation import Floats
from tiering.frames import Frame, collect, settle
from tiering.lifecycle import LifecyclePolicy, Sources, measure_course
from tiering.lifetime import measure_purchases
from tiering.times import Moment

WINDOW_DAYS = 30
"""Length of the short windows."""
VOICE_DAYS = 90

GROUPS: Mapping[str, tuple[str, ...]] = {
    "recency": ("since_order_days", "overdue", "late_purchases", "month_purchases"),
    "habit": ("purchases", "earlier_purchases", "age_days"),
    "money": ("mean_spend_fen", "last_spend_fen"),
    "refunds": ("refunded_share",),
    "activity": ("active_days", "carts", "event_kinds"),
    "response": ("reached", "answered"),
    "voice": ("complaints", "negatives", "leaving_said"),
}
"""Figures by what they tell of; a reason is the sum of what the figures of a group do."""


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """Figures of customers, by customer_id: `columns` by name, each as long as `ids`."""

    ids: pa.Array
    columns: Mapping[str, Floats]

    def matrix(self, names: Sequence[str]) -> Floats:
        """Return log(1 + figure), shape (customers, names): figures are counts and heavy-tailed."""
        return np.log1p(np.stack([self.columns[name] for name in names], axis=1))


def usable(sources: Sources, cut_day: int) -> tuple[str, ...]:
    """Return the tables whose rows reach back far enough for windows that end at `cut_day`."""
    frames = {"engagement": (sources.events, WINDOW_DAYS), "signals": (sources.said, VOICE_DAYS)}
    return tuple(
        name
        for name, (frame, days) in frames.items()
        if frame is not None and (_first_day(frame) or cut_day) <= cut_day - days
    )


def measure_figures(
    sources: Sources, policy: LifecyclePolicy, horizon_days: int, tables: Sequence[str]
) -> Figures:
    """Return the figures of every customer with a purchase, those of `tables` included.

    Days since the last purchase, the same in cycles (`overdue`); purchases in all, in the last
    `horizon_days`, in as many before, and in `WINDOW_DAYS`; days since the first purchase; fen of
    the mean and the last purchase; share of refunded orders; in `WINDOW_DAYS` active
    days, carts, kinds of events, messages that reached the customer and answers to them;
    complaints, negative texts and talk of leaving in `VOICE_DAYS`.
    """
    moment = sources.moment
    course = measure_course(sources, policy).select("customer_id", "cycle_days")
    parts = [
        settle(measure_purchases(sources.orders, moment)),
        course,
        _windows(sources, horizon_days),
        _refunds(sources.orders),
    ]
    if sources.events is not None and "engagement" in tables:
        parts.append(_activity(sources.events, moment.day, policy))
    if sources.said is not None and "signals" in tables:
        parts.append(_voice(sources.said, moment.day))
    customers = parts[0]
    for part in parts[1:]:
        customers = customers.join(part, on="customer_id", how="left")
    table = collect(customers).sort_by("customer_id")
    return Figures(table["customer_id"].combine_chunks(), _columns(table))


def bought(sources: Sources, after: Moment) -> pa.Array:
    """Return the customers who placed an order after a moment, and kept it."""
    kept = (nw.col("refunded") < nw.col("amount")) | (nw.col("amount") == 0)
    later = sources.orders.filter(kept & (nw.col("ordered_at") > after.us))
    return collect(later.select("customer_id").unique())["customer_id"].combine_chunks()


def first_purchase_day(sources: Sources) -> int | None:
    """Return the day of the first purchase of all."""
    return _first_day(sources.purchases())


def _first_day(frame: Frame) -> int | None:
    day = collect(frame.select(nw.col("day").min()))["day"]
    return None if len(day) == 0 else day[0].as_py()


def _windows(sources: Sources, days: int) -> Frame:
    age = sources.moment.day - nw.col("day")
    flags = {
        "late_purchases": age < days,
        "earlier_purchases": (age >= days) & (age < 2 * days),
        "month_purchases": age < WINDOW_DAYS,
    }
    return _summed(sources.purchases(), flags)


def _refunds(orders: Frame) -> Frame:
    return _summed(orders, {"orders": nw.col("amount") >= 0, "refunds": nw.col("refunded") > 0})


def _activity(events: Frame, today: int, policy: LifecyclePolicy) -> Frame:
    """Return what customers did themselves, and how they took what reached them."""
    recent = events.filter(today - nw.col("day") < WINDOW_DAYS)
    messages, event = policy.messages, nw.col("event")
    own = recent.filter(~event.is_in(list(messages.reached)))
    days, kinds = (own.select("customer_id", name).unique() for name in ("day", "event"))
    flags = {
        "carts": event == "add_to_cart",
        "reached": event.is_in(list(messages.reached)),
        "answered": event.is_in(list(messages.answered)),
    }
    found = _summed(recent, flags)
    for part in (
        _summed(days, {"active_days": nw.col("day") > 0}),
        _summed(kinds, {"event_kinds": event != ""}),
    ):
        found = found.join(part, on="customer_id", how="left")
    return settle(found)


def _voice(said: Frame, today: int) -> Frame:
    recent = said.filter(today - nw.col("day") < VOICE_DAYS)
    flags = {
        "complaints": nw.col("intents_complaint") == 1,
        "negatives": (nw.col("sentiment") == "negative") & (nw.col("abstained") == 0),
        "leaving_said": nw.col("intents_churn") == 1,
    }
    return _summed(recent, flags)


def _summed(rows: Frame, flags: Mapping[str, nw.Expr]) -> Frame:
    counted = rows.select("customer_id", **{n: flag.cast(nw.Int64) for n, flag in flags.items()})
    return settle(counted.group_by("customer_id").agg(nw.col(*flags).sum()))


def _columns(table: pa.Table) -> dict[str, Floats]:
    def read(name: str) -> Floats:
        numbers = pc.fill_null(pc.cast(table[name], pa.float64()), 0.0)
        return np.asarray(numbers.to_numpy(), dtype=float)

    since = read("age_days") - read("first_to_last_days")
    count = read("frequency") + 1
    columns = {
        "since_order_days": since,
        "overdue": since / read("cycle_days"),
        "purchases": count,
        "age_days": read("age_days"),
        "mean_spend_fen": read("spend_fen") / count,
        "last_spend_fen": read("last_spend_fen"),
        "refunded_share": read("refunds") / np.maximum(read("orders"), 1),
        "cycle_days": read("cycle_days"),
    }
    told = {name for names in GROUPS.values() for name in names}
    return columns | {
        name: read(name) for name in table.column_names if name in told - set(columns)
    }
