"""Routes: made, shown, changed, tried out; deliveries: shown and replayed."""

import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.database import Database
from service.database.tables import Delivery, DeliveryAttempt, OutboxEvent, Route
from service.delivery import claiming, store
from service.delivery.channels import channel
from service.delivery.happened import BY_AUDIT, TEST, Happened
from service.delivery.letters import Letter
from service.delivery.routes import addressed, limits_of, style_of
from service.delivery.schemas import (
    AttemptOut,
    DeliveryDetail,
    DeliveryOut,
    DeliveryPage,
    NewRoute,
    QuietHoursBody,
    Replayed,
    Rotation,
    RouteChange,
    RouteList,
    RouteOut,
    RouteRequest,
    TestResult,
)
from service.delivery.sending import Send
from service.delivery.ssrf import Networks
from service.delivery.states import DEAD, WAITING
from service.delivery.targets import shown, usable_secret, usable_target
from service.delivery.vault import Vault
from service.errors import ConflictError, NotFoundError

HIDDEN = frozenset({"target", "has_secret", "waiting", "dead", "quiet_hours"})


@dataclass(frozen=True, slots=True)
class Act:
    """Who acts, when, and with which vault."""

    who: str
    now: datetime
    vault: Vault


def make(session: Session, wanted: RouteRequest, target: str, act: Act) -> NewRoute:
    """Make a route and return it, this once with the secret where we made it.

    Parameters
    ----------
    target
        As `usable_target` returned it: names are looked up before a transaction begins.

    Raises
    ------
    InputError
        The secret is not one of this channel.
    ConflictError
        There is a route of this name.
    """
    secret = usable_secret(wanted.kind, wanted.secret)
    row = Route(
        **wanted.model_dump(exclude={"target", "secret"}),
        **_sealed_target(wanted.kind, target, act.vault),
        sealed_secret=act.vault.seal(secret) if secret else None,
        sealed_old_secret=None,
        old_secret_until=None,
        disabled_because=None,
        created_at=act.now,
        created_by=act.who,
        changed_at=act.now,
        failures=0,
    )
    session.add(row)
    _flush(session)
    made = secret if wanted.secret is None else None
    return NewRoute(**_shown(row, {}).model_dump(), secret=made)


def require_readable(database: Database, vault: Vault) -> None:
    """Raise SettingError where the routes that are stored were sealed with another key."""
    with database.transaction() as session:
        for row in store.routes(session):
            vault.open(row.sealed_target)


def show_all(session: Session) -> RouteList:
    """Return every route."""
    counts = store.counts(session)
    return RouteList(items=[_shown(row, counts) for row in store.routes(session)])


def show(session: Session, route_id: int) -> RouteOut:
    """Return one route.

    Raises
    ------
    NotFoundError
        There is none with this number.
    """
    return _shown(_route(session, route_id), store.counts(session))


def change(
    session: Session, route_id: int, wanted: RouteChange, networks: Networks, act: Act
) -> RouteOut:
    """Change what is given, and let what waits be looked at anew.

    Raises
    ------
    NotFoundError, ConflictError, InputError
        No such route; its new name is taken; its new target is not usable.
    """
    row = _route(session, route_id, lock=True)
    given = wanted.model_dump(exclude_unset=True)
    if target := given.pop("target", None):
        given |= _sealed_target(row.kind, usable_target(row.kind, target, networks), act.vault)
    for name, value in given.items():
        setattr(row, name, value)
    if given.get("enabled"):
        row.disabled_because = None
    row.changed_at = act.now
    _flush(session)
    store.reconsider(session, row, act.now)
    return _shown(row, store.counts(session))


def remove(session: Session, route_id: int) -> RouteOut:
    """Remove a route with all its deliveries, and return it as it was.

    Raises
    ------
    NotFoundError
        There is none with this number.
    """
    row = _route(session, route_id, lock=True)
    last = _shown(row, store.counts(session))
    session.delete(row)
    return last


def rotate(session: Session, route_id: int, wanted: Rotation, act: Act) -> NewRoute:
    """Take a new secret; the one before is used beside it until the overlap ends.

    Raises
    ------
    NotFoundError, InputError
        No such route; the channel has no secret, or one of another form.
    """
    row = _route(session, route_id, lock=True)
    secret = usable_secret(row.kind, wanted.secret)
    row.sealed_old_secret, row.old_secret_until = None, None
    if row.sealed_secret is not None and wanted.overlap_hours and row.kind == "webhook":
        row.sealed_old_secret = row.sealed_secret
        row.old_secret_until = act.now + timedelta(hours=wanted.overlap_hours)
    row.sealed_secret = act.vault.seal(secret) if secret else None
    row.changed_at = act.now
    made = secret if wanted.secret is None else None
    return NewRoute(**_shown(row, store.counts(session)).model_dump(), secret=made)


def test_letter(session: Session, route_id: int, zone: ZoneInfo, act: Act) -> Letter:
    """Return the message that tries out a route, counted towards the limit of its channel.

    Raises
    ------
    NotFoundError, ConflictError
        No such route; its channel takes no more messages now.
    """
    row = _route(session, route_id)
    free = claiming.take(session, row.bucket, limits_of(row), act.now)
    if free is not None:
        seconds = max(1, round((free - act.now).total_seconds()))
        raise ConflictError(
            f"The channel takes no more messages now; try again in {seconds} s.",
            f"该渠道已达限速，请 {seconds} 秒后再试。",
        )
    to = addressed(row, act.vault, act.now)
    (part, *_) = channel(row.kind).parts([_sample(act.now)], style_of(row, zone))
    own = f"test_{uuid.uuid4().hex}"
    return Letter(row.kind, own, part, act.now, to.target, to.secrets)


def tried(send: Send, letter: Letter) -> TestResult:
    """Send a test message and return what came of it."""
    begun = time.monotonic()
    outcome = send(letter)
    return TestResult(
        delivered=outcome.delivered,
        status=outcome.status,
        error=outcome.error,
        seconds=round(time.monotonic() - begun, 3),
        message_id=letter.message_id,
    )


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
    return DeliveryDetail.model_validate(_delivery(row) | {"tries": [_try(t) for t in tries]})


def replay(session: Session, delivery_id: int, now: datetime) -> DeliveryOut:
    """Let a dead delivery wait again, with all that was sent in the same message.

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
    row = _route(session, route_id, lock=True)
    row.not_before = None
    return Replayed(replayed=store.replay_route(session, route_id, now))


def _route(session: Session, route_id: int, *, lock: bool = False) -> Route:
    row = store.route(session, route_id, lock=lock)
    if row is None:
        raise NotFoundError("There is no route with this number.", "没有此编号的路由。")
    return row


def _found(session: Session, delivery_id: int) -> Row[Delivery, OutboxEvent, str]:
    row = store.one(session, delivery_id)
    if row is None:
        raise NotFoundError("There is no delivery with this number.", "没有此编号的投递。")
    return row


def _flush(session: Session) -> None:
    try:
        session.flush()
    except IntegrityError as error:
        raise ConflictError(
            "There is a route of this name already; take another name.",
            "已有同名路由，请换一个名称。",
        ) from error


def _sealed_target(kind: str, target: str, vault: Vault) -> dict[str, str]:
    return {
        "sealed_target": vault.seal(target),
        "target_hint": shown(kind, target),
        "bucket": vault.mark(f"{kind} {target}"),
    }


def _shown(row: Route, counts: Mapping[tuple[int, str], int]) -> RouteOut:
    plain = {name: getattr(row, name) for name in RouteOut.model_fields if name not in HIDDEN}
    quiet = row.quiet_hours
    return RouteOut(
        **plain,
        target=row.target_hint,
        has_secret=row.sealed_secret is not None,
        quiet_hours=None if quiet is None else QuietHoursBody(**quiet),
        waiting=counts.get((row.id, WAITING), 0),
        dead=counts.get((row.id, DEAD), 0),
    )


def _delivery(row: Row[*tuple[Any, ...]]) -> dict[str, object]:
    delivery, event, name = row[0], row[1], row[2]
    own = {column.key: getattr(delivery, column.key) for column in Delivery.__table__.columns}
    about = {"alert_id": event.alert_id, "event": BY_AUDIT.get(event.event, event.event)}
    return own | about | {"level": event.level, "route": name}


def _try(row: DeliveryAttempt) -> AttemptOut:
    return AttemptOut.model_validate(row, from_attributes=True)


def _sample(now: datetime) -> Happened:
    """Return an event in which nothing happened, for trying out a route."""
    return Happened(
        number=0,
        event=TEST,
        at=now,
        alert_id="test",
        fingerprint="test",
        incident=1,
        product="Tingyin 听音",
        category=None,
        state="resolved",
        version=1,
        level=4,
        severity=0,
        observed=0,
        expected=0.0,
        upper=0,
        p=1.0,
        onset=now,
        until=now,
        raised_at=now,
        who="tingyin",
        note=None,
        suspected_coordination=False,
        keyphrases=(),
        quotes=(),
        reasons=(),
        evidence=(),
        evidence_count=0,
    )
