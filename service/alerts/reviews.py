"""Reviews: written of alerts that are over, and read before the next one."""

from collections.abc import Sequence
from dataclasses import asdict

from sqlalchemy.orm import Session

from service.alert_by_id import found
from service.alerts import review_store, store
from service.alerts.response_times import response_times
from service.alerts.review_schemas import ReviewIn, ReviewOut, ReviewPage, Times
from service.alerts.service import transition
from service.api.versions import Version
from service.database.tables import Alert, AlertChange, AlertReview
from service.errors import NotFoundError
from service.trail import Entry


def write(
    session: Session, alert_id: str, review: ReviewIn, entry: Entry, seen: Version
) -> ReviewOut:
    """Write the next version of a review, and return it.

    Parameters
    ----------
    review
        Its texts, without personal data.
    entry
        The event `review`, who, and when.
    seen
        The version of the review that the person saw.

    Raises
    ------
    NotFoundError
        There is no such alert.
    ConflictError
        The alert is not resolved, or (or its kind for a header) the review has another version.
    """
    alert = found(session, alert_id, lock=True)
    last = review_store.latest(session, alert_id)
    version = 0 if last is None else last.version
    seen.require(version)
    transition(session, alert, entry)
    row = AlertReview(
        alert_id=alert_id,
        version=version + 1,
        what_happened=review.what_happened,
        cause=review.cause,
        actions=review.actions,
        lessons=review.lessons,
        who=entry.who,
        written_at=entry.at,
    )
    session.add(row)
    session.flush()
    return _shown(row, alert, store.changes(session, alert_id))


def show(session: Session, alert_id: str) -> ReviewOut:
    """Return the review of an alert.

    Raises
    ------
    NotFoundError
        There is no such alert, or nobody has reviewed it.
    """
    alert = found(session, alert_id)
    row = review_store.latest(session, alert_id)
    if row is None:
        raise NotFoundError("Nobody has reviewed this alert.", "此告警尚无复盘。")
    return _shown(row, alert, store.changes(session, alert_id))


def show_page(
    session: Session, filters: review_store.Filters, cursor: str | None, limit: int
) -> ReviewPage:
    """Return one page of reviews."""
    listed = review_store.listed(session, filters, cursor, limit)
    trails = review_store.trails(session, [row[1].id for row in listed.rows])
    items = [_shown(row[0], row[1], trails[row[1].id]) for row in listed.rows]
    return ReviewPage(items=items, next_cursor=listed.next_cursor)


def _shown(row: AlertReview, alert: Alert, trail: Sequence[AlertChange]) -> ReviewOut:
    told = {**{c.key: getattr(row, c.key) for c in AlertReview.__table__.columns}}
    shared = ("fingerprint", "incident", "product", "category", "level", "raised_at")
    times = Times.model_validate(asdict(response_times(trail)))
    return ReviewOut.model_validate(
        told | {name: getattr(alert, name) for name in shared} | {"times": times}
    )
