"""Facts and features of orders and refunds.

A refund is told where its order stands: `refunds_30d` are orders of the last 30 days that were
paid back, in part or in full, as far as that is known. Only `last_refund` is the day of the
refund itself.
"""

from collections.abc import Mapping

import narwhals as nw

from nlp.message import Message
from tiering.features.feature import EVER, Fact
from tiering.features.grammar import EVERY, Line, features_of, shares, since, totals, trends
from tiering.frames import Frame
from tiering.times import DAY_US, OFFSET_US, Moment, day_of

WEEK, THURSDAY, SATURDAY = 7, 3, 5
"""Of a week that begins with Monday, 0; day 0, 1970-01-01, was a Thursday."""
NIGHT_ENDS_US = 6 * DAY_US // 24

FACTS = (
    Fact("orders", Message("orders", "订单")),
    Fact("order_days", Message("days with an order", "有订单的日子"), "days"),
    Fact("kept_orders", Message("orders not paid back in full", "未全额退款的订单")),
    Fact("refunds", Message("orders paid back in part or in full", "有退款的订单")),
    Fact("full_refunds", Message("orders paid back in full", "全额退款的订单")),
    Fact("weekend_orders", Message("orders on Saturday or Sunday", "周六日的订单")),
    Fact("night_orders", Message("orders between 0 and 6 o'clock", "0 至 6 点的订单")),
    Fact("ordered_fen", Message("money ordered", "下单金额")),
    Fact("paid_fen", Message("money ordered less what was paid back", "扣除退款的实付金额")),
    Fact("refunded_fen", Message("money paid back", "退款金额")),
    Fact("largest_order_fen", Message("the largest order after refunds", "最大单笔实付"), "max"),
    Fact("smallest_order_fen", Message("the smallest order after refunds", "最小单笔实付"), "min"),
    Fact("last_order", Message("the last order", "最近一次下单"), "min"),
    Fact("last_kept_order", Message("the last order kept", "最近一次未全额退款的下单"), "min"),
    Fact("first_order", Message("the first order", "首次下单"), "max"),
    Fact("last_refund", Message("the last refund", "最近一次退款"), "min"),
)

COUNTS = ("orders", "order_days", "kept_orders", "refunds", "full_refunds")
MONEY = ("ordered_fen", "paid_fen", "refunded_fen")
COURSE = ("first_order", "last_order", "order_days")

LINES = (
    *totals(COUNTS, EVERY),
    *totals(MONEY, EVERY, "fen"),
    Line("mean_order_fen", "mean", ("paid_fen", "kept_orders"), "fen", EVERY),
    Line("largest_order_fen", "largest", ("largest_order_fen",), "fen", EVERY),
    Line("smallest_order_fen", "smallest", ("smallest_order_fen",), "fen", EVERY),
    *shares(
        EVERY,
        refund_share=("refunds", "orders"),
        refunded_money_share=("refunded_fen", "ordered_fen"),
        weekend_order_share=("weekend_orders", "orders"),
        night_order_share=("night_orders", "orders"),
    ),
    *trends("orders", "paid_fen", "refunds"),
    *since("last_order", "last_kept_order", "first_order", "last_refund"),
    Line("mean_order_gap_days", "gap", COURSE, "days", (EVER,)),
    Line("order_lateness", "lateness", COURSE, "ratio", (EVER,)),
)

FEATURES = features_of("orders", FACTS, LINES)


def rows(orders: Frame, moment: Moment) -> tuple[Frame, Mapping[str, nw.Expr]]:
    """Return checked orders, and the facts of each as expressions, with its `age` in days."""
    day, local = day_of(nw.col("ordered_at")), nw.col("ordered_at") + OFFSET_US
    amount, refunded = nw.col("amount"), nw.col("refunded")
    kept = (refunded < amount) | (amount == 0)
    age, paid = moment.day - day, amount - refunded
    known = nw.coalesce("refunded_at", "ordered_at")
    weekday = (day + THURSDAY) - (day + THURSDAY) // WEEK * WEEK
    return orders, {
        "age": age,
        "orders": day * 0 + 1,
        "order_days": day * 0 + 1,
        "kept_orders": kept.cast(nw.Int64),
        "refunds": (refunded > 0).cast(nw.Int64),
        "full_refunds": (~kept).cast(nw.Int64),
        "weekend_orders": (weekday >= SATURDAY).cast(nw.Int64),
        "night_orders": (local - local // DAY_US * DAY_US < NIGHT_ENDS_US).cast(nw.Int64),
        "ordered_fen": amount,
        "paid_fen": paid,
        "refunded_fen": refunded,
        "largest_order_fen": nw.when(kept).then(paid),
        "smallest_order_fen": nw.when(kept).then(paid),
        "last_order": age,
        "last_kept_order": nw.when(kept).then(age),
        "first_order": age,
        "last_refund": nw.when(refunded > 0).then(moment.day - day_of(known)),
    }
