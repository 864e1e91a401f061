"""Alerts: shown, and moved by people."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.alerts import store
from service.alerts.schemas import AlertDetail, AlertPage, AlertSummary, Change, Reason
from service.alerts.state import Event, State, after
from service.alerts.store import Step
from service.database.tables import Alert
from service.errors import ConflictError, NotFoundError

SERVICE = "tingyin"


@dataclass(frozen=True, slots=True)
class Seen:
    """The version that a person saw (None: whichever it is), and the error when it is another."""

    version: int | None
    refusal: type[ConflictError]


def show_page(
    session: Session, filters: store.Filters, cursor: str | None, limit: int
) -> AlertPage:
    """Return one page of alerts."""
    found = store.listed(session, filters, cursor, limit)
    items = [_summary(row[0], row[1]) for row in found.rows]
    return AlertPage(items=items, next_cursor=found.next_cursor)


def show(session: Session, alert_id: str) -> AlertDetail:
    """Return one alert with its evidence and its audit trail.

    Raises
    ------
    NotFoundError
        There is none with this id.
    """
    alert = store.get(session, alert_id)
    if alert is None:
        raise _unknown()
    return _detail(session, alert)


def move(
    session: Session,
    alert_id: str,
    step: Step,
    seen: Seen,
    until: datetime | None = None,
) -> AlertDetail:
    """Let a person move an alert, and return it as it then is.

    Parameters
    ----------
    step
        The event, who, when, and a note.
    seen
        The version that the person saw.
    until
        The end of a suppression.

    Raises
    ------
    NotFoundError
        There is no such alert.
    ConflictError, or `seen.refusal`
        It has another version than the person saw.
    ConflictError
        The event does not happen in its state.
    """
    alert = store.get(session, alert_id, lock=True)
    if alert is None or step.event is None:
        raise _unknown()
    if seen.version not in (None, alert.version):
        raise seen.refusal(
            f"The alert is at version {alert.version}, you saw {seen.version}; read it again.",
            f"告警已是版本 {alert.version}，您所见为 {seen.version}，请重新读取。",
        )
    transition(session, alert, step)
    alert.suppressed_until = until
    if alert.state == State.RESOLVED:
        alert.resolve_point = alert.last_evidence_at
    session.flush()
    return _detail(session, alert)


def transition(session: Session, alert: Alert, step: Step) -> None:
    """Move an alert by the table, and write the line that says so.

    The version counts what people must know of before they move an alert: moves, not evidence.
    An alert that grows by the second could otherwise not be acknowledged.

    Raises
    ------
    ConflictError
        The event does not happen in its state.
    """
    before = State(alert.state)
    if step.event is not None:
        alert.state = after(before, step.event)
    if step.event is not Event.EVIDENCE:
        alert.version += 1
    alert.changed_at = step.at
    store.record(session, alert, step, before)


def expire(session: Session, now: datetime) -> int:
    """End the suppressions whose time is over; return how many."""
    over = store.overdue(session, now)
    for alert in over:
        alert.suppressed_until = None
        transition(session, alert, Step(Event.EXPIRE, SERVICE, now))
    return len(over)


def _unknown() -> NotFoundError:
    return NotFoundError("There is no alert with this id.", "没有此编号的告警。")


def _summary(alert: Alert, evidence_count: int) -> AlertSummary:
    return AlertSummary.model_validate(_fields(alert) | {"evidence_count": evidence_count})


def _detail(session: Session, alert: Alert) -> AlertDetail:
    proofs = store.evidence(session, alert.id)
    trail = store.changes(session, alert.id)
    return AlertDetail.model_validate(
        _fields(alert)
        | {
            "evidence_count": len(proofs),
            "evidence": proofs,
            "reasons": [Reason.model_validate(reason) for reason in alert.reasons],
            "changes": [Change.model_validate(line, from_attributes=True) for line in trail],
        }
    )


def _fields(alert: Alert) -> dict[str, object]:
    return {column.key: getattr(alert, column.key) for column in Alert.__table__.columns}
