"""Note what came of a message, and give its route back."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from service.database.tables import Delivery, DeliveryAttempt, OutboxEvent, Route
from service.delivery.backoff import rest_after, wait_before
from service.delivery.jobs import Job
from service.delivery.letters import Outcome
from service.delivery.states import DEAD, DELIVERED, WAITING

GONE = "410 Gone"


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


def switched_off(session: Session) -> int:
    """Return how many routes a receiver switched off; whoever enables one says that it is not."""
    off = (Route.enabled.is_(False), Route.disabled_because.is_not(None))
    return session.scalars(select(func.count()).where(*off).select_from(Route)).one()


def waiting_since(session: Session) -> tuple[int, datetime | None]:
    """Return how many deliveries wait, and since when the oldest does."""
    mine = select(func.count(), func.min(Delivery.created_at)).where(Delivery.state == WAITING)
    count, oldest = session.execute(mine).one()
    fresh = select(func.min(OutboxEvent.at)).where(OutboxEvent.expanded_at.is_(None))
    unseen = session.scalars(fresh).one()
    return count, min(filter(None, (oldest, unseen)), default=None)
