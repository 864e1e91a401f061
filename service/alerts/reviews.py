"""Reviews: written of alerts that are over, and read before the next one."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import tzinfo

from sqlalchemy.orm import Session

from service.alert_by_id import found
from service.alerts import review_store, store
from service.alerts.response_times import response_times
from service.alerts.review_schemas import ReviewIn, ReviewOut, ReviewPage, Times
from service.alerts.review_text import text_of
from service.alerts.service import transition
from service.api.said import said
from service.api.versions import Version
from service.database.tables import Alert, AlertChange, AlertReview
from service.errors import NotFoundError
from service.trail import Entry


@dataclass(frozen=True, slots=True)
class Act:
    """The writing of a review.

    Attributes
    ----------
    entry
        The event `review`, who, and when.
    seen
        The version of the review that the person saw.
    zone
        Of the times in its text.
    """

    entry: Entry
    seen: Version
    zone: tzinfo


def write(session: Session, alert_id: str, review: ReviewIn, act: Act) -> ReviewOut:
    """Write the next version of a review, and return it.

    Parameters
    ----------
    review
        Its texts, without personal data.

    Raises
    ------
    NotFoundError
        There is no such alert.
    ConflictError
        The alert is not resolved, or (or its kind for a header) the review has another version.
    """
    alert, entry = found(session, alert_id, lock=True), act.entry
    last = review_store.latest(session, alert_id)
    version = 0 if last is None else last.version
    act.seen.require(version)
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
    return _shown(row, alert, store.changes(session, alert_id), act.zone)


def show(session: Session, alert_id: str, version: int | None, zone: tzinfo) -> ReviewOut:
    """Return the review of an alert: the one that holds, or an earlier version.

    Raises
    ------
    NotFoundError
        There is no such alert, nobody has reviewed it, or it has no such version.
    """
    alert = found(session, alert_id)
    last = review_store.latest(session, alert_id)
    if last is None:
        raise NotFoundError("Nobody has reviewed this alert.", "此告警尚无复盘。")
    row = last if version is None else review_store.one(session, alert_id, version)
    if row is None:
        raise NotFoundError(
            f"The review has no version {version}; it has 1 to {last.version}.",
            f"复盘没有版本 {version}；现有版本 1 至 {last.version}。",
        )
    return _shown(row, alert, store.changes(session, alert_id), zone)


def show_page(
    session: Session, filters: review_store.Filters, cursor: str | None, limit: int, zone: tzinfo
) -> ReviewPage:
    """Return one page of reviews."""
    listed = review_store.listed(session, filters, cursor, limit)
    trails = review_store.trails(session, [row[1].id for row in listed.rows])
    items = [_shown(row[0], row[1], trails[row[1].id], zone) for row in listed.rows]
    return ReviewPage(items=items, next_cursor=listed.next_cursor)


def _shown(row: AlertReview, alert: Alert, trail: Sequence[AlertChange], zone: tzinfo) -> ReviewOut:
    told = {**{c.key: getattr(row, c.key) for c in AlertReview.__table__.columns}}
    shared = ("fingerprint", "incident", "product", "category", "level", "raised_at")
    times = response_times(trail)
    own = {"times": Times(**asdict(times)), "text": said(text_of(row, alert, times, zone))}
    return ReviewOut.model_validate(told | {name: getattr(alert, name) for name in shared} | own)
