"""Analysed feedback as surveillance counts it."""

from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from nlp.surveillance import Mention, mentions_from_rows
from service.database.tables import Feedback, Signal

COLUMNS = {
    "id": Feedback.id,
    "created_at": Feedback.created_at,
    "product": Feedback.product,
    "author_id": Feedback.author_id,
    "session_id": Feedback.session_id,
    "parent_id": Feedback.parent_id,
    "role": Feedback.role,
    "channel": Feedback.channel,
    "region": Feedback.region,
    "likes": Feedback.likes,
    "reposts": Feedback.reposts,
    "saves": Feedback.saves,
    "replies": Feedback.replies,
    "author_followers": Feedback.author_followers,
    "masked_text": Feedback.masked_text,
    "sentiment": Signal.sentiment,
    "intents": Signal.intents,
    "complaint": Signal.complaint,
    "severity": Signal.severity,
    "spam": Signal.spam,
}


def mentions_of(
    session: Session,
    product: str,
    memory: timedelta,
    between: tuple[datetime, datetime] | None = None,
) -> list[Mention]:
    """Return the analysed mentions of a product, back to `memory` before the last one.

    `between` asks only for those written from one time to another, both included.
    """
    own = Feedback.product == product if product else Feedback.product.is_(None)
    last = select(func.max(Feedback.created_at)).where(own).scalar_subquery()
    wanted = (
        select(*(column.label(name) for name, column in COLUMNS.items()))
        .join(Signal, Signal.feedback_id == Feedback.id)
        .where(own, Feedback.created_at >= last - memory)
    )
    if between is not None:
        wanted = wanted.where(Feedback.created_at.between(*between))
    return mentions_from_rows(
        dict(zip(COLUMNS, row, strict=True)) for row in session.execute(wanted)
    )
