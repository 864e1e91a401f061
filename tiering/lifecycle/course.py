"""What the stages are told by: a customer's time with us, cycle, trends and last sign of life.

Everything is whole numbers, so that every engine gives the same stages.
"""

from collections.abc import Mapping

import narwhals as nw

from tiering.frames import Frame, settle
from tiering.lifecycle.policy import LifecyclePolicy
from tiering.lifecycle.sources import Sources

TIMES = ("tenure_days", "purchases", "cycle_days", "since_order_days", "since_sign_days")
TRENDS = ("orders", "active_days", "features", "reached", "answered")
COURSE = (
    "customer_id",
    *TIMES,
    "window_days",
    "own_cycle",
    *(f"{name}_{window}" for name in TRENDS for window in ("recent", "before")),
    "leaving",
)
"""Columns of `measure_course`; whole numbers but for the first."""


def measure_course(sources: Sources, policy: LifecyclePolicy) -> Frame:
    """Return `COURSE` of every customer who bought, did or said something.

    `tenure_days` since the first row of the customer, `purchases` on so many days, `cycle_days`
    between them (`own_cycle` 1, or the industry's: 0), days since the last purchase (null without)
    and since the last sign of life; then each trend in the last `window_days` and in as many
    before: purchases, active days, kinds of events, messages that reached the customer and answers
    to them; `leaving` counts what was said in the window, after the last purchase, of going away.
    """
    signs = settle(_signs(sources, policy))
    customers = settle(_timed(signs, sources, policy))
    kinds = policy.messages
    parts = [_counted(sources.purchases(), customers, sources, {"orders": None})]
    if sources.events is not None:
        own = sources.events.filter(~nw.col("event").is_in(list(kinds.reached)))
        days, features = (
            own.select("customer_id", *names).unique() for names in (("day",), ("event", "day"))
        )
        lists = {"reached": list(kinds.reached), "answered": list(kinds.answered)}
        parts += [
            _counted(days, customers, sources, {"active_days": None}),
            _features(features, customers, sources),
            _counted(sources.events, customers, sources, lists),
        ]
    if sources.said is not None:
        parts.append(_leaving(sources.said, customers, sources))
    for part in parts:
        customers = customers.join(part, on="customer_id", how="left")
    present = customers.collect_schema().names()
    counts = [name for name in COURSE if name not in (*TIMES, "customer_id", "window_days")]
    whole = {n: (nw.col(n) if n in present else nw.lit(0)).fill_null(0) for n in counts}
    return settle(
        customers.with_columns(**{n: each.cast(nw.Int64) for n, each in whole.items()}).select(
            *COURSE
        )
    )


def _signs(sources: Sources, policy: LifecyclePolicy) -> Frame:
    """Return `customer_id` and `day` of everything that a customer did or said."""
    rows = [sources.orders.select("customer_id", "day")]
    if sources.events is not None:
        own = ~nw.col("event").is_in(list(policy.messages.reached))
        rows.append(sources.events.filter(own).select("customer_id", "day"))
    if sources.said is not None:
        rows.append(sources.said.select("customer_id", "day"))
    return nw.concat(rows) if len(rows) > 1 else rows[0]


def _timed(signs: Frame, sources: Sources, policy: LifecyclePolicy) -> Frame:
    today, bounds = sources.moment.day, policy.cycle
    bought = (
        sources.purchases()
        .with_columns(
            one=nw.col("day") * 0 + 1
        )  # a sum keeps its type in pandas, a length does not
        .group_by("customer_id")
        .agg(
            nw.col("one").sum().alias("purchases"),
            nw.col("day").min().alias("first_purchase"),
            nw.col("day").max().alias("last_purchase"),
        )
    )
    seen = signs.group_by("customer_id").agg(
        nw.col("day").min().alias("first"), nw.col("day").max().alias("last")
    )
    joined = seen.join(bought, on="customer_id", how="left")
    joined = joined.with_columns(purchases=nw.col("purchases").fill_null(0))
    own = (nw.col("purchases") - 1 >= bounds.least_gaps).cast(nw.Int64)
    joined = joined.with_columns(own_cycle=own).with_columns(mean_gap=_mean_gap())
    cycle = _within(nw.col("mean_gap"), bounds.shortest, bounds.longest)
    chosen = nw.when(nw.col("own_cycle") == 1).then(cycle).otherwise(policy.in_days())
    joined = joined.with_columns(cycle_days=chosen.cast(nw.Int64))
    window = (nw.col("cycle_days") * policy.trend.cycles).floor().cast(nw.Int64)
    return joined.select(
        "customer_id",
        tenure_days=(today - nw.col("first")).cast(nw.Int64),
        purchases=nw.col("purchases").cast(nw.Int64),
        cycle_days=nw.col("cycle_days"),
        since_order_days=(today - nw.col("last_purchase")).cast(nw.Int64),
        since_sign_days=(today - nw.col("last")).cast(nw.Int64),
        window_days=_within(window, 1, None).cast(nw.Int64),
        own_cycle=nw.col("own_cycle"),
    )


def _mean_gap() -> nw.Expr:
    """Return whole days between purchases, half a day up; 0 where there is no gap."""
    gaps = nw.when(nw.col("purchases") > 1).then(nw.col("purchases") - 1).otherwise(1)
    span = (nw.col("last_purchase") - nw.col("first_purchase")).fill_null(0)
    return (2 * span + gaps) // (2 * gaps)


def _within(number: nw.Expr, low: int, high: int | None) -> nw.Expr:
    """Return a column that is never null, held within bounds."""
    held = nw.when(number < low).then(low).otherwise(number)
    return held if high is None else nw.when(number > high).then(high).otherwise(held)


def _aged(rows: Frame, customers: Frame, sources: Sources) -> Frame:
    """Return the rows with flags `is_recent` and `is_before`, by each customer's own window."""
    windows = customers.select("customer_id", "window_days", "since_order_days")
    aged = rows.join(windows, on="customer_id", how="inner")
    age, window = sources.moment.day - nw.col("day"), nw.col("window_days")
    return aged.with_columns(
        is_recent=(age < window).cast(nw.Int64),
        is_before=((age >= window) & (age < 2 * window)).cast(nw.Int64),
    )


def _counted(
    rows: Frame, customers: Frame, sources: Sources, kinds: Mapping[str, list[str] | None]
) -> Frame:
    """Return how many rows each window has, for each name those of its kinds of events."""
    flags = {}
    for name, events in kinds.items():
        counts = 1 if events is None else nw.col("event").is_in(events).cast(nw.Int64)
        flags[f"{name}_recent"] = nw.col("is_recent") * counts
        flags[f"{name}_before"] = nw.col("is_before") * counts
    aged = _aged(rows, customers, sources).select("customer_id", **flags)
    return settle(aged.group_by("customer_id").agg(nw.col(*flags).sum()))


def _features(rows: Frame, customers: Frame, sources: Sources) -> Frame:
    """Return how many different kinds of events each window has."""
    aged = _aged(rows, customers, sources)
    used = aged.group_by("customer_id", "event").agg(nw.col("is_recent", "is_before").max())
    return settle(
        used.group_by("customer_id").agg(
            nw.col("is_recent").sum().alias("features_recent"),
            nw.col("is_before").sum().alias("features_before"),
        )
    )


def _leaving(said: Frame, customers: Frame, sources: Sources) -> Frame:
    aged = _aged(said.filter(nw.col("intents_churn") == 1), customers, sources)
    later = nw.col("since_order_days").is_null() | (
        sources.moment.day - nw.col("day") < nw.col("since_order_days")
    )
    flags = aged.select("customer_id", leaving=nw.col("is_recent") * later.cast(nw.Int64))
    return settle(flags.group_by("customer_id").agg(nw.col("leaving").sum()))
