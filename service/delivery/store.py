"""Routes and deliveries in the database."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Row, Select, func, select, update
from sqlalchemy.orm import Session

from service.api.cursors import Slice, asked, page
from service.database.tables import Delivery, DeliveryAttempt, OutboxEvent, Route
from service.delivery.states import DEAD, WAITING, DeliveryState

NEWEST_FIRST = {"id": Delivery.id}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which deliveries are asked for; None asks for all."""

    state: DeliveryState | None = None
    route_id: int | None = None
    alert_id: str | None = None


def routes(session: Session) -> Sequence[Route]:
    """Return every route, in the order in which they were made."""
    return session.scalars(select(Route).order_by(Route.id)).all()


def route(session: Session, route_id: int, *, lock: bool = False) -> Route | None:
    """Return one route, or None; with `lock` nobody else changes or serves it meanwhile."""
    wanted = select(Route).where(Route.id == route_id)
    return session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()


def counts(session: Session) -> dict[tuple[int, str], int]:
    """Return how many deliveries of each route are in each state, but for the delivered."""
    open_ones = Delivery.state.in_((WAITING, DEAD))
    key = (Delivery.route_id, Delivery.state)
    found = session.execute(select(*key, func.count()).where(open_ones).group_by(*key))
    return {(route_id, state): count for route_id, state, count in found}


def listed(session: Session, filters: Filters, cursor: str | None, limit: int) -> Slice:
    """Return one page of rows (delivery, event, name of the route), the newest first."""
    conditions = asked(
        (filters.state, Delivery.state.__eq__),
        (filters.route_id, Delivery.route_id.__eq__),
        (filters.alert_id, OutboxEvent.alert_id.__eq__),
    )
    return page(session, _joined().where(*conditions), NEWEST_FIRST, cursor, limit)


def one(session: Session, delivery_id: int) -> Row[Delivery, OutboxEvent, str] | None:
    """Return one row (delivery, event, name of the route), or None."""
    return session.execute(_joined().where(Delivery.id == delivery_id)).one_or_none()


def tries(session: Session, message_id: str | None) -> Sequence[DeliveryAttempt]:
    """Return every try of a message, the oldest first."""
    mine = select(DeliveryAttempt).where(DeliveryAttempt.message_id == message_id)
    return session.scalars(mine.order_by(DeliveryAttempt.number)).all()


def replay_message(session: Session, route_id: int, message_id: str, now: datetime) -> int:
    """Let the dead deliveries of a message wait again, under its old id; return how many."""
    mine = (Delivery.route_id == route_id, Delivery.message_id == message_id)
    return _again(session, now, *mine)


def replay_route(session: Session, route_id: int, now: datetime) -> int:
    """Let every dead delivery of a route wait again; return how many."""
    return _again(session, now, Delivery.route_id == route_id)


def reconsider(session: Session, changed: Route, now: datetime) -> None:
    """Let what waits for a route be looked at anew, after its hours or its address changed.

    Messages that failed keep the time of their next try.
    """
    changed.not_before, changed.failures = None, 0
    mine = (Delivery.route_id == changed.id, Delivery.state == WAITING, Delivery.attempts == 0)
    session.execute(update(Delivery).where(*mine, Delivery.due_at > now).values(due_at=now))


def _again(session: Session, now: datetime, *mine: ColumnElement[bool]) -> int:
    fresh = {"state": WAITING, "attempts": 0, "due_at": now, "parts_sent": 0}
    dead = update(Delivery).where(*mine, Delivery.state == DEAD)
    return len(session.scalars(dead.values(fresh).returning(Delivery.id)).all())


def _joined() -> Select[Delivery, OutboxEvent, str]:
    joined = select(Delivery, OutboxEvent, Route.name).join(
        OutboxEvent, OutboxEvent.number == Delivery.event_number
    )
    return joined.join(Route, Route.id == Delivery.route_id)
