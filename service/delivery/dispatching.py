"""From events to deliveries: one for every route that an event is for, once."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import structlog
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service import untold
from service.database.tables import Delivery, OutboxEvent, Route
from service.delivery.consent import MayNotify
from service.delivery.filters import Filter, matches
from service.delivery.happened import Happened, happened
from service.delivery.quiet_hours import GRAVEST
from service.delivery.states import WAITING

AT_ONCE = 100
_LOGGER = structlog.get_logger("tingyin.delivery")
Row = dict[str, object]


def dispatch(session: Session, now: datetime, may_notify: MayNotify) -> int:
    """Make the deliveries of events that have none yet; return how many events were looked at.

    Two that dispatch at once take different events; what is already there is not made again.
    """
    events = _fresh(session)
    routes = session.scalars(select(Route).where(Route.enabled).order_by(Route.id)).all()
    found = [pair for event in events for pair in _wanting(session, event, routes, may_notify)]
    if found:
        rows = [_waiting(event, route, now) for event, route in found]
        session.execute(insert(Delivery).values(rows).on_conflict_do_nothing())
    for event in events:
        event.expanded_at = now
    return len(events)


def filter_of(route: Route) -> Filter:
    """Return what a route asks for."""
    return Filter(route.products, route.categories, route.level, route.events, route.roles)


def _fresh(session: Session) -> Sequence[OutboxEvent]:
    wanted = select(OutboxEvent).where(OutboxEvent.expanded_at.is_(None))
    locked = wanted.order_by(OutboxEvent.number).limit(AT_ONCE).with_for_update(skip_locked=True)
    return session.scalars(locked).all()


def _wanting(
    session: Session, row: OutboxEvent, routes: Sequence[Route], may_notify: MayNotify
) -> Iterator[tuple[OutboxEvent, Route]]:
    event = _read(row)
    if event is None:
        return
    wanting = [route for route in routes if matches(filter_of(route), event)]
    if not wanting:
        return
    if not may_notify(session, event):
        untold.keep_back(row)
        return
    untold.told(session, row)
    for route in wanting:
        yield row, route


def _read(row: OutboxEvent) -> Happened | None:
    """Return the event of a row; None, and an error in the log, where another version wrote it."""
    try:
        return happened(row.number, row.snapshot)
    except (LookupError, TypeError, ValueError):
        _LOGGER.exception("event cannot be read and is told to nobody", number=row.number)
        return None


def _wait(event: OutboxEvent, route: Route) -> timedelta:
    """Return how long a route gathers; level I waits for nobody."""
    return timedelta(seconds=0 if event.level <= GRAVEST else route.window_seconds)


def _waiting(event: OutboxEvent, route: Route, now: datetime) -> Row:
    """Return a delivery; an event of a clock that was ahead of ours waits no longer for that."""
    return {
        "event_number": event.number,
        "route_id": route.id,
        "state": WAITING,
        "parts_sent": 0,
        "attempts": 0,
        "created_at": event.at,
        "due_at": min(event.at, now) + _wait(event, route),
    }
