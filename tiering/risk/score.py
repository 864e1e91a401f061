"""The score of risk: 100 points are no sign at all; each sign costs by its curve in the policy."""

from dataclasses import dataclass

import narwhals as nw

from tiering.content import posts_of_customers
from tiering.curves import settled
from tiering.frames import Frame, settle
from tiering.policy import RiskPolicy, RiskSigns
from tiering.reasons import tenths
from tiering.risk.linked import measure_linked
from tiering.risk.payments import measure_payments
from tiering.risk.reports import measure_reports
from tiering.risk.returns import measure_returns
from tiering.risk.words import measure_words
from tiering.times import Moment, day_of

ENGLISH = "in the window refunds of {} among {} orders, device changes {}, adverts {}%"
CHINESE = "近期 {} 单退款（共 {} 单），更换设备 {} 次，广告占 {}%"
SUMS = ("bought", "paid_back", "device_events", "texts", "adverts")
SIGNS = ("returns", "payments", "linked", "words", "reports")
"""The further signs, in the order in which a reason tells them."""
FIGURES = ("quick_returns", "burst", "linked", "violations", "unfounded_reports")
LOST = (
    "lost_returned",
    "lost_quick_returns",
    "lost_payments",
    "lost_linked",
    "lost_violations",
    "lost_reports",
)


@dataclass(frozen=True, slots=True)
class Seen:
    """The checked tables that risk looks at; None where a table was not given."""

    orders: Frame
    signals: Frame
    engagement: Frame | None = None
    links: Frame | None = None


def measure_risk(seen: Seen, moment: Moment, policy: RiskPolicy) -> Frame:
    """Return one row a customer.

    Columns, over the window: `bought` orders and those `paid_back` in part or in full,
    `device_events`, what each sign costs (`lost_refunds`: only from `least_orders` on,
    `lost_devices`, `lost_risk_adverts`), `risk` from 0 (all signs) to 100 (none), and the figures
    as a sentence, `risk_en`, `risk_zh`. Where the policy has `signs`, also the columns of
    `FIGURES` and `LOST`; what was found is told at the end of the sentence.
    """
    recent = _recent(seen, moment, policy)
    signs = _signs(recent, moment, policy)
    tables = [_orders(recent.orders), _texts(recent.signals)]
    if recent.engagement is not None:
        tables.append(_devices(recent.engagement))
    tables += [_nothing(sign) for sign in signs.values()]
    sums = nw.concat(tables).group_by("customer_id").agg(nw.col(*SUMS).sum())
    costs = _costs(sums.with_columns(nw.col(*SUMS).cast(nw.Int64)), policy)
    return _told(settle(_with_signs(costs, signs) if policy.signs else _scored(costs, ())))


def _recent(seen: Seen, moment: Moment, policy: RiskPolicy) -> Seen:
    """Return what lies in the window; a link without a time counts as ever."""

    def within(time: str) -> nw.Expr:
        return moment.day - day_of(nw.col(time)) < policy.window_days

    events, links = seen.engagement, seen.links
    return Seen(
        orders=seen.orders.filter(within("ordered_at")),
        signals=posts_of_customers(seen.signals, within("created_at")),
        engagement=None if events is None else events.filter(within("at")),
        links=None if links is None else links.filter(nw.col("at").is_null() | within("at")),
    )


def _signs(recent: Seen, moment: Moment, policy: RiskPolicy) -> dict[str, Frame]:
    """Return the frames of the further signs that can be measured, by name."""
    signs = policy.signs
    if signs is None:
        return {}
    found: dict[str, Frame | None] = {
        "returns": measure_returns(recent.orders, signs, policy.least_orders),
        "payments": measure_payments(recent.orders, moment, signs),
        "linked": _linked(recent, signs),
        "words": None,
        "reports": None,
    }
    if signs.words:
        found["words"] = measure_words(recent.signals, signs.words, signs)
    if recent.engagement is not None:
        found["reports"] = measure_reports(recent.engagement, signs)
    return {name: settle(frame) for name, frame in found.items() if frame is not None}


def _linked(recent: Seen, signs: RiskSigns) -> Frame | None:
    events = recent.engagement
    devices = None if events is None else events.filter(_is("device"))
    return measure_linked(recent.links, devices, signs)


def _is(event: str) -> nw.Expr:
    return nw.col("event").str.to_lowercase() == event


def _orders(orders: Frame) -> Frame:
    paid_back = (nw.col("refunded") > 0).cast(nw.Int64)
    return _rows(orders, nw.col("ordered_at"), bought=1, paid_back=paid_back)


def _texts(signals: Frame) -> Frame:
    return _rows(signals, nw.col("created_at"), texts=1, adverts=nw.col("spam"))


def _devices(engagement: Frame) -> Frame:
    return _rows(engagement.filter(_is("device")), nw.col("at"), device_events=1)


def _nothing(sign: Frame) -> Frame:
    """Return the customers of a sign with 0 everywhere, so that none of them is left out."""
    return sign.select("customer_id", **{name: nw.lit(0).cast(nw.Int64) for name in SUMS})


def _rows(frame: Frame, time: nw.Expr, **given: nw.Expr | int) -> Frame:
    """Return what each row adds to `SUMS`: as given, else 0."""
    nothing = (time * 0).cast(nw.Int64)
    cells = {name: (nothing + given.get(name, 0)).cast(nw.Int64) for name in SUMS}
    return frame.select("customer_id", **cells)


def _costs(customers: Frame, policy: RiskPolicy) -> Frame:
    enough = nw.col("bought") >= policy.least_orders
    orders = nw.when(nw.col("bought") > 0).then(nw.col("bought")).otherwise(1)
    texts = nw.when(nw.col("texts") > 0).then(nw.col("texts")).otherwise(1)
    refunds = policy.refunds.at(nw.col("paid_back") / orders)
    return customers.with_columns(
        lost_refunds=nw.when(enough).then(refunds).otherwise(0.0),
        lost_devices=policy.devices.at(nw.col("device_events")),
        lost_adverts=nw.col("adverts") / texts * policy.adverts,
        advert_share=nw.col("adverts") * 100 / texts,
    )


def _with_signs(customers: Frame, signs: dict[str, Frame]) -> Frame:
    """Return the customers with the further signs, 0 and no words where there is none."""
    for sign in signs.values():
        customers = customers.join(sign, on="customer_id", how="left")
    present = customers.collect_schema().names()
    nothing = nw.col("bought") * 0
    absent: dict[str, nw.Expr] = {
        name: nothing.cast(nw.Int64) for name in FIGURES if name not in present
    }
    absent |= {name: nothing.cast(nw.Float64) for name in LOST if name not in present}
    filled = customers.with_columns(
        *(nw.col(name).fill_null(0) for name in FIGURES if name in present),
        *(nw.col(name).fill_null(0.0) for name in LOST if name in present),
        *(nw.col(f"{n}_{tongue}").fill_null("") for n in signs for tongue in ("en", "zh")),
        **absent,
    )
    return _scored(settle(filled), tuple(signs))


def _scored(customers: Frame, told: tuple[str, ...]) -> Frame:
    lost = nw.col("lost_refunds") + nw.col("lost_devices") + nw.col("lost_adverts")
    if told:
        for name in LOST:
            lost = lost + nw.col(name)
    found = {f"more_{tongue}": _joined(told, tongue) for tongue in ("en", "zh")}
    return customers.with_columns(risk=settled(100 - lost), **found)


def _joined(told: tuple[str, ...], tongue: str) -> nw.Expr:
    if not told:
        return nw.lit("")
    return nw.format("{}" * len(told), *(nw.col(f"{name}_{tongue}") for name in told))


def _told(customers: Frame) -> Frame:
    counts = (nw.col(name) for name in ("paid_back", "bought", "device_events"))
    figures = (*counts, tenths(nw.col("advert_share")))
    told = customers.with_columns(
        risk_en=nw.format(f"{ENGLISH}{{}}", *figures, nw.col("more_en")),
        risk_zh=nw.format(f"{CHINESE}{{}}", *figures, nw.col("more_zh")),
    )
    told = told.rename({"lost_adverts": "lost_risk_adverts", "adverts": "risk_adverts"})
    aside = ("texts", "advert_share", "more_en", "more_zh")
    sentences = [f"{n}_{tongue}" for n in SIGNS for tongue in ("en", "zh")]
    names = told.collect_schema().names()
    return told.drop(*aside, *(name for name in sentences if name in names))
