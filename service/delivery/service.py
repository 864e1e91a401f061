"""Routes: made, shown, changed, given a new secret, removed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from service.database import Database
from service.database.tables import Route
from service.delivery import store
from service.delivery.schemas import (
    NewRoute,
    QuietHoursBody,
    Rotation,
    RouteChange,
    RouteList,
    RouteOut,
    RouteRequest,
)
from service.delivery.ssrf import Networks
from service.delivery.states import DEAD, WAITING
from service.delivery.targets import next_secret, shown, usable_secret, usable_target
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
    return _shown(found_route(session, route_id), store.counts(session))


def change(
    session: Session, route_id: int, wanted: RouteChange, networks: Networks, act: Act
) -> RouteOut:
    """Change what is given, and let what waits be looked at anew.

    Raises
    ------
    NotFoundError, ConflictError, InputError
        No such route; its new name is taken; its new target is not usable.
    """
    row = found_route(session, route_id, lock=True)
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
    row = found_route(session, route_id, lock=True)
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
    row = found_route(session, route_id, lock=True)
    secret = next_secret(row.kind, wanted.secret)
    row.sealed_old_secret, row.old_secret_until = None, None
    if row.sealed_secret is not None and wanted.overlap_hours and row.kind == "webhook":
        row.sealed_old_secret = row.sealed_secret
        row.old_secret_until = act.now + timedelta(hours=wanted.overlap_hours)
    row.sealed_secret = act.vault.seal(secret) if secret else None
    row.changed_at = act.now
    made = secret if wanted.secret is None else None
    return NewRoute(**_shown(row, store.counts(session)).model_dump(), secret=made)


def found_route(session: Session, route_id: int, *, lock: bool = False) -> Route:
    """Return a route; with `lock` nobody else changes or serves it meanwhile.

    Raises
    ------
    NotFoundError
        There is none with this number.
    """
    row = store.route(session, route_id, lock=lock)
    if row is None:
        raise NotFoundError("There is no route with this number.", "没有此编号的路由。")
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
