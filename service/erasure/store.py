"""Take a person out of the tables.

Orders, engagement and scores are removed. Feedback stays as a count that an alert may rest on:
its sentiment, categories, product and time; its text, words, author and customer go. An author
whose feedback names no other customer is the same person, and goes too.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, text, update
from sqlalchemy.orm import Session

from service.database.tables import (
    Account,
    Alert,
    AlertEvidence,
    CustomerScore,
    Edge,
    Engagement,
    Feedback,
    Influencer,
    Order,
    Signal,
)

EMPTIED = {
    "masked_text": "",
    "author_id": None,
    "customer_id": None,
    "session_id": None,
    "parent_id": None,
    "region": None,
}
WORDLESS: dict[str, list[Any]] = {"targets": [], "evidence": [], "keyphrases": []}


def remove_rows(session: Session, customer_id: str) -> dict[str, int]:
    """Remove what a customer did and is worth; return how many rows of each table."""
    tables = (Order, Engagement, CustomerScore)
    return {
        table.__tablename__: len(
            session.execute(
                delete(table).where(table.customer_id == customer_id).returning(table.customer_id)
            ).all()
        )
        for table in tables
    }


def remove_accounts(session: Session, customer_id: str, authors: Sequence[str]) -> dict[str, int]:
    """Remove a customer's accounts, their edges and their influence; return how many rows."""
    own = select(Account.account_id).where(Account.customer_id == customer_id)
    ids = {*session.scalars(own), *authors}
    conditions = {
        Account: Account.account_id.in_(ids),
        Edge: Edge.source.in_(ids) | Edge.target.in_(ids),
        Influencer: Influencer.author_id.in_({*ids, f"customer:{customer_id}"}),
    }
    return {
        table.__tablename__: len(
            session.execute(delete(table).where(condition).returning(text("1"))).all()
        )
        for table, condition in conditions.items()
    }


def authors_of(session: Session, customer_id: str) -> Sequence[str]:
    """Return the authors that are this customer and no other."""
    mine = select(Feedback.author_id).where(Feedback.customer_id == customer_id)
    grouped = (
        select(Feedback.author_id)
        .where(Feedback.author_id.in_(mine))
        .group_by(Feedback.author_id)
        .having(func.count(func.distinct(Feedback.customer_id)) == 1)
    )
    return [author for author in session.scalars(grouped) if author is not None]


def feedback_of(session: Session, customer_id: str, authors: Sequence[str]) -> Sequence[str]:
    """Return and lock the ids of the feedback of a customer and of these authors."""
    theirs = (Feedback.customer_id == customer_id) | Feedback.author_id.in_(authors)
    wanted = select(Feedback.id).where(theirs).order_by(Feedback.id).with_for_update()
    return session.scalars(wanted).all()


def empty_feedback(session: Session, ids: Sequence[str], now: datetime) -> None:
    """Take text, words and persons out of these pieces of feedback."""
    emptied = update(Feedback).where(Feedback.id.in_(ids)).values(**EMPTIED, erased_at=now)
    session.execute(emptied.values(analysed_at=func.coalesce(Feedback.analysed_at, now)))
    session.execute(update(Signal).where(Signal.feedback_id.in_(ids)).values(**WORDLESS))


def alerts_on(session: Session, ids: Sequence[str]) -> Sequence[Alert]:
    """Return and lock the alerts that rest on some of these pieces of feedback."""
    proofs = select(AlertEvidence.alert_id).where(AlertEvidence.feedback_id.in_(ids))
    return session.scalars(select(Alert).where(Alert.id.in_(proofs)).with_for_update()).all()
