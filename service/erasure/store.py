"""Take a person out of the tables.

Orders, engagement and scores are removed. Feedback stays as a count that an alert may rest on:
its sentiment, categories, product and time; its text, words, author and customer go.

Feedback is a customer's where it names the customer or, as the tiering job sees it, where it names
nobody and an account of the customer wrote it. A name that others may share proves nothing.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, text, union, update
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
    WatchLook,
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
    """Remove the accounts and edges of these authors, and all influence of theirs or the customer.

    Returns how many rows of each table. Influence that the last run gave to a shared name, as this
    customer's, goes as well; the next run finds it again without the customer.
    """
    called = [*authors, f"customer:{customer_id}"]
    conditions = {
        Account: Account.account_id.in_(authors),
        Edge: Edge.source.in_(authors) | Edge.target.in_(authors),
        Influencer: Influencer.author_id.in_(called) | (Influencer.customer_id == customer_id),
    }
    return {
        table.__tablename__: len(
            session.execute(delete(table).where(condition).returning(text("1"))).all()
        )
        for table, condition in conditions.items()
    }


def authors_of(session: Session, customer_id: str) -> Sequence[str]:
    """Return the accounts of a customer, and the authors whose feedback all names the customer.

    An author with feedback that names nobody, or with an account of another, may be many people.
    """
    accounts = select(Account.account_id).where(Account.customer_id == customer_id)
    others = select(Account.account_id).where(Account.customer_id != customer_id)
    mine = select(Feedback.author_id).where(Feedback.customer_id == customer_id)
    alone = (
        select(Feedback.author_id)
        .where(Feedback.author_id.in_(mine), Feedback.author_id.not_in(others))
        .group_by(Feedback.author_id)
        .having(func.bool_and(Feedback.customer_id.is_not_distinct_from(customer_id)))
    )
    return [author for author in session.scalars(union(accounts, alone)) if author is not None]


def feedback_of(session: Session, customer_id: str, authors: Sequence[str]) -> Sequence[str]:
    """Return and lock the ids of the feedback of a customer: by name, else by these authors."""
    unnamed = Feedback.customer_id.is_(None) & Feedback.author_id.in_(authors)
    theirs = (Feedback.customer_id == customer_id) | unnamed
    wanted = select(Feedback.id).where(theirs).order_by(Feedback.id).with_for_update()
    return session.scalars(wanted).all()


def empty_feedback(session: Session, ids: Sequence[str], now: datetime) -> None:
    """Take text, words and persons out of these pieces of feedback."""
    emptied = update(Feedback).where(Feedback.id.in_(ids)).values(**EMPTIED, erased_at=now)
    session.execute(emptied.values(analysed_at=func.coalesce(Feedback.analysed_at, now)))
    session.execute(update(Signal).where(Signal.feedback_id.in_(ids)).values(**WORDLESS))


def count_looks(session: Session) -> None:
    """Let no process go on with what it remembers of a product: it may hold what is erased."""
    session.execute(update(WatchLook).values(number=WatchLook.number + 1))


def alerts_on(session: Session, ids: Sequence[str]) -> Sequence[Alert]:
    """Return and lock the alerts that rest on some of these pieces of feedback."""
    proofs = select(AlertEvidence.alert_id).where(AlertEvidence.feedback_id.in_(ids))
    return session.scalars(select(Alert).where(Alert.id.in_(proofs)).with_for_update()).all()
