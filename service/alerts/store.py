"""Alerts in the database."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Text, delete, exists, func, literal, or_, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from service import outbox
from service.alerts.inhibition import BRAND, Standing
from service.alerts.state import State
from service.api.cursors import Slice, asked, page
from service.database.tables import Alert, AlertChange, AlertEvidence, AlertReview
from service.trail import KPI, Entry

NEWEST_FIRST = {"raised_at": Alert.raised_at, "id": Alert.id}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which alerts are asked for; None and () ask for all.

    The states are alternatives; since and until are times of the onset, changed_since that of the
    last line of the audit trail; reviewed says whether somebody wrote down what it taught.
    """

    states: tuple[State, ...] = ()
    product: str | None = None
    level: int | None = None
    category: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    changed_since: datetime | None = None
    reviewed: bool | None = None

    def conditions(self) -> list[ColumnElement[bool]]:
        """Return the conditions on alerts."""
        return asked(
            (self.states or None, Alert.state.in_),
            (self.product, Alert.product.__eq__),
            (self.level, Alert.level.__le__),
            (self.category, Alert.category.__eq__),
            (self.since, Alert.onset.__ge__),
            (self.until, Alert.onset.__lt__),
            (self.changed_since, Alert.changed_at.__ge__),
            (self.reviewed, _reviewed),
        )


def _reviewed(wanted: bool) -> ColumnElement[bool]:
    written = exists().where(AlertReview.alert_id == Alert.id)
    return written if wanted else ~written


def listed(session: Session, filters: Filters, cursor: str | None, limit: int) -> Slice:
    """Return one page of rows (alert, number of its evidence), the newest first."""
    proofs = (
        select(func.count())
        .select_from(AlertEvidence)
        .where(AlertEvidence.alert_id == Alert.id)
        .scalar_subquery()
    )
    query = select(Alert, proofs).where(*filters.conditions())
    return page(session, query, NEWEST_FIRST, cursor, limit)


def of_product(session: Session, product: str) -> Sequence[Alert]:
    """Return and lock every alert of what is said of a product, the oldest first."""
    own = (Alert.product == product) & ~Alert.fingerprint.startswith(KPI)
    wanted = select(Alert).where(own).order_by(Alert.onset, Alert.id)
    return session.scalars(wanted.with_for_update()).all()


def last_of(session: Session, fingerprint: str) -> Alert | None:
    """Return and lock the last incident of a fingerprint; None where there was none."""
    wanted = select(Alert).where(Alert.fingerprint == fingerprint)
    last = wanted.order_by(Alert.incident.desc()).limit(1)
    return session.scalars(last.with_for_update()).one_or_none()


def evidence(session: Session, alert_id: str) -> list[str]:
    """Return the ids of the feedback that proves an alert, in the order of the ids."""
    wanted = select(AlertEvidence.feedback_id).where(AlertEvidence.alert_id == alert_id)
    return list(session.scalars(wanted.order_by(AlertEvidence.feedback_id)))


def evidence_of(session: Session, alert_ids: Collection[str]) -> dict[str, frozenset[str]]:
    """Return the ids of the feedback that proves each of these alerts."""
    proofs = select(AlertEvidence.alert_id, AlertEvidence.feedback_id)
    found: dict[str, set[str]] = {alert_id: set() for alert_id in alert_ids}
    for alert_id, own in session.execute(proofs.where(AlertEvidence.alert_id.in_(alert_ids))):
        found[alert_id].add(own)
    return {alert_id: frozenset(own) for alert_id, own in found.items()}


def set_evidence(session: Session, alert_id: str, ids: Collection[str], now: datetime) -> None:
    """Make this feedback the evidence of an alert; what was attached before keeps its time.

    The ids are one array: a statement takes 65,535 parameters at most, an alert any number.
    """
    each = func.unnest(literal(sorted(ids), ARRAY(Text))).column_valued("each")
    mine, kept = AlertEvidence.alert_id == alert_id, AlertEvidence.feedback_id.in_(select(each))
    session.execute(delete(AlertEvidence).where(mine, ~kept))
    rows = select(literal(alert_id), each, literal(now, AlertEvidence.added_at.type))
    added = insert(AlertEvidence).from_select(["alert_id", "feedback_id", "added_at"], rows)
    session.execute(added.on_conflict_do_nothing())


def changes(session: Session, alert_id: str) -> Sequence[AlertChange]:
    """Return the audit trail of an alert, the oldest line first."""
    wanted = select(AlertChange).where(AlertChange.alert_id == alert_id)
    return session.scalars(wanted.order_by(AlertChange.number)).all()


def overdue(session: Session, now: datetime) -> Sequence[Alert]:
    """Return and lock the suppressed and the acknowledged alerts whose time is over."""
    suppressed = (Alert.state == State.SUPPRESSED) & (Alert.suppressed_until <= now)
    acknowledged = (Alert.state == State.ACKNOWLEDGED) & (Alert.acknowledged_until <= now)
    wanted = select(Alert).where(or_(suppressed, acknowledged)).order_by(Alert.id)
    return session.scalars(wanted.with_for_update(skip_locked=True)).all()


def standing(session: Session, products: Collection[str]) -> list[Standing]:
    """Return the open alerts of these products and of the brand, as inhibition sees them."""
    columns = (Alert.id, Alert.product, Alert.category, Alert.level, Alert.state)
    named = Alert.product.in_({*products, BRAND})
    wanted = select(*columns).where(named, Alert.state != State.RESOLVED)
    rows = session.execute(wanted.order_by(Alert.level, Alert.raised_at, Alert.id))
    return [
        Standing(id_, product, c, level, State(state)) for id_, product, c, level, state in rows
    ]


def record(session: Session, alert: Alert, entry: Entry, before: State | None) -> None:
    """Write one line of the audit trail about an alert as it now is, and keep it for delivery."""
    line = AlertChange(
        alert_id=alert.id,
        at=entry.at,
        who=entry.who,
        event=entry.event,
        from_state=before,
        to_state=alert.state,
        version=alert.version,
        note=entry.written,
        level=alert.level,
    )
    session.add(line)
    outbox.put(session, alert, entry)
