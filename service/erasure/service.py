"""Erasure: everything of one person, in one transaction, with a receipt."""

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime

from sqlalchemy.orm import Session

from service import outbox
from service.database import keep_off_jobs
from service.database.tables import Alert, Erasure, JsonObject
from service.erasure import store
from service.erasure.schemas import Receipt
from service.errors import NotFoundError


def erase(session: Session, customer_id: str, who: str, now: datetime) -> Receipt:
    """Erase a customer and return the receipt; waits for the jobs that are running.

    Raises
    ------
    NotFoundError
        Nothing is known of this customer.
    """
    keep_off_jobs(session)
    counts = store.remove_rows(session, customer_id)
    authors = store.authors_of(session, customer_id)
    ids = store.feedback_of(session, customer_id, authors)
    counts |= store.remove_accounts(session, customer_id, authors)
    counts["feedback"] = len(ids)
    if not any(counts.values()):
        raise NotFoundError("Nothing is known of this customer.", "没有该客户的任何数据。")
    for alert in store.alerts_on(session, ids):
        forget_in(alert, frozenset(ids), frozenset(authors))
        outbox.forget(session, alert.id, frozenset(ids))
    store.empty_feedback(session, ids, now)
    store.count_looks(session)
    return _receipt(session, customer_id, counts, (who, now))


def forget_in(alert: Alert, ids: frozenset[str], authors: frozenset[str]) -> None:
    """Take quotes of the feedback, and the authors wherever they are named, out of an alert.

    An author who has nothing but this feedback in it goes as well: nothing else says that it is
    theirs.
    """
    gone = authors | {one["author_id"] for one in alert.authors if ids.issuperset(one["ids"])}
    alert.quotes = [quote for quote in alert.quotes if quote.get("id") not in ids]
    alert.authors = [author for author in alert.authors if author["author_id"] not in gone]
    alert.reasons = [reason for reason in alert.reasons if not _names(reason, gone)]


def _names(reason: JsonObject, authors: Collection[str]) -> bool:
    return any(author in str(text) for author in authors for text in reason.values())


def _receipt(
    session: Session, customer_id: str, counts: dict[str, int], act: tuple[str, datetime]
) -> Receipt:
    salt = secrets.token_hex(16)
    row = Erasure(
        customer_hash=hashlib.sha256((salt + customer_id).encode()).hexdigest(),
        salt=salt,
        erased_by=act[0],
        erased_at=act[1],
        counts=dict(counts),
    )
    session.add(row)
    session.flush()
    return Receipt.model_validate(row, from_attributes=True)
