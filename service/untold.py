"""What was kept back: news of alerts of which nobody was told, and may have to be told later.

The worker of deliveries marks news that a silence, a graver alert or a suppression keeps back. The
mark goes where people are told something newer that says the same, or where it is told late.
"""

from collections.abc import Collection, Sequence

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from service.database.tables import Alert, OutboxEvent

OPENINGS = ("raise", "return", "reopen", "lapse", "expire", "unsuppress")
"""What makes an alert fire, or fire again: who hears one of them needs no earlier one."""
NEWS = (*OPENINGS, "evidence")
"""What people must have heard of an alert that fires; the first say most."""
FIRING = ("firing", "regressed")


def keep_back(event: OutboxEvent) -> None:
    """Note of an event that it was told to nobody, where it is one that people must hear."""
    event.untold = event.event in NEWS


def told(session: Session, event: OutboxEvent) -> None:
    """Take the marks off what an event that is told makes superfluous."""
    if event.event in OPENINGS:
        earlier = (OutboxEvent.alert_id == event.alert_id, OutboxEvent.number < event.number)
        _unmark(session, *earlier)


def firing_alerts(session: Session) -> Sequence[Alert]:
    """Return and lock the alerts that fire and have untold news; those that others lock stay out.

    Others may have told it before the lock was ours: what is still untold, `take` says.
    """
    untold = select(OutboxEvent.alert_id).where(OutboxEvent.untold)
    wanted = select(Alert).where(Alert.id.in_(untold), Alert.state.in_(FIRING))
    return session.scalars(wanted.order_by(Alert.id).with_for_update(skip_locked=True)).all()


def owed(session: Session, alert_ids: Collection[str]) -> frozenset[str]:
    """Return those of these alerts that fire and have untold news."""
    untold = select(OutboxEvent.alert_id).where(OutboxEvent.untold)
    mine = (Alert.id.in_(alert_ids), Alert.id.in_(untold), Alert.state.in_(FIRING))
    return frozenset(session.scalars(select(Alert.id).where(*mine)))


def take(session: Session, alert_id: str) -> str | None:
    """Return what says most of the untold news of an alert, and take the marks off.

    None where there is none, or where an opening is about to be told anyway.
    """
    coming = (OutboxEvent.expanded_at.is_(None), OutboxEvent.event.in_(OPENINGS))
    mine = select(OutboxEvent.number).where(OutboxEvent.alert_id == alert_id, *coming)
    if session.scalars(mine.limit(1)).first() is not None:
        return None
    found = _unmark(session, OutboxEvent.alert_id == alert_id)
    return min(found, key=NEWS.index, default=None)


def _unmark(session: Session, *which: ColumnElement[bool]) -> Sequence[str]:
    marked = update(OutboxEvent).where(OutboxEvent.untold, *which).values(untold=False)
    return session.scalars(marked.returning(OutboxEvent.event)).all()
