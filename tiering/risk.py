"""Signs of risk: refunds of most orders, many devices, adverts. 100 points are no sign at all."""

import narwhals as nw

from tiering.content import posts_of_customers
from tiering.curves import settled
from tiering.frames import Frame
from tiering.policy import RiskPolicy
from tiering.reasons import tenths
from tiering.times import Moment, day_of

ENGLISH = "in the window refunds of {} among {} orders, device changes {}, adverts {}%"
CHINESE = "近期 {} 单退款（共 {} 单），更换设备 {} 次，广告占 {}%"
SUMS = ("bought", "paid_back", "device_events", "texts", "adverts")


def measure_risk(
    orders: Frame, signals: Frame, engagement: Frame | None, moment: Moment, policy: RiskPolicy
) -> Frame:
    """Return one row a customer from checked tables.

    Columns, over the window: `bought` orders and those `paid_back` in part or in full,
    `device_events`, what each sign costs (`lost_refunds`: only from `least_orders` on,
    `lost_devices`, `lost_adverts`), `risk` from 0 (all signs) to 100 (none), and the figures as a
    sentence, `risk_en`, `risk_zh`.
    """
    tables = [_orders(orders, moment, policy), _texts(signals, moment, policy)]
    if engagement is not None:
        tables.append(_devices(engagement, moment, policy))
    sums = nw.concat(tables).group_by("customer_id").agg(nw.col(*SUMS).sum())
    return _told(_scored(sums.with_columns(nw.col(*SUMS).cast(nw.Int64)), policy))


def _orders(orders: Frame, moment: Moment, policy: RiskPolicy) -> Frame:
    age = moment.day - day_of(nw.col("ordered_at"))
    paid_back = (nw.col("refunded") > 0).cast(nw.Int64)
    recent = orders.filter(age < policy.window_days)
    return _rows(recent, nw.col("ordered_at"), bought=1, paid_back=paid_back)


def _texts(signals: Frame, moment: Moment, policy: RiskPolicy) -> Frame:
    age = moment.day - day_of(nw.col("created_at"))
    recent = posts_of_customers(signals, age < policy.window_days)
    return _rows(recent, nw.col("created_at"), texts=1, adverts=nw.col("spam"))


def _devices(engagement: Frame, moment: Moment, policy: RiskPolicy) -> Frame:
    age = moment.day - day_of(nw.col("at"))
    is_device = nw.col("event").str.to_lowercase() == "device"
    return _rows(
        engagement.filter(is_device & (age < policy.window_days)), nw.col("at"), device_events=1
    )


def _rows(frame: Frame, time: nw.Expr, **given: nw.Expr | int) -> Frame:
    """Return what each row adds to `SUMS`: as given, else 0."""
    nothing = (time * 0).cast(nw.Int64)
    cells = {name: (nothing + given.get(name, 0)).cast(nw.Int64) for name in SUMS}
    return frame.select("customer_id", **cells)


def _scored(customers: Frame, policy: RiskPolicy) -> Frame:
    enough = nw.col("bought") >= policy.least_orders
    orders = nw.when(nw.col("bought") > 0).then(nw.col("bought")).otherwise(1)
    texts = nw.when(nw.col("texts") > 0).then(nw.col("texts")).otherwise(1)
    refunds = policy.refunds.at(nw.col("paid_back") / orders)
    customers = customers.with_columns(
        lost_refunds=nw.when(enough).then(refunds).otherwise(0.0),
        lost_devices=policy.devices.at(nw.col("device_events")),
        lost_adverts=nw.col("adverts") / texts * policy.adverts,
        advert_share=nw.col("adverts") * 100 / texts,
    )
    lost = nw.col("lost_refunds") + nw.col("lost_devices") + nw.col("lost_adverts")
    return customers.with_columns(risk=settled(100 - lost))


def _told(customers: Frame) -> Frame:
    counts = (nw.col(name) for name in ("paid_back", "bought", "device_events"))
    figures = (*counts, tenths(nw.col("advert_share")))
    told = customers.with_columns(
        risk_en=nw.format(ENGLISH, *figures), risk_zh=nw.format(CHINESE, *figures)
    )
    return told.rename({"lost_adverts": "lost_risk_adverts", "adverts": "risk_adverts"}).drop(
        "texts", "advert_share"
    )
