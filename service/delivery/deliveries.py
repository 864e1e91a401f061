"""Deliveries: shown with their tries, and replayed."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row
from sqlalchemy.orm import Session

from service.api.said import said_or_none
from service.database.tables import Delivery, DeliveryAttempt, OutboxEvent
from service.delivery import store
from service.delivery.delivery_schemas import (
    AttemptOut,
    DeliveryDetail,
    DeliveryOut,
    DeliveryPage,
    Replayed,
)
from service.delivery.happened import BY_AUDIT
from service.delivery.hints import hint_for
from service.delivery.service import found_route
from service.delivery.states import DEAD
from service.errors import ConflictError, NotFoundError


def show_page(
    session: Session, filters: store.Filters, cursor: str | None, limit: int
) -> DeliveryPage:
    """Return one page of deliveries."""
    found = store.listed(session, filters, cursor, limit)
    items = [DeliveryOut.model_validate(_delivery(row)) for row in found.rows]
    return DeliveryPage(items=items, next_cursor=found.next_cursor)


def show_delivery(session: Session, delivery_id: int) -> DeliveryDetail:
    """Return one delivery with its tries.

    Raises
    ------
    NotFoundError
        There is none with this number.
    """
    row = _found(session, delivery_id)
    tries = store.tries(session, row[0].message_id)
    more = {
        "tries": [_try(each) for each in tries],
        "hint": said_or_none(hint_for(row[0].last_error)),
    }
    return DeliveryDetail.model_validate(_delivery(row) | more)


def replay(session: Session, delivery_id: int, now: datetime) -> DeliveryOut:
    """Let a dead delivery wait again, with all that was sent in the same message.

    A route that rests after failures rests no longer.

    Raises
    ------
    NotFoundError, ConflictError
        There is none with this number; it is not dead.
    """
    row = _found(session, delivery_id)
    delivery = row[0]
    if delivery.state != DEAD or delivery.message_id is None:
        raise ConflictError(
            f"Only a dead delivery can be replayed; this one is {delivery.state}.",
            f"只有已放弃（dead）的投递可以重放；此条为 {delivery.state}。",
        )
    found_route(session, delivery.route_id, lock=True).not_before = None
    store.replay_message(session, delivery.route_id, delivery.message_id, now)
    session.refresh(delivery)
    return DeliveryOut.model_validate(_delivery(row))


def replay_all(session: Session, route_id: int, now: datetime) -> Replayed:
    """Let every dead delivery of a route wait again.

    Raises
    ------
    NotFoundError
        There is no such route.
    """
    row = found_route(session, route_id, lock=True)
    row.not_before = None
    return Replayed(replayed=store.replay_route(session, route_id, now))


def _found(session: Session, delivery_id: int) -> Row[Delivery, OutboxEvent, str]:
    row = store.one(session, delivery_id)
    if row is None:
        raise NotFoundError("There is no delivery with this number.", "没有此编号的投递。")
    return row


def _delivery(row: Row[*tuple[Any, ...]]) -> dict[str, object]:
    delivery, event, name = row[0], row[1], row[2]
    own = {column.key: getattr(delivery, column.key) for column in Delivery.__table__.columns}
    about = {"alert_id": event.alert_id, "event": BY_AUDIT.get(event.event, event.event)}
    return own | about | {"level": event.level, "route": name}


def _try(row: DeliveryAttempt) -> AttemptOut:
    return AttemptOut.model_validate(row, from_attributes=True)
