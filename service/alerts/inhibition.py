"""Which alerts stay quiet because a graver one already speaks of the matter.

An alert that is inhibited is recorded, counted and moved as ever; it must tell nobody. Safety and
privacy are never inhibited: what can hurt people is told even where something else burns.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from nlp.message import Message
from service.alerts.state import State

BRAND = ""
"""The product of alerts on feedback that names none: they are about the brand as a whole."""
SPARED = frozenset({"safety", "privacy"})
SPEAKING = frozenset({State.FIRING, State.ACKNOWLEDGED, State.REGRESSED})
"""A suppressed alert inhibits none: nobody hears of it, so it cannot speak for others."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the rules see of an alert."""

    id: str
    product: str
    category: str | None
    level: int
    state: State


@dataclass(frozen=True, slots=True)
class Rule:
    """An open alert of one of the levels `by` inhibits others of the levels `of`.

    `among` says which: those of the same product, or, where the open one is about the brand,
    those of single products.
    """

    name: str
    by: frozenset[int]
    of: frozenset[int]
    among: Literal["same-product", "single-products"]
    why: Message


RULES = (
    Rule(
        "same-product",
        frozenset({1, 2}),
        frozenset({3, 4}),
        "same-product",
        Message(
            "an open alert of level I or II speaks of this product already",
            "该产品已有 I 级或 II 级告警在处理",
        ),
    ),
    Rule(
        "brand",
        frozenset({1, 2}),
        frozenset({3, 4}),
        "single-products",
        Message(
            "an open alert of level I or II on the whole brand speaks for its products",
            "整个品牌已有 I 级或 II 级告警在处理",
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Inhibition:
    """The alert that inhibits another, the rule by which it does, and why."""

    by: str
    rule: str
    why: Message


def inhibited_by(alert: Standing, open_alerts: Iterable[Standing]) -> tuple[Inhibition, ...]:
    """Return what inhibits an alert; empty where it may speak.

    Parameters
    ----------
    open_alerts
        In any order; the alert itself, and such as do not speak, may be among them.
    """
    if alert.category in SPARED or alert.state == State.RESOLVED:
        return ()
    return tuple(
        Inhibition(other.id, rule.name, rule.why)
        for other in open_alerts
        for rule in RULES
        if other.id != alert.id and _holds(rule, other, alert)
    )


def _holds(rule: Rule, other: Standing, alert: Standing) -> bool:
    if other.state not in SPEAKING or other.level not in rule.by or alert.level not in rule.of:
        return False
    if rule.among == "same-product":
        return other.product == alert.product
    return other.product == BRAND != alert.product
