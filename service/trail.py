"""The audit trail of alerts: what any domain writes into it, and the words for what it says."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType

from nlp.message import Message

SERVICE = "tingyin"
"""Who acts where no person does."""
KPI = "kpi:"
"""How the fingerprint of an alert about a figure of a tier begins; others are about mentions."""
RAISE, SPEAK = "raise", "speak"
RESPOND, ESCALATE = "respond", "escalate"
"""What the domain of the response writes, and others read."""
BETWEEN = " · "


@dataclass(frozen=True, slots=True)
class Entry:
    """What is to be written about an alert: the event, who made it, when, and what they noted.

    Attributes
    ----------
    note
        In both languages where the service itself notes something.
    role
        Whom an escalation is for, by the policy; None: nobody in particular.
    told_as
        The event that subscribers are told, where it is another one.
    """

    event: str
    who: str
    at: datetime
    note: str | Message | None = None
    role: str | None = None
    told_as: str | None = None

    @property
    def written(self) -> str | None:
        """The note as the audit trail keeps it."""
        note = self.note
        return f"{note.en}{BETWEEN}{note.zh}" if isinstance(note, Message) else note


def read_note(who: str, written: str) -> Message:
    """Return a note of the trail in each language; what a person wrote is the same in both.

    Both halves name the same things, so what stands between them is in the middle.

    >>> read_note(SERVICE, "to the owner a · b · 通知负责人 a · b").zh
    '通知负责人 a · b'
    """
    parts = written.split(BETWEEN)
    half, odd = divmod(len(parts), 2)
    if who != SERVICE or odd:
        return Message(written, written)
    return Message(BETWEEN.join(parts[:half]), BETWEEN.join(parts[half:]))


EVENTS: Mapping[str, Message] = MappingProxyType(
    {
        RAISE: Message("raised", "触发"),
        "acknowledge": Message("acknowledged", "确认"),
        "resolve": Message("resolved", "解决"),
        "suppress": Message("suppressed", "抑制"),
        "unsuppress": Message("no longer suppressed", "解除抑制"),
        "expire": Message("suppression over", "抑制到期"),
        "lapse": Message("acknowledgement lapsed", "确认到期"),
        "evidence": Message("more evidence", "新增证据"),
        "return": Message("came back", "再次出现"),
        "reopen": Message("opened again", "重新打开"),
        "withdraw": Message("withdrawn", "撤回"),
        "comment": Message("commented", "评论"),
        "review": Message("reviewed", "复盘"),
        "respond": Message("responded in public", "公开回应"),
        "assign": Message("owner set", "指定负责人"),
        "warn": Message("warned", "预警"),
        "escalate": Message("escalated", "升级"),
        "remind": Message("reminded", "再次提醒"),
        SPEAK: Message("told late, after it was quiet", "静默后补发"),
    }
)
STATES: Mapping[str, Message] = MappingProxyType(
    {
        "firing": Message("firing", "告警中"),
        "acknowledged": Message("acknowledged", "已确认"),
        "suppressed": Message("suppressed", "已抑制"),
        "resolved": Message("resolved", "已解决"),
        "regressed": Message("regressed", "复发"),
    }
)
