"""Reviews in the database: every version stays, the highest one holds."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, exists, select
from sqlalchemy.orm import Session, aliased

from service.api.cursors import Slice, asked, page
from service.database.tables import Alert, AlertChange, AlertReview

NEWEST_FIRST = {"written_at": AlertReview.written_at, "alert_id": AlertReview.alert_id}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which reviews are asked for; None asks for all. The times are those of the writing."""

    product: str | None = None
    category: str | None = None
    fingerprint: str | None = None
    words: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def latest(session: Session, alert_id: str) -> AlertReview | None:
    """Return the review of an alert that holds, or None."""
    mine = select(AlertReview).where(AlertReview.alert_id == alert_id)
    return session.scalars(mine.order_by(AlertReview.version.desc()).limit(1)).one_or_none()


def one(session: Session, alert_id: str, version: int) -> AlertReview | None:
    """Return one version of the review of an alert, or None."""
    return session.get(AlertReview, (alert_id, version))


def listed(session: Session, filters: Filters, cursor: str | None, limit: int) -> Slice:
    """Return one page of rows (review that holds, its alert), the newest first."""
    conditions = asked(
        (filters.product, Alert.product.__eq__),
        (filters.category, Alert.category.__eq__),
        (filters.fingerprint, Alert.fingerprint.__eq__),
        (filters.words, _holding),
        (filters.since, AlertReview.written_at.__ge__),
        (filters.until, AlertReview.written_at.__lt__),
    )
    query = select(AlertReview, Alert).join(Alert, Alert.id == AlertReview.alert_id)
    return page(session, query.where(_holds(), *conditions), NEWEST_FIRST, cursor, limit)


def of_fingerprint(
    session: Session, fingerprint: str, but: str, limit: int
) -> Sequence[Row[AlertReview, int]]:
    """Return the last reviews of other alerts of a fingerprint, each with its incident."""
    theirs = (Alert.fingerprint == fingerprint) & (Alert.id != but)
    query = select(AlertReview, Alert.incident).join(Alert, Alert.id == AlertReview.alert_id)
    newest = query.where(theirs, _holds()).order_by(*(c.desc() for c in NEWEST_FIRST.values()))
    return session.execute(newest.limit(limit)).all()


def trails(session: Session, alert_ids: Collection[str]) -> dict[str, list[AlertChange]]:
    """Return the audit trail of each of these alerts, the oldest line first."""
    lines = select(AlertChange).where(AlertChange.alert_id.in_(alert_ids))
    found: dict[str, list[AlertChange]] = {alert_id: [] for alert_id in alert_ids}
    for line in session.scalars(lines.order_by(AlertChange.number)):
        found[line.alert_id].append(line)
    return found


def _holds() -> ColumnElement[bool]:
    later = aliased(AlertReview)
    newer = (later.alert_id == AlertReview.alert_id) & (later.version > AlertReview.version)
    return ~exists().where(newer)


def _holding(words: str) -> ColumnElement[bool]:
    texts = (AlertReview.what_happened, AlertReview.cause, AlertReview.lessons)
    first, *others = (text.icontains(words, autoescape=True) for text in texts)
    for other in others:
        first = first | other
    return first
