"""Take the next message of a route, so that nobody else sends it; and note what came of it.

A route is leased, not its messages: one message of a route is sent at a time. A lease that is not
renewed ends by itself, and what was being sent is then sent again, under the same id.
"""

import random
import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import exists, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.database.tables import Delivery, DeliveryAttempt, OutboxEvent, RateWindow, Route
from service.delivery.backoff import rest_after, wait_before
from service.delivery.channels import channel
from service.delivery.gathering import how_many
from service.delivery.happened import Happened, happened
from service.delivery.letters import Letter, Outcome, Part
from service.delivery.quiet_hours import quiet_until
from service.delivery.rates import Limit, free_at, remembered, room
from service.delivery.routes import Addressed, addressed, limits_of, quiet_of, style_of
from service.delivery.states import DEAD, DELIVERED, WAITING
from service.delivery.vault import Vault

MOST_GATHERED = 200
GONE = "410 Gone"


@dataclass(frozen=True, slots=True)
class Job:
    """One message of one route, claimed; shown without where it goes and what it says."""

    route_id: int
    lease: str
    message_id: str
    deliveries: tuple[int, ...]
    attempts: int
    parts_sent: int
    bucket: str
    limits: tuple[Limit, ...]
    parts: tuple[Part, ...] = field(repr=False)
    addressed: Addressed = field(repr=False)

    def letter(self, index: int, at: datetime) -> Letter:
        """Return one part, ready to be sent; parts after the first have an id of their own."""
        own = self.message_id if index == 0 else f"{self.message_id}-{index + 1}"
        to = self.addressed
        return Letter(to.kind, own, self.parts[index], at, to.target, to.secrets)


Rows = list[tuple[Delivery, Happened]]


@dataclass(frozen=True, slots=True)
class Claim:
    """What claiming needs beside the time."""

    vault: Vault
    lease: timedelta
    zone: ZoneInfo


def next_route(session: Session, now: datetime) -> Route | None:
    """Return and lock a route that may be sent to and has something due, the least served first."""
    due = (Delivery.route_id == Route.id, Delivery.state == WAITING, Delivery.due_at <= now)
    wanted = select(Route).where(
        Route.enabled,
        Route.leased_until.is_(None) | (Route.leased_until <= now),
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
    limits, sent = limits_of(route), _window(session, route.bucket)
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
    quiet = quiet_of(route.quiet_hours)
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


def _window(session: Session, bucket: str) -> RateWindow:
    """Return and lock the times of the last messages to a target."""
    made = insert(RateWindow).values(bucket=bucket, sent_at=[]).on_conflict_do_nothing()
    session.execute(made)
    return session.get_one(RateWindow, bucket, with_for_update=True)


def take(session: Session, bucket: str, limits: Sequence[Limit], now: datetime) -> datetime | None:
    """Take one message off the limit of a target; where none is left, return when one will be."""
    sent = _window(session, bucket)
    if room(sent.sent_at, limits, now) == 0:
        return free_at(sent.sent_at, limits, now)
    sent.sent_at = [*remembered(sent.sent_at, limits, now), now] if limits else []
    return None


def renew(session: Session, leases: Sequence[str], until: datetime) -> None:
    """Keep leases until a time."""
    session.execute(update(Route).where(Route.lease.in_(leases)).values(leased_until=until))


def part_sent(session: Session, job: Job, count: int) -> None:
    """Note that so many parts of a message are out: a second try goes on from there."""
    mine = Delivery.id.in_(job.deliveries)
    session.execute(update(Delivery).where(mine).values(parts_sent=count))


def postpone(session: Session, job: Job, until: datetime) -> None:
    """Give a message back until a time; it counts as no try."""
    route = _held(session, job)
    if route is not None:
        _give_back(route)
        route.not_before = until


def finish(
    session: Session,
    job: Job,
    outcome: Outcome,
    seconds: float,
    now: datetime,
    chance: Callable[[], float] = random.random,
) -> str:
    """Note what came of a try; return the state of the message: delivered, waiting or dead.

    A message that arrived is delivered even where the lease had ended. What failed then is left to
    the one who has the lease.
    """
    session.add(_attempt(job.route_id, job.message_id, outcome, seconds, now))
    held = _held(session, job)
    state = _state_after(job, outcome)
    if outcome.delivered:
        _settle(
            session, job, {"state": DELIVERED, "delivered_at": now, "last_error": None}, outcome
        )
    elif held is not None:
        wait = wait_before(job.attempts + 1, chance(), outcome.retry_after)
        due = {} if wait is None or state == DEAD else {"due_at": now + wait}
        _settle(session, job, {"state": state, "last_error": outcome.error, **due}, outcome)
    if held is not None:
        _rest(held, outcome, now, chance)
    return state


def _state_after(job: Job, outcome: Outcome) -> str:
    if outcome.delivered:
        return DELIVERED
    out_of_tries = wait_before(job.attempts + 1, 0.0) is None
    return DEAD if outcome.gone or out_of_tries else WAITING


def _settle(session: Session, job: Job, values: dict[str, object], outcome: Outcome) -> None:
    waiting = (Delivery.id.in_(job.deliveries), Delivery.state == WAITING)
    tried = {"attempts": job.attempts + 1, "last_status": outcome.status}
    session.execute(update(Delivery).where(*waiting).values(values | tried))


def _rest(route: Route, outcome: Outcome, now: datetime, chance: Callable[[], float]) -> None:
    """Give the route back; after a failure it rests, after a 410 it is switched off."""
    _give_back(route)
    if outcome.delivered:
        route.failures, route.not_before = 0, None
        return
    route.failures += 1
    route.not_before = now + rest_after(route.failures, chance(), outcome.retry_after)
    if outcome.gone:
        route.enabled, route.disabled_because = False, GONE


def _held(session: Session, job: Job) -> Route | None:
    """Return and lock the route, where the lease is still ours."""
    mine = select(Route).where(Route.id == job.route_id, Route.lease == job.lease)
    return session.scalars(mine.with_for_update()).one_or_none()


def _give_back(route: Route) -> None:
    route.lease, route.leased_until = None, None


def _attempt(
    route_id: int, message_id: str, outcome: Outcome, seconds: float, now: datetime
) -> DeliveryAttempt:
    return DeliveryAttempt(
        route_id=route_id,
        message_id=message_id,
        at=now,
        seconds=seconds,
        status=outcome.status,
        error=outcome.error,
    )


def waiting_since(session: Session) -> tuple[int, datetime | None]:
    """Return how many deliveries wait, and since when the oldest does."""
    mine = select(func.count(), func.min(Delivery.created_at)).where(Delivery.state == WAITING)
    count, oldest = session.execute(mine).one()
    fresh = select(func.min(OutboxEvent.at)).where(OutboxEvent.expanded_at.is_(None))
    unseen = session.scalars(fresh).one()
    return count, min(filter(None, (oldest, unseen)), default=None)
