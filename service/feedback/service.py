"""Feedback: taken in with personal data masked, listed, shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from nlp.message import Language
from service.api.bodies import BadRow, BulkResult, GoodRow, Status, bulk_result
from service.api.services import Mask
from service.database.tables import Feedback, Signal
from service.errors import NotFoundError
from service.feedback import store
from service.feedback.schemas import Analysis, FeedbackIn, FeedbackOut, FeedbackPage, SignalsOut

Good = Sequence[GoodRow[FeedbackIn]]


def masked_rows(good: Good, mask: Mask, now: datetime) -> list[dict[str, Any]]:
    """Return the rows as they are stored: the first of each id, the text only masked."""
    first: dict[str, dict[str, Any]] = {}
    for entry in good:
        if entry.row.id not in first:
            kept = entry.row.model_dump(exclude={"text"})
            first[entry.row.id] = {
                **kept,
                "masked_text": mask(entry.row.text),
                "received_at": now,
            }
    return list(first.values())


@dataclass(frozen=True, slots=True)
class Posted:
    """One body: its rows as they are stored, and what its answer is made of."""

    rows: Sequence[dict[str, Any]]
    good: Good
    bad: Sequence[BadRow]
    language: Language


def take_in(session: Session, bodies: Sequence[Posted]) -> list[BulkResult]:
    """Store the rows that are new and return, for each body, what became of its rows.

    Where bodies name the same id, the first of them has brought it.
    """
    first = {row["id"]: row for body in reversed(bodies) for row in body.rows}
    fresh = set(store.add(session, list(first.values())))
    return [_answer(body, fresh) for body in bodies]


def _answer(body: Posted, fresh: set[str]) -> BulkResult:
    """Return the answer to one body, and take out of `fresh` what it has brought."""

    def outcome(entry: GoodRow[FeedbackIn]) -> tuple[str, Status]:
        status: Status = "accepted" if entry.row.id in fresh else "duplicate"
        fresh.discard(entry.row.id)
        return entry.row.id, status

    return bulk_result(body.good, body.bad, outcome, body.language)


def show(session: Session, feedback_id: str) -> FeedbackOut:
    """Return one piece of feedback.

    Raises
    ------
    NotFoundError
        There is none with this id.
    """
    found = store.get(session, feedback_id)
    if found is None:
        raise NotFoundError("There is no feedback with this id.", "没有此编号的反馈。")
    return as_shown(*found)


def show_page(
    session: Session, filters: store.Filters, cursor: str | None, limit: int
) -> FeedbackPage:
    """Return one page of feedback."""
    found = store.listed(session, filters, cursor, limit)
    items = [as_shown(row[0], row[1]) for row in found.rows]
    return FeedbackPage(items=items, next_cursor=found.next_cursor)


def as_shown(feedback: Feedback, signal: Signal | None) -> FeedbackOut:
    """Return a stored row as answers show it."""
    own = {name: getattr(feedback, name, None) for name in FeedbackOut.model_fields}
    signals = SignalsOut.model_validate(signal, from_attributes=True) if signal else None
    own.update(text=feedback.masked_text, analysis=_analysis(feedback, signal), signals=signals)
    return FeedbackOut.model_validate(own)


def _analysis(feedback: Feedback, signal: Signal | None) -> Analysis:
    if signal is not None:
        return "done"
    return "failed" if feedback.failure is not None else "waiting"
