"""Recency, frequency, money: what a customer is worth by the orders.

Two figures of the field are called recency. Here `recency_days` is the segment's: whole days in
China from the last order to the moment of scoring; lifetime-value models mean the days between
the first and the last purchase instead, which `tiering.lifetime` names `first_to_last_days`.
"""

from dataclasses import replace
from datetime import date, datetime
from functools import reduce
from operator import add

import narwhals as nw
import pyarrow.compute as pc

from tiering.check import check
from tiering.counting import EVERY_ORDER, OrderCounting, order_counting
from tiering.curves import UNIT, Curve, settled, weighted
from tiering.frames import Frame, Native, collect, give_back, settle
from tiering.merges import open_merges, remapped
from tiering.policy import Policy, RfmPolicy
from tiering.policy_file import load_policy
from tiering.reasons import tenths, yuan
from tiering.times import Moment, day_of, moment_of

GRADES = 5
GRADE_POINTS = 20
QUINTILES = [0.0, 0.2, 0.4, 0.6, 0.8, 1.0]
ENGLISH = "last kept order {} days ago; in the window orders {}, ¥{}; refunded orders {} ({})"
CHINESE = "距上次有效下单 {} 天；近期 {} 单，实付 ¥{}；退款 {} 单（{}）"
COUNTED_ENGLISH = "; after promotions and time they count as {} orders, ¥{}"
COUNTED_CHINESE = "；计入促销与时间后按 {} 单、¥{} 计"
ABILITY_ENGLISH = "; ¥{} a kept order"
ABILITY_CHINESE = "；每个有效订单 ¥{}"
GRADED = tuple(f"{name}_points" for name in ("recency", "frequency", "monetary"))
EXPLAINED = (*GRADED, "ability_points")
"""What `explain` reads besides the figures."""


def rfm(orders: Native, *, as_of: date | datetime | str, policy: Policy | None = None) -> Native:
    """Return recency, frequency and money of every customer with an order, by customer_id.

    Parameters
    ----------
    orders
        A pandas, Polars, DuckDB or PySpark frame by the `orders` contract; amounts in fen. It is
        not collected.
    as_of
        Day (to its end in China) or moment of scoring; later orders are not used.
    policy
        Curves and window; the shipped policy when None.

    Returns
    -------
    Native
        Frame of the same engine, see `measure_rfm` for its columns. Rows that break the contract
        are left out; `score_run` lists them.

    Raises
    ------
    ContractError, EngineError, AsOfError
        See there.
    """
    moment = moment_of(as_of)
    good = check(orders, "orders", moment).good
    chosen = policy or load_policy()
    measured = measure_rfm(good, moment, chosen.rfm, order_counting(chosen))
    hidden = ("commercial_en", "commercial_zh", *EXPLAINED)
    return give_back(measured.drop(hidden).sort("customer_id"), orders)


def measure_rfm(
    orders: Frame, moment: Moment, policy: RfmPolicy, counting: OrderCounting = EVERY_ORDER
) -> Frame:
    """Return one row a customer from checked orders.

    Columns: `recency_days` since the last order that was kept (null: all were paid back in full),
    `frequency` and `monetary` (kept orders, and fen after refunds, in the window), `orders`,
    `refunds`, `refunded_fen`, `tenure_days` since the first order; consumption ability:
    `mean_order_fen` and `largest_order_fen` of the orders kept in the window, whole fen after
    refunds (null without any); `counted_orders` and `counted_fen`, what of frequency and money
    counts by `counting`; grades `r f m` from 1 to 5, `commercial` from 0 to 100, and the figures
    as a sentence, `commercial_en`, `commercial_zh`.
    """
    measured = figures(orders, moment, policy.window_days, counting)
    return _told(
        settle(_scored(measured, policy)), counting, weighs_ability=policy.weights.ability > 0
    )


def figures(
    orders: Frame, moment: Moment, window_days: int, counting: OrderCounting = EVERY_ORDER
) -> Frame:
    """Return the plain figures of `measure_rfm`, before any curve."""
    day = day_of(nw.col("ordered_at"))
    kept = (nw.col("refunded") < nw.col("amount")) | (nw.col("amount") == 0)
    recent = day > moment.day - window_days
    weight = counting.weight(day, moment, window_days)
    paid = nw.col("amount") - nw.col("refunded")
    rows = orders.select(
        "customer_id",
        day.alias("first_day"),
        nw.when(kept).then(day).alias("last_kept_day"),
        (kept & recent).cast(nw.Int64).alias("frequency"),
        nw.when(recent).then(paid).otherwise(0).alias("monetary"),
        nw.when(kept & recent).then(weight).otherwise(0).alias("counted_orders"),
        nw.when(recent).then(_part(paid, weight)).otherwise(0).alias("counted_fen"),
        nw.when(kept & recent).then(paid).otherwise(0).alias("kept_fen"),
        (nw.col("refunded") > 0).cast(nw.Int64).alias("refunds"),
        nw.col("refunded").alias("refunded_fen"),
    )
    return (
        rows.group_by("customer_id")
        .agg(
            nw.len().alias("orders"),
            nw.col("first_day").min(),
            nw.col("last_kept_day").max(),
            nw.col("frequency", "monetary", "refunds", "refunded_fen").sum(),
            nw.col("counted_orders", "counted_fen").sum(),
            nw.col("kept_fen").sum(),
            nw.col("kept_fen").max().alias("largest_fen"),
        )
        .select(
            "customer_id",
            (moment.day - nw.col("last_kept_day")).cast(nw.Int64).alias("recency_days"),
            nw.col("frequency", "monetary", "orders", "refunds", "refunded_fen").cast(nw.Int64),
            (moment.day - nw.col("first_day")).cast(nw.Int64).alias("tenure_days"),
            _of_kept(nw.col("kept_fen") // _kept_orders()).alias("mean_order_fen"),
            _of_kept(nw.col("largest_fen")).alias("largest_order_fen"),
            nw.col("counted_orders").cast(nw.Int64) / UNIT,
            nw.col("counted_fen").cast(nw.Int64),
        )
    )


def _kept_orders() -> nw.Expr:
    """Return the orders kept in the window as a divisor, 1 where there are none."""
    return nw.when(nw.col("frequency") > 0).then(nw.col("frequency").cast(nw.Int64)).otherwise(1)


def _of_kept(fen: nw.Expr) -> nw.Expr:
    """Return fen of the orders kept in the window, null where there are none."""
    return nw.when(nw.col("frequency") > 0).then(fen.cast(nw.Int64))


def _part(fen: nw.Expr, units: nw.Expr) -> nw.Expr:
    """Return whole fen times a weight in `UNIT`s; parted, so that no product exceeds 64 bits."""
    whole, rest = fen // UNIT, fen - fen // UNIT * UNIT
    return whole * units + rest * units // UNIT


def _scored(customers: Frame, policy: RfmPolicy) -> Frame:
    weights = policy.weights
    if policy.ability is None:
        ability = nw.col("counted_orders") * 0.0
    else:
        ability = policy.ability.at(nw.col("mean_order_fen")).fill_null(0.0)
    customers = customers.with_columns(
        recency_points=policy.recency.at(nw.col("recency_days")).fill_null(0.0),
        frequency_points=policy.frequency.at(nw.col("counted_orders")),
        monetary_points=policy.monetary.at(nw.col("counted_fen")),
        ability_points=ability,
    )
    shares = (weights.recency, weights.frequency, weights.monetary, weights.ability)
    total = weighted(dict(zip(EXPLAINED, shares, strict=True)))
    return customers.with_columns(settled(total).alias("commercial")).with_columns(
        **{name: _grade(nw.col(full)) for name, full in zip("rfm", GRADED, strict=True)}
    )


def _grade(points: nw.Expr) -> nw.Expr:
    """Return the grade of points: 1 below 20, 2 below 40, to 5 from 80."""
    reached = [(points >= GRADE_POINTS * step).cast(nw.Int64) for step in range(1, GRADES)]
    return reduce(add, reached) + 1


def _told(customers: Frame, counting: OrderCounting, *, weighs_ability: bool) -> Frame:
    customers = customers.with_columns(
        said_days=nw.col("recency_days").cast(nw.String).fill_null("–"),
        said_money=yuan(nw.col("monetary")),
        said_grades=nw.format("R{} F{} M{}", *(nw.col(name) for name in "rfm")),
    )
    names = ("said_days", "frequency", "said_money", "refunds", "said_grades")
    told, english, chinese = [nw.col(name) for name in names], ENGLISH, CHINESE
    if not counting.is_plain():
        told += [tenths(nw.col("counted_orders")), yuan(nw.col("counted_fen"))]
        english, chinese = english + COUNTED_ENGLISH, chinese + COUNTED_CHINESE
    if weighs_ability:
        told.append(yuan(nw.col("mean_order_fen").fill_null(0)))
        english, chinese = english + ABILITY_ENGLISH, chinese + ABILITY_CHINESE
    return customers.with_columns(
        commercial_en=nw.format(english, *told), commercial_zh=nw.format(chinese, *told)
    ).drop("said_days", "said_money", "said_grades")


def quantile_policy(
    orders: object, *, as_of: date | datetime | str, policy: Policy, merges: object = None
) -> Policy:
    """Return the policy with RFM curves cut at the quintiles of these orders.

    The cuts are then fixed in the policy: later scores move with the customer, not with the
    others. Where many customers share a figure, cuts that fall together become one, with the
    highest of their points. `policy_text` writes the policy to a file. The figures of every
    customer are collected, of whichever engine the orders are. Ids that `merges` leads to one
    customer are one.
    """
    moment = moment_of(as_of)
    known, _ = open_merges(merges, moment)
    good, window = check(remapped(orders, known), "orders", moment).good, policy.rfm.window_days
    table = collect(figures(good, moment, window, order_counting(policy)))
    if table.num_rows == 0:
        return policy
    recency, frequency, monetary = (
        pc.quantile(table[name], QUINTILES, interpolation="lower").to_pylist()
        for name in ("recency_days", "counted_orders", "counted_fen")
    )
    cuts = replace(
        policy.rfm,
        recency=_cut(recency, falling=True),
        frequency=_cut(frequency),
        monetary=_cut(monetary),
    )
    return replace(policy, version=f"{policy.version}-quantiles-{moment.text}", rfm=cuts)


def _cut(figures_at: list[float | None], *, falling: bool = False) -> Curve:
    """Return the curve through 0, 20, ... 100 points at the quintiles, falling for days."""
    steps = [float(GRADE_POINTS * number) for number in range(GRADES + 1)]
    points = reversed(steps) if falling else steps
    found: dict[float, float] = {}
    for figure, value in zip(figures_at, points, strict=True):
        key = float(figure or 0)
        found[key] = max(value, found.get(key, 0.0))
    if len(found) == 1:
        (only,) = found
        found[only + 1] = found[only]
    return Curve(tuple(sorted(found.items())))
