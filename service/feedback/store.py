"""Feedback in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic_core import to_json
from sqlalchemy import Select, Text, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningInsert

from nlp.schema import FEEDBACK_CONTEXT
from service.api.cursors import Slice, asked, page
from service.database.tables import Base, Feedback, Signal

NEWEST_FIRST = {"created_at": Feedback.created_at, "id": Feedback.id}
GIVEN = ("id", "masked_text", *FEEDBACK_CONTEXT, "known_at", "received_at")
"""What a row of feedback brings; the rest the service finds out."""


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

    It is one statement, and the same for any number of rows: the server plans it once. Rows go in
    by the order of their ids: two requests that share ids then wait for each other and never both
    at once.
    """
    if not rows:
        return frozenset()
    ordered = sorted(rows, key=lambda row: str(row["id"]))
    return frozenset(session.scalars(_ADD, {"rows": to_json(ordered).decode()}).all())


def _adding() -> ReturningInsert[str]:
    """Return the statement that stores the rows of one JSON array."""
    table = Base.metadata.tables[Feedback.__tablename__]
    given = [column(name, table.c[name].type) for name in GIVEN]
    rows = func.jsonb_to_recordset(cast(bindparam("rows", type_=Text), JSONB))
    source = rows.table_valued(*given, name="given").render_derived(with_types=True)
    new = insert(table).from_select(GIVEN, select(*source.c), include_defaults=False)
    return new.on_conflict_do_nothing(index_elements=["id"]).returning(table.c.id)


_ADD = _adding()


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
