"""Feedback that waits for its analysis, and what the analysis leaves behind."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from nlp.schema import Signals
from service.database.tables import Feedback, Signal, WatchMark

MOST_ATTEMPTS = 3
NO_PRODUCT = ""

_WAITING = (Feedback.analysed_at.is_(None), Feedback.attempts < MOST_ATTEMPTS)


def waiting(session: Session, most: int, without: Collection[str] = ()) -> Sequence[Feedback]:
    """Return and lock the feedback that has waited longest, but the ids in `without`.

    What others hold is left to them.
    """
    wanted = select(Feedback).where(*_WAITING, Feedback.id.not_in(without))
    oldest = wanted.order_by(Feedback.received_at, Feedback.id).limit(most)
    return session.scalars(oldest.with_for_update(skip_locked=True)).all()


def count_waiting(session: Session) -> int:
    """Return how much feedback waits."""
    return session.scalars(select(func.count()).select_from(Feedback).where(*_WAITING)).one()


def count_marked(session: Session) -> int:
    """Return how many products are to be looked at."""
    return session.scalars(select(func.count()).select_from(WatchMark)).one()


def store_signals(
    session: Session,
    found: Sequence[tuple[Feedback, Signals]],
    now: datetime,
    *,
    explained: bool = True,
) -> None:
    """Store what the texts say, and mark their products to be looked at.

    `explained` says whether the words that made the verdicts are among it, or come later.
    """
    if not found:
        return
    rows = [{**_row(feedback, signals), "explained": explained} for feedback, signals in found]
    session.execute(insert(Signal).on_conflict_do_nothing(), rows)
    for feedback, _ in found:
        feedback.analysed_at = now
        feedback.failure = None
    mark(session, [feedback for feedback, _ in found])


def unexplained(
    session: Session, most: int, without: Collection[str] = ()
) -> Sequence[tuple[Signal, str]]:
    """Return and lock signals whose words are still to come, each with its text."""
    wanted = select(Signal, Feedback.masked_text).join(Feedback, Feedback.id == Signal.feedback_id)
    some = wanted.where(~Signal.explained, Signal.feedback_id.not_in(without)).limit(most)
    rows = session.execute(some.with_for_update(of=Signal, skip_locked=True))
    return [(row[0], row[1]) for row in rows]


def explain(found: Sequence[tuple[Signal, Signals]]) -> None:
    """Store the words that made verdicts, and of them nothing else."""
    for signal, signals in found:
        signal.evidence = signals.as_row()["evidence"]
        signal.explained = True


def note_failure(feedback: Feedback, error: Exception, now: datetime) -> None:
    """Count one failed attempt; after the last one the row is not tried again."""
    feedback.attempts += 1
    feedback.failure = type(error).__name__
    if feedback.attempts >= MOST_ATTEMPTS:
        feedback.analysed_at = now


def mark(session: Session, analysed: Sequence[Feedback]) -> None:
    """Widen the marks of the products so that they cover these pieces of feedback."""
    spans: dict[str, tuple[datetime, datetime]] = {}
    for feedback in analysed:
        own = feedback.created_at
        since, until = spans.get(feedback.product or NO_PRODUCT, (own, own))
        spans[feedback.product or NO_PRODUCT] = (min(since, own), max(until, own))
    put = insert(WatchMark)
    widened = {
        "since": func.least(WatchMark.since, put.excluded.since),
        "until": func.greatest(WatchMark.until, put.excluded.until),
    }
    rows = [{"product": p, "since": spans[p][0], "until": spans[p][1]} for p in sorted(spans)]
    session.execute(put.on_conflict_do_update(index_elements=["product"], set_=widened), rows)


def _row(feedback: Feedback, signals: Signals) -> Mapping[str, Any]:
    row = signals.as_row()
    del row["masked_text"]
    return {"feedback_id": feedback.id, **row}
