"""What happened to an alert, as a message needs it: the names of events, and the snapshot."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from nlp.message import Message
from service.trail import KPI

EVENTS: Mapping[str, Message] = MappingProxyType(
    {
        "raised": Message("new alert", "新告警"),
        "level_changed": Message("level changed", "级别变化"),
        "warned": Message("clock running out", "时限将到"),
        "escalated": Message("escalated", "已升级上报"),
        "reminded": Message("reminder", "再次提醒"),
        "acknowledged": Message("acknowledged", "已确认"),
        "lapsed": Message("acknowledgement over, fires again", "确认到期，重新告警"),
        "suppressed": Message("suppressed", "已抑制"),
        "unsuppressed": Message("suppression over, fires again", "抑制结束，重新告警"),
        "regressed": Message("regressed", "复发"),
        "resolved": Message("resolved", "已解决"),
        "withdrawn": Message("withdrawn", "已撤回"),
    }
)
"""Events that a route may ask for, with their names for people."""

BY_AUDIT: Mapping[str, str] = MappingProxyType(
    {
        "raise": "raised",
        "evidence": "level_changed",
        "warn": "warned",
        "escalate": "escalated",
        "remind": "reminded",
        "acknowledge": "acknowledged",
        "lapse": "lapsed",
        "suppress": "suppressed",
        "expire": "unsuppressed",
        "unsuppress": "unsuppressed",
        "return": "regressed",
        "reopen": "regressed",
        "resolve": "resolved",
        "withdraw": "withdrawn",
    }
)
"""The event that subscribers see, by the word that the audit trail has for it.

A line of the audit trail with another word (a comment, a hand-over) is for the trail only.
"""

TEST = "test"
NAMES: Mapping[str, Message] = MappingProxyType(
    {**EVENTS, TEST: Message("test, nothing happened", "测试消息，并无告警")}
)
SUPPRESSED = "suppressed"
USUAL = tuple(event for event in EVENTS if event != SUPPRESSED)
FOR_ROLES = frozenset({"warned", "escalated", "reminded"})
"""Events that the policy means for somebody."""
OPEN = ("firing", "acknowledged", "suppressed", "regressed")


@dataclass(frozen=True, slots=True)
class Happened:
    """One event of one alert with the alert as it then was; texts in it are masked.

    Attributes
    ----------
    number
        Orders the events of all alerts.
    event
        A key of `EVENTS`.
    evidence
        Some of the ids that prove it; `evidence_count` says how many there are.
    note
        In both languages where the service itself noted something.
    role
        Whom an escalation is for; None: the owner, or nobody in particular.
    """

    number: int
    event: str
    at: datetime
    alert_id: str
    fingerprint: str
    incident: int
    product: str
    category: str | None
    state: str
    version: int
    level: int
    severity: int
    observed: int
    expected: float
    upper: int
    p: float
    onset: datetime
    until: datetime
    raised_at: datetime
    who: str
    note: str | Message | None
    suspected_coordination: bool
    keyphrases: tuple[str, ...]
    quotes: tuple[tuple[str, str], ...]
    reasons: tuple[Message, ...]
    evidence: tuple[str, ...]
    evidence_count: int
    role: str | None = None

    @property
    def of_kpi(self) -> bool:
        """Whether it is about a figure of a tier, not about mentions: its first reason tells it."""
        return self.fingerprint.startswith(KPI)

    @property
    def over(self) -> bool:
        """Whether the alert is no longer open."""
        return self.state not in OPEN


def happened(number: int, snapshot: Mapping[str, Any]) -> Happened:
    """Return the event that a row of the outbox holds."""
    times = {name: datetime.fromisoformat(snapshot[name]) for name in TIMES}
    lists = {
        "keyphrases": tuple(snapshot["keyphrases"]),
        "quotes": tuple((quote["id"], quote["text"]) for quote in snapshot["quotes"]),
        "reasons": tuple(Message(each["en"], each["zh"]) for each in snapshot["reasons"]),
        "evidence": tuple(snapshot["evidence"]),
    }
    note = snapshot["note"]
    own = {
        "event": BY_AUDIT.get(snapshot["event"], snapshot["event"]),
        "note": Message(note["en"], note["zh"]) if isinstance(note, Mapping) else note,
    }
    return Happened(number=number, **{**snapshot, **times, **lists, **own})


TIMES = ("at", "onset", "until", "raised_at")
