"""What a company grants its tiers, does next for customers, and holds its figures against.

`actions.yaml` beside this file is the shipped one. The classes here are its sections, one field a
key; what a key means is said in the file.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

KINDS = ("care", "service", "offer", "information")
CONSENTS = ("never", "consented", "unless_refused")
INHERITS = ("below", "nothing")
MEASURES = ("repurchase", "refunds", "nsr", "response", "share")
Judge = Literal["interval", "strict"]
JUDGES: tuple[Judge, ...] = ("interval", "strict")
WORSE = ("below", "above")


@dataclass(frozen=True, slots=True)
class Entitlement:
    """Something that customers of a tier are entitled to; `cost` in fen a customer and year."""

    name: str
    en: str
    zh: str
    cost: int | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """What one tier is granted: what the tier below has (`below`), less `drops`; and `adds`."""

    tier: str
    inherits: str = "nothing"
    adds: tuple[str, ...] = ()
    drops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Channel:
    """A way to a customer; `offers` is the consent that an offer needs there, of `CONSENTS`."""

    name: str
    en: str
    zh: str
    offers: str


@dataclass(frozen=True, slots=True)
class Sentence:
    """Words in both languages; `{column}` stands for a customer's figure."""

    en: str
    zh: str


@dataclass(frozen=True, slots=True)
class Action:
    """What is done for whom: all of `when`, and one of `any_of` where there are some.

    `tiers` and `lifecycle` are empty where they do not matter; the first of `channels` that the
    customer allows is taken; `gives` is the entitlement that is handed out.
    """

    name: str
    en: str
    zh: str
    kind: str
    priority: int
    channels: tuple[str, ...]
    reason: Sentence
    valid_days: int
    when: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    lifecycle: tuple[str, ...] = ()
    cooldown_days: int = 0
    gives: str = ""


@dataclass(frozen=True, slots=True)
class Most:
    """The most actions, and the most offers among them, that a customer gets in one run."""

    actions: int
    offers: int


@dataclass(frozen=True, slots=True)
class Kpi:
    """A figure of each tier with its threshold; `worse` says on which side of it lies trouble.

    `measure` is one of `MEASURES`. A `share` counts the customers for whom all of `of` holds,
    among those for whom all of `among` holds. `alert_level`, 1 the gravest to 4, is that of the
    alert that the service raises.
    """

    name: str
    en: str
    zh: str
    measure: str
    worse: str
    thresholds: Mapping[str, float]
    window_days: int
    least: int = 30
    alert_level: int = 3
    of: tuple[str, ...] = ()
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KpiPolicy:
    """How KPIs are judged: by the whole interval, or `strict`, by the figure alone."""

    judge: str
    level: float
    list: tuple[Kpi, ...]


@dataclass(frozen=True, slots=True)
class ActionsPolicy:
    """A whole policy of actions; `label` tells edits apart, as that of the scoring policy does."""

    version: str
    entitlements: tuple[Entitlement, ...]
    tiers: tuple[Grant, ...]
    channels: tuple[Channel, ...]
    most: Most
    offer_pause_days: int
    care_first: tuple[str, ...]
    actions: tuple[Action, ...]
    kpis: KpiPolicy
    lifecycle_column: str = "lifecycle.stage"
    open_complaint_days: int = 30
    orders_window_days: int = 365

    def label(self) -> str:
        """Return version and digest, such as `2026.11+1f0c9a3e`: it changes with any value."""
        digest = hashlib.sha256(repr(self).encode()).hexdigest()[:8]
        return f"{self.version}+{digest}"
