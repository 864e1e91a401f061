"""Take the next message of a route, so that nobody else sends it.

A route is leased, not its messages: one message of a route is sent at a time. A lease that is not
renewed ends by itself, and what was being sent is then sent again, under the same id.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, or_, select
from sqlalchemy.orm import Session

from service.database.tables import Delivery, OutboxEvent, Route
from service.delivery.channels import channel
from service.delivery.gathering import how_many
from service.delivery.happened import Happened, happened
from service.delivery.jobs import Job
from service.delivery.letters import Part
from service.delivery.quiet_hours import quiet_until
from service.delivery.rates import free_at, remembered, room
from service.delivery.routes import Addressed, addressed, limits_of, quiet_of, style_of
from service.delivery.states import WAITING
from service.delivery.vault import Vault
from service.delivery.windows import window

MOST_GATHERED = 200
LEASES_AHEAD = 3
"""How far, in leases, the clocks of workers may differ."""
Rows = list[tuple[Delivery, Happened]]


@dataclass(frozen=True, slots=True)
class Claim:
    """What claiming needs beside the time."""

    vault: Vault
    lease: timedelta
    zone: ZoneInfo


def next_route(session: Session, now: datetime, lease: timedelta) -> Route | None:
    """Return and lock a route that may be sent to and has something due, the least served first.

    A lease that ends later than any that could be made now is of a clock that was set back: it
    would hold the route up for as long, and counts as over.
    """
    due = (Delivery.route_id == Route.id, Delivery.state == WAITING, Delivery.due_at <= now)
    wanted = select(Route).where(
        Route.enabled,
        or_(
            Route.leased_until.is_(None),
            Route.leased_until <= now,
            Route.leased_until > now + LEASES_AHEAD * lease,
        ),
        Route.not_before.is_(None) | (Route.not_before <= now),
        exists().where(*due),
    )
    first = wanted.order_by(Route.served_at.asc().nulls_first(), Route.id).limit(1)
    return session.scalars(first.with_for_update(skip_locked=True)).one_or_none()


def claim(session: Session, route: Route, now: datetime, how: Claim) -> Job | None:
    """Lease a locked route for its next message; None where it has to wait, which is noted.

    Raises
    ------
    SettingError
        The target cannot be decrypted.
    """
    rows = _awake(session, route, now)
    if not rows:
        return None
    limits, sent = limits_of(route), window(session, route.bucket, now)
    free = room(sent.sent_at, limits, now)
    if free == 0:
        route.not_before = free_at(sent.sent_at, limits, now)
        return None
    chosen, parts = _gathered(route, rows, free, how.zone)
    to = addressed(route, how.vault, now)
    sent.sent_at = [*remembered(sent.sent_at, limits, now), now] if limits else []
    return _leased(route, now, how.lease, (chosen, parts, to))


def _leased(
    route: Route, now: datetime, lease: timedelta, message: tuple[Rows, list[Part], Addressed]
) -> Job:
    rows, parts, to = message
    first = rows[0][0]
    message_id = first.message_id or f"msg_{uuid.uuid4().hex}"
    for delivery, _ in rows:
        delivery.message_id = message_id
    route.lease, route.leased_until, route.served_at = uuid.uuid4().hex, now + lease, now
    return Job(
        route_id=route.id,
        lease=route.lease,
        message_id=message_id,
        deliveries=tuple(delivery.id for delivery, _ in rows),
        attempts=first.attempts,
        parts_sent=min(first.parts_sent, len(parts) - 1),
        bucket=route.bucket,
        limits=limits_of(route),
        parts=tuple(parts),
        addressed=to,
    )


def _gathered(
    route: Route, rows: Rows, free: int | None, zone: ZoneInfo
) -> tuple[Rows, list[Part]]:
    style, kind = style_of(route, zone), channel(route.kind)
    events = [event for _, event in rows]
    if rows[0][0].message_id is not None:
        return rows, kind.parts(events, style)
    count = how_many(
        len(rows), free, route.window_seconds, lambda n: len(kind.parts(events[:n], style)) == 1
    )
    return rows[:count], kind.parts(events[:count], style)


def _awake(session: Session, route: Route, now: datetime) -> Rows:
    """Return the message that is due, or the events that may become one; none while it is quiet.

    What quiet hours hold back becomes due at their end.
    """
    quiet = quiet_of(route.quiet_hours, channel(route.kind).linger)
    while rows := _due(session, route, now):
        together = rows[0][0].message_id is not None
        gravest = min(event.level for _, event in rows)
        kept: Rows = []
        for delivery, event in rows:
            opening = quiet_until(quiet, gravest if together else event.level, now)
            if opening is None:
                kept.append((delivery, event))
            else:
                delivery.due_at = opening
        if kept:
            return kept
        session.flush()
    return []


def _due(session: Session, route: Route, now: datetime) -> Rows:
    mine = (Delivery.route_id == route.id, Delivery.state == WAITING)
    earliest = select(Delivery).where(*mine, Delivery.due_at <= now)
    head = session.scalars(earliest.order_by(Delivery.due_at, Delivery.id).limit(1)).one_or_none()
    if head is None:
        return []
    together = Delivery.message_id == head.message_id
    if head.message_id is None:
        soon = now + timedelta(seconds=route.window_seconds)
        together = Delivery.message_id.is_(None) & (Delivery.due_at <= soon)
    wanted = select(Delivery, OutboxEvent).join(
        OutboxEvent, OutboxEvent.number == Delivery.event_number
    )
    rows = wanted.where(*mine, together).order_by(Delivery.event_number).limit(MOST_GATHERED)
    return [
        (delivery, happened(event.number, event.snapshot))
        for delivery, event in session.execute(rows)
    ]
