"""Feedback in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.api.cursors import Slice, asked, page
from service.database.tables import Feedback, Signal

NEWEST_FIRST = {"created_at": Feedback.created_at, "id": Feedback.id}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which feedback is asked for; None asks for all."""

    product: str | None = None
    sentiment: str | None = None
    category: str | None = None
    customer_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def add(session: Session, rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Store the rows whose id is new and return their ids.

    Rows go in by the order of their ids: two requests that share ids then wait for each other
    and never both at once.
    """
    if not rows:
        return frozenset()
    ordered = sorted(rows, key=lambda row: str(row["id"]))
    new = insert(Feedback).on_conflict_do_nothing(index_elements=["id"]).returning(Feedback.id)
    return frozenset(session.scalars(new, ordered).all())


def get(session: Session, feedback_id: str) -> tuple[Feedback, Signal | None] | None:
    """Return one piece of feedback with its signals, or None."""
    row = session.execute(_with_signals().where(Feedback.id == feedback_id)).one_or_none()
    return None if row is None else (row[0], row[1])


def listed(session: Session, filters: Filters, cursor: str | None, limit: int) -> Slice:
    """Return one page of the feedback that `filters` asks for, the newest first."""
    query = _with_signals()
    conditions = asked(
        (filters.product, Feedback.product.__eq__),
        (filters.customer_id, Feedback.customer_id.__eq__),
        (filters.sentiment, Signal.sentiment.__eq__),
        (filters.category, lambda category: Signal.complaint.contains([category])),
        (filters.since, Feedback.created_at.__ge__),
        (filters.until, Feedback.created_at.__lt__),
    )
    return page(session, query.where(*conditions), NEWEST_FIRST, cursor, limit)


def _with_signals() -> Select[Feedback, Signal]:
    return select(Feedback, Signal).outerjoin(Signal, Signal.feedback_id == Feedback.id)
