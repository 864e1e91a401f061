"""From events to deliveries: one for every route that an event is for, once."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.database.tables import Delivery, OutboxEvent, Route
from service.delivery.consent import MayNotify
from service.delivery.filters import Filter, matches
from service.delivery.happened import happened
from service.delivery.states import WAITING

AT_ONCE = 100
Row = dict[str, object]


def dispatch(session: Session, now: datetime, may_notify: MayNotify) -> int:
    """Make the deliveries of events that have none yet; return how many events were looked at.

    Two that dispatch at once take different events; what is already there is not made again.
    """
    events = _fresh(session)
    routes = session.scalars(select(Route).where(Route.enabled).order_by(Route.id)).all()
    rows = [row for event in events for row in _rows(session, event, routes, may_notify)]
    if rows:
        session.execute(insert(Delivery).values(rows).on_conflict_do_nothing())
    for event in events:
        event.expanded_at = now
    return len(events)


def filter_of(route: Route) -> Filter:
    """Return what a route asks for."""
    return Filter(route.products, route.categories, route.level, route.events)


def _fresh(session: Session) -> Sequence[OutboxEvent]:
    wanted = select(OutboxEvent).where(OutboxEvent.expanded_at.is_(None))
    locked = wanted.order_by(OutboxEvent.number).limit(AT_ONCE).with_for_update(skip_locked=True)
    return session.scalars(locked).all()


def _rows(
    session: Session, row: OutboxEvent, routes: Sequence[Route], may_notify: MayNotify
) -> Iterator[Row]:
    event = happened(row.number, row.snapshot)
    wanting = [route for route in routes if matches(filter_of(route), event)]
    if wanting and may_notify(session, event):
        for route in wanting:
            yield _waiting(row, route)


def _waiting(event: OutboxEvent, route: Route) -> Row:
    return {
        "event_number": event.number,
        "route_id": route.id,
        "state": WAITING,
        "parts_sent": 0,
        "attempts": 0,
        "created_at": event.at,
        "due_at": event.at + timedelta(seconds=route.window_seconds),
    }
