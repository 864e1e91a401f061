"""Alerts: moved by people, and by time."""

from datetime import datetime

from sqlalchemy.orm import Session

from service.alert_by_id import found
from service.alerts import store
from service.alerts.state import SAID, Event, State, after
from service.api.versions import Version
from service.database.tables import Alert
from service.trail import SERVICE, Entry


def move(
    session: Session,
    alert_id: str,
    entry: Entry,
    seen: Version,
    until: datetime | None = None,
) -> Alert:
    """Let a person move an alert, or add to it, and return it as it then is.

    Parameters
    ----------
    entry
        The event, who, when, and a note.
    seen
        The version that the person saw.
    until
        The end of a suppression or of an acknowledgement.

    Raises
    ------
    NotFoundError
        There is no such alert.
    ConflictError, or its kind for a header
        It has another version than the person saw.
    ConflictError
        The event does not happen in its state.
    """
    alert = found(session, alert_id, lock=True)
    seen.require(alert.version)
    transition(session, alert, entry)
    if entry.event not in SAID:
        alert.suppressed_until = until if alert.state == State.SUPPRESSED else None
        alert.acknowledged_until = until if alert.state == State.ACKNOWLEDGED else None
    if entry.event == Event.RESOLVE:
        alert.resolve_point = alert.last_evidence_at
    session.flush()
    return alert


def transition(session: Session, alert: Alert, entry: Entry) -> None:
    """Move an alert by the table, and write the line that says so.

    The version counts what people must know of before they move an alert: moves, not evidence
    and not comments. An alert that grows by the second could otherwise not be acknowledged.

    Raises
    ------
    ConflictError
        The event does not happen in its state.
    """
    before = State(alert.state)
    alert.state = after(before, Event(entry.event))
    if entry.event not in SAID:
        alert.version += 1
    alert.changed_at = entry.at
    store.record(session, alert, entry, before)


def expire(session: Session, now: datetime) -> int:
    """End the suppressions and acknowledgements whose time is over; return how many."""
    over = store.overdue(session, now)
    for alert in over:
        event = Event.EXPIRE if alert.state == State.SUPPRESSED else Event.LAPSE
        alert.suppressed_until = alert.acknowledged_until = None
        transition(session, alert, Entry(event, SERVICE, now))
    return len(over)
