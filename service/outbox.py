"""The outbox: every change of an alert, kept for delivery in the transaction that makes it.

What is written here is told later, by another process perhaps; so the row holds the alert as it is
now, and nothing of a person: texts are masked, authors are left out.
"""

from collections.abc import Collection

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nlp.message import Message
from service.database.tables import Alert, AlertEvidence, JsonObject, OutboxEvent
from service.trail import Entry

PROOFS, QUOTES, REASONS, KEYPHRASES = 20, 3, 6, 10
LONGEST_TEXT, LONGEST_NOTE = 200, 500
AS_THEY_ARE = (
    "fingerprint",
    "incident",
    "product",
    "category",
    "state",
    "version",
    "level",
    "severity",
    "observed",
    "expected",
    "upper",
    "p",
    "suspected_coordination",
)


def put(session: Session, alert: Alert, entry: Entry) -> None:
    """Keep what is written into the audit trail of an alert for delivery."""
    event = OutboxEvent(
        alert_id=alert.id,
        event=entry.told_as or entry.event,
        level=alert.level,
        at=entry.at,
        snapshot=_snapshot(session, alert, entry),
        expanded_at=None,
        untold=False,
    )
    session.add(event)


def forget(session: Session, alert_id: str, ids: Collection[str]) -> None:
    """Take what these pieces of feedback said out of all that was kept of an alert.

    Reasons may name an author, so they go altogether.
    """
    kept = select(OutboxEvent).where(OutboxEvent.alert_id == alert_id).with_for_update()
    for event in session.scalars(kept):
        quotes = [quote for quote in event.snapshot["quotes"] if quote["id"] not in ids]
        event.snapshot = {**event.snapshot, "quotes": quotes, "reasons": [], "keyphrases": []}


def _snapshot(session: Session, alert: Alert, entry: Entry) -> JsonObject:
    count, proofs = _evidence(session, alert.id)
    quotes = [
        {"id": quote["id"], "text": quote["text"][:LONGEST_TEXT]} for quote in alert.quotes[:QUOTES]
    ]
    return {
        **{name: getattr(alert, name) for name in AS_THEY_ARE},
        "alert_id": alert.id,
        "event": entry.told_as or entry.event,
        "at": entry.at.isoformat(),
        "onset": alert.onset.isoformat(),
        "until": alert.until.isoformat(),
        "raised_at": alert.raised_at.isoformat(),
        "who": entry.who,
        "note": _note(entry.note),
        "role": entry.role,
        "keyphrases": alert.keyphrases[:KEYPHRASES],
        "quotes": quotes,
        "reasons": alert.reasons[:REASONS],
        "evidence": proofs,
        "evidence_count": count,
    }


def _note(note: str | Message | None) -> str | JsonObject | None:
    if isinstance(note, Message):
        return {"en": note.en[:LONGEST_NOTE], "zh": note.zh[:LONGEST_NOTE]}
    return note[:LONGEST_NOTE] if note else None


def _evidence(session: Session, alert_id: str) -> tuple[int, list[str]]:
    mine = AlertEvidence.alert_id == alert_id
    some = select(AlertEvidence.feedback_id).where(mine).order_by(AlertEvidence.feedback_id)
    count = session.scalars(select(func.count()).where(mine)).one()
    return count, list(session.scalars(some.limit(PROOFS)))
