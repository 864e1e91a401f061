"""Alerts as people see them: with what keeps them quiet now, and what was learnt before."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.alerts import review_store, store
from service.alerts.inhibition import Inhibition, Standing, inhibited_by
from service.alerts.schemas import (
    AlertDetail,
    AlertPage,
    AlertSummary,
    Change,
    CommentOut,
    InhibitionOut,
    Lesson,
)
from service.alerts.state import Event, State
from service.api.said import Said, said
from service.api.services import Silencer
from service.database.tables import Alert

MOST_LESSONS = 3


@dataclass(frozen=True, slots=True)
class Sight:
    """What is needed to show alerts as of now."""

    session: Session
    silenced: Silencer
    now: datetime


def show_page(sight: Sight, filters: store.Filters, cursor: str | None, limit: int) -> AlertPage:
    """Return one page of alerts."""
    found = store.listed(sight.session, filters, cursor, limit)
    quiet = _quiet(sight, [row[0] for row in found.rows])
    items = [
        AlertSummary.model_validate(_fields(row[0]) | quiet[row[0].id] | {"evidence_count": row[1]})
        for row in found.rows
    ]
    return AlertPage(items=items, next_cursor=found.next_cursor)


def detail(sight: Sight, alert: Alert) -> AlertDetail:
    """Return one alert with all that is known of it."""
    session = sight.session
    proofs = store.evidence(session, alert.id)
    trail = store.changes(session, alert.id)
    comments = [line for line in trail if line.event == Event.COMMENT]
    return AlertDetail.model_validate(
        _fields(alert)
        | _quiet(sight, [alert])[alert.id]
        | {
            "evidence_count": len(proofs),
            "evidence": proofs,
            "reasons": [Said.model_validate(reason) for reason in alert.reasons],
            "changes": [Change.model_validate(line, from_attributes=True) for line in trail],
            "comments": [
                CommentOut(at=line.at, who=line.who, text=line.note or "") for line in comments
            ],
            "lessons": _lessons(session, alert),
        }
    )


def inhibitions(session: Session, alerts: Sequence[Alert]) -> Mapping[str, tuple[Inhibition, ...]]:
    """Return what inhibits each of these alerts, by its id."""
    others = store.standing(session, {alert.product for alert in alerts})
    return {alert.id: inhibited_by(standing_of(alert), others) for alert in alerts}


def standing_of(alert: Alert) -> Standing:
    """Return what the rules of inhibition see of an alert."""
    return Standing(alert.id, alert.product, alert.category, alert.level, State(alert.state))


def _quiet(sight: Sight, alerts: Sequence[Alert]) -> dict[str, dict[str, object]]:
    silenced = sight.silenced(sight.session, alerts, sight.now)
    inhibited = inhibitions(sight.session, alerts)
    return {
        alert.id: {
            "silenced": list(silenced[alert.id]),
            "inhibited_by": [_as_shown(each) for each in inhibited[alert.id]],
        }
        for alert in alerts
    }


def _as_shown(inhibition: Inhibition) -> InhibitionOut:
    return InhibitionOut(alert_id=inhibition.by, rule=inhibition.rule, why=said(inhibition.why))


def _lessons(session: Session, alert: Alert) -> list[Lesson]:
    found = review_store.of_fingerprint(session, alert.fingerprint, alert.id, MOST_LESSONS)
    return [
        Lesson(
            alert_id=review.alert_id,
            incident=incident,
            cause=review.cause,
            lessons=review.lessons,
            written_at=review.written_at,
        )
        for review, incident in found
    ]


def _fields(alert: Alert) -> dict[str, object]:
    return {column.key: getattr(alert, column.key) for column in Alert.__table__.columns}
