"""Alerts: moved by people, and by time."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.alerts import store
from service.alerts.state import SAID, Event, State, after
from service.alerts.store import Step
from service.database.tables import Alert
from service.errors import ConflictError, NotFoundError

SERVICE = "tingyin"


@dataclass(frozen=True, slots=True)
class Seen:
    """The version that a person saw (None: whichever it is), and the error when it is another."""

    version: int | None
    refusal: type[ConflictError]


def found(session: Session, alert_id: str, *, lock: bool = False) -> Alert:
    """Return one alert; with `lock` nobody else moves it until the transaction ends.

    Raises
    ------
    NotFoundError
        There is none with this id.
    """
    alert = store.get(session, alert_id, lock=lock)
    if alert is None:
        raise NotFoundError("There is no alert with this id.", "没有此编号的告警。")
    return alert


def require_version(seen: Seen, version: int) -> None:
    """Raise the refusal of `seen` where the version there is another one."""
    if seen.version not in (None, version):
        raise seen.refusal(
            f"It is at version {version}, you saw {seen.version}; read it again.",
            f"现为版本 {version}，您所见为 {seen.version}，请重新读取。",
        )


def move(
    session: Session,
    alert_id: str,
    step: Step,
    seen: Seen,
    until: datetime | None = None,
) -> Alert:
    """Let a person move an alert, or add to it, and return it as it then is.

    Parameters
    ----------
    step
        The event, who, when, and a note.
    seen
        The version that the person saw.
    until
        The end of a suppression or of an acknowledgement.

    Raises
    ------
    NotFoundError
        There is no such alert.
    ConflictError, or `seen.refusal`
        It has another version than the person saw.
    ConflictError
        The event does not happen in its state.
    """
    alert = found(session, alert_id, lock=True)
    require_version(seen, alert.version)
    transition(session, alert, step)
    if step.event not in SAID:
        alert.suppressed_until = until if alert.state == State.SUPPRESSED else None
        alert.acknowledged_until = until if alert.state == State.ACKNOWLEDGED else None
    if step.event is Event.RESOLVE:
        alert.resolve_point = alert.last_evidence_at
    session.flush()
    return alert


def transition(session: Session, alert: Alert, step: Step) -> None:
    """Move an alert by the table, and write the line that says so.

    The version counts what people must know of before they move an alert: moves, not evidence
    and not comments. An alert that grows by the second could otherwise not be acknowledged.

    Raises
    ------
    ConflictError
        The event does not happen in its state.
    """
    before = State(alert.state)
    if step.event is not None:
        alert.state = after(before, step.event)
    if step.event not in SAID:
        alert.version += 1
    alert.changed_at = step.at
    store.record(session, alert, step, before)


def expire(session: Session, now: datetime) -> int:
    """End the suppressions and acknowledgements whose time is over; return how many."""
    over = store.overdue(session, now)
    for alert in over:
        event = Event.EXPIRE if alert.state == State.SUPPRESSED else Event.LAPSE
        alert.suppressed_until = alert.acknowledged_until = None
        transition(session, alert, Step(event, SERVICE, now))
    return len(over)
