"""Complaints in the database: feedback of customers whose signals say that it is one."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from service.api.cursors import Slice, asked, page
from service.database.tables import Feedback, Signal

GRAVEST_FIRST = {
    "severity": Signal.severity,
    "reach": Feedback.reach,
    "created_at": Feedback.created_at,
    "id": Feedback.id,
}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which complaints are asked for; None asks for all."""

    product: str | None = None
    category: str | None = None
    severity: int | None = None
    customer_id: str | None = None
    since: datetime | None = None
    until: datetime | None = None


def listed(session: Session, filters: Filters, cursor: str | None, limit: int) -> Slice:
    """Return one page of rows (feedback, signals): gravest, then farthest-reaching, then newest."""
    conditions = asked(
        (filters.product, Feedback.product.__eq__),
        (filters.category, lambda category: Signal.complaint.contains([category])),
        (filters.severity, Signal.severity.__ge__),
        (filters.customer_id, Feedback.customer_id.__eq__),
        (filters.since, Feedback.created_at.__ge__),
        (filters.until, Feedback.created_at.__lt__),
    )
    complains = or_(Signal.intents.contains(["complaint"]), func.cardinality(Signal.complaint) > 0)
    from_a_customer = Feedback.role.is_distinct_from("agent")
    query = select(Feedback, Signal).join(Signal, Signal.feedback_id == Feedback.id)
    kept = query.where(complains, from_a_customer, Signal.spam.is_(False), *conditions)
    return page(session, kept, GRAVEST_FIRST, cursor, limit)
