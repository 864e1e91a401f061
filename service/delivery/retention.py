"""How long it is kept what was told to whom."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists
from sqlalchemy.orm import Session

from service.database.tables import Delivery, DeliveryAttempt, OutboxEvent
from service.delivery.states import WAITING

KEPT = timedelta(days=90)


def forget_old(session: Session, now: datetime) -> None:
    """Remove events older than 90 days that nobody waits for, with their deliveries and tries."""
    before = now - KEPT
    awaited = exists().where(Delivery.event_number == OutboxEvent.number, Delivery.state == WAITING)
    session.execute(delete(OutboxEvent).where(OutboxEvent.expanded_at < before, ~awaited))
    session.execute(delete(DeliveryAttempt).where(DeliveryAttempt.at < before))
