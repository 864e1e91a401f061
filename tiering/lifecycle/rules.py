"""The rules of the stages, in order; the last one that holds decides.

So a stage is what remains true after everything that could take it further: who declines is also
mature by the counts, and who is lost is also dormant. Signs of decline have points of their own.
"""

from dataclasses import dataclass
from functools import reduce
from operator import add
from types import MappingProxyType

import narwhals as nw

from tiering.lifecycle.policy import LifecyclePolicy
from tiering.reasons import Reason, tenths

STAGES = MappingProxyType(
    {
        "introduction": "导入",
        "growth": "成长",
        "mature": "成熟",
        "decline": "衰退",
        "dormant": "沉睡",
        "lost": "流失",
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """One stage, when it holds, and the sentence that says so."""

    stage: str
    holds: nw.Expr
    reason: Reason


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of decline: its key in the policy, when it shows, and its sentence."""

    key: str
    shows: nw.Expr
    reason: Reason


def rules(policy: LifecyclePolicy) -> tuple[Rule, ...]:
    """Return the rules over the columns of `measure_course`; the last one that holds decides."""
    return (
        Rule("introduction", _always(), _bought("too few to judge", "次数尚少")),
        Rule(
            "growth",
            nw.col("purchases") >= policy.growth.purchases,
            _bought("comes back", "已有复购"),
        ),
        Rule("mature", _mature(policy), _bought("buys steadily", "购买稳定")),
        Rule("decline", points(policy) >= policy.decline.points, _declines()),
        Rule("dormant", _silent(policy.dormant.order_cycles, policy.dormant.sign_cycles), _quiet()),
        Rule("lost", _silent(policy.lost.order_cycles, policy.lost.sign_cycles), _quiet()),
    )


def signs(policy: LifecyclePolicy) -> tuple[Sign, ...]:
    """Return the signs of decline, in the order in which they are told."""
    trend, overdue = policy.trend, policy.decline.overdue_cycles
    return (
        Sign("overdue", _later("since_order_days", overdue), _overdue(overdue)),
        Sign("orders", _fell(policy, "orders", trend.least_orders), _from_to("orders", "下单")),
        Sign(
            "activity",
            _fell(policy, "active_days", trend.least_days),
            _from_to("active_days", "活跃天数"),
        ),
        Sign(
            "features",
            _fell(policy, "features", trend.least_features),
            _from_to("features", "使用功能数"),
        ),
        Sign("response", _less_response(policy), _from_to("answered", "响应触达")),
        Sign(
            "leaving",
            nw.col("leaving") > 0,
            Reason(
                nw.format("said that they would leave, times: {}", nw.col("leaving")),
                nw.format("{} 次表示要离开", nw.col("leaving")),
            ),
        ),
    )


def points(policy: LifecyclePolicy) -> nw.Expr:
    """Return the points of all signs of decline that show."""
    worth = (
        nw.when(sign.shows).then(getattr(policy.decline, sign.key)).otherwise(0)
        for sign in signs(policy)
    )
    return reduce(add, worth)


def _always() -> nw.Expr:
    return nw.col("purchases") >= 0


def _mature(policy: LifecyclePolicy) -> nw.Expr:
    growth, mature = policy.growth, policy.mature
    recent, before = nw.col("orders_recent"), nw.col("orders_before")
    rising = (recent > before * growth.rise) & (recent - before >= growth.more)
    long = nw.col("tenure_days") >= nw.col("cycle_days") * mature.cycles
    return (nw.col("purchases") >= mature.purchases) & long & ~(rising & _comparable())


def _comparable() -> nw.Expr:
    """Whether the customer was there for both windows: else there is no trend to see."""
    return nw.col("tenure_days") >= 2 * nw.col("window_days") - 1


def _fell(policy: LifecyclePolicy, name: str, least: int) -> nw.Expr:
    recent, before = nw.col(f"{name}_recent"), nw.col(f"{name}_before")
    return _comparable() & (before >= least) & (recent <= before * policy.trend.fallen)


def _less_response(policy: LifecyclePolicy) -> nw.Expr:
    """Whether the share of our messages that were answered fell; multiplied out, never divided."""
    sent = (nw.col("reached_recent"), nw.col("reached_before"))
    told = (nw.col("answered_recent"), nw.col("answered_before"))
    enough = (sent[0] >= policy.trend.least_messages) & (sent[1] >= policy.trend.least_messages)
    fell = told[0] * sent[1] <= told[1] * sent[0] * policy.trend.fallen
    return _comparable() & enough & (told[1] > 0) & fell


def _later(name: str, cycles: float) -> nw.Expr:
    """Whether so many days are more than so many cycles; never where there are none."""
    return (nw.col(name) > nw.col("cycle_days") * cycles).fill_null(value=False)


def _silent(order_cycles: float, sign_cycles: float) -> nw.Expr:
    """Whether no order came for so long, and no sign of life; who never ordered has only signs."""
    cycle, sign = nw.col("cycle_days"), nw.col("since_sign_days")
    order = nw.coalesce("since_order_days", "since_sign_days")
    return (order >= cycle * order_cycles) & (sign >= cycle * sign_cycles)


def in_cycles(name: str) -> nw.Expr:
    """Return days as text in cycles with one digit, such as 2.1."""
    return tenths(nw.col(name) / nw.col("cycle_days"))


def _bought(en: str, zh: str) -> Reason:
    figures = nw.col("purchases"), nw.col("tenure_days"), in_cycles("tenure_days")
    return Reason(
        nw.format(f"{en}: purchases {{}} in {{}} days ({{}} cycles)", *figures),
        nw.format(f"{zh}：{{}} 次购买，历时 {{}} 天（{{}} 个周期）", *figures),
    )


def _declines() -> Reason:
    figures = nw.col("decline_points"), nw.col("purchases")
    return Reason(
        nw.format("declines: signs worth {} points, purchases so far {}", *figures),
        nw.format("趋于衰退：迹象合计 {} 分，累计购买 {} 次", *figures),
    )


def _quiet() -> Reason:
    order = nw.col("since_order_days").cast(nw.String).fill_null("–")
    figures = order, nw.col("since_sign_days"), in_cycles("since_sign_days")
    return Reason(
        nw.format("last order {} days ago, last sign of life {} days ago ({} cycles)", *figures),
        nw.format("距上次下单 {} 天，距最近动静 {} 天（{} 个周期）", *figures),
    )


def _overdue(cycles: float) -> Reason:
    order = nw.col("since_order_days").fill_null(0)
    figures = order, tenths(order / nw.col("cycle_days"))
    return Reason(
        nw.format(f"no order for {{}} days, {{}} cycles (more than {cycles:g})", *figures),
        nw.format(f"{{}} 天未下单，合 {{}} 个周期（超过 {cycles:g} 个）", *figures),
    )


def _from_to(name: str, zh: str) -> Reason:
    en, window = name.replace("_", " "), nw.col("window_days")
    figures = nw.col(f"{name}_before"), nw.col(f"{name}_recent")
    return Reason(
        nw.format(f"{en} fell from {{}} to {{}} in {{}} days", *figures, window),
        nw.format(f"{zh}由 {{}} 降至 {{}}（每 {{}} 天）", *figures, window),
    )
