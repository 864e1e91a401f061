"""How long it is kept what was told to whom."""

from datetime import datetime, timedelta

from sqlalchemy import delete, exists
from sqlalchemy.orm import Session

from service.database.tables import Alert, Delivery, DeliveryAttempt, OutboxEvent
from service.delivery.states import WAITING

KEPT = timedelta(days=90)


def forget_old(session: Session, now: datetime) -> None:
    """Remove events older than 90 days that nobody waits for, with their deliveries and tries.

    News that is still to be told, when a silence ends, stays for as long as its alert is open.
    """
    before = now - KEPT
    awaited = exists().where(Delivery.event_number == OutboxEvent.number, Delivery.state == WAITING)
    closed = exists().where(Alert.id == OutboxEvent.alert_id, Alert.state == "resolved")
    over = (OutboxEvent.expanded_at < before, ~awaited, ~OutboxEvent.untold | closed)
    session.execute(delete(OutboxEvent).where(*over))
    session.execute(delete(DeliveryAttempt).where(DeliveryAttempt.at < before))
