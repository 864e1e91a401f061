"""What the score card tells of lifetime: three figures a customer, and a sentence with them."""

import narwhals as nw
import numpy as np
import pyarrow as pa

from tiering.frames import Frame, attach
from tiering.lifetime.customers import measure_lifetime
from tiering.lifetime.settings import YEAR_DAYS, Horizon, LifetimeSettings
from tiering.policy import LifetimePolicy
from tiering.reasons import tenths, yuan
from tiering.times import Moment

ENGLISH = (
    "next 12 months: {} orders expected, worth ¥{}; still active with {}%: "
    "bought on {} days within {}, the last {} days ago"
)
CHINESE = (
    "未来 12 个月预计 {} 单，价值 ¥{}；仍活跃的概率 {}%："
    "{} 个下单日，历时 {} 天，最近一次在 {} 天前"
)


def of_policy(orders: Frame, moment: Moment, policy: LifetimePolicy) -> Frame:
    """Return `p_alive`, `expected_orders_12m`, `value_12m` (fen) of customers with a purchase.

    `lifetime_en` and `lifetime_zh` say the same in a sentence.

    Raises
    ------
    FitError
        The model cannot be fitted to these orders.
    """
    horizon = Horizon(YEAR_DAYS, policy.yearly_discount)
    settings = LifetimeSettings(policy.model, horizon, policy.last_share)
    found = measure_lifetime(orders, moment, settings)
    rows = found.customers.rows
    table = pa.table(
        {
            "customer_id": found.customers.ids,
            "p_alive": found.p_alive,
            "expected_orders_12m": found.expected_orders,
            "value_12m": np.floor(found.value + 0.5).astype(np.int64),
            "bought_days": (rows.frequency + 1).astype(np.int64),
            "span_days": (rows.recency + 1).astype(np.int64),
            "ago_days": (rows.age - rows.recency).astype(np.int64),
        }
    )
    return _told(attach(table, orders))


def _told(customers: Frame) -> Frame:
    customers = customers.with_columns(
        said_orders=tenths(nw.col("expected_orders_12m")),
        said_value=yuan(nw.col("value_12m")),
        said_alive=tenths(nw.col("p_alive") * 100),
    )
    names = ("said_orders", "said_value", "said_alive", "bought_days", "span_days", "ago_days")
    figures = [nw.col(name) for name in names]
    return customers.select(
        "customer_id",
        "p_alive",
        "expected_orders_12m",
        "value_12m",
        lifetime_en=nw.format(ENGLISH, *figures),
        lifetime_zh=nw.format(CHINESE, *figures),
    )
