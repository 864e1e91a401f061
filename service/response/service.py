"""Clocks shown, responses and owners written, alerts handed over."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo

from sqlalchemy.orm import Session

from nlp.message import Message
from service.alert_by_id import found
from service.api.cursors import part
from service.api.said import said
from service.api.versions import Version
from service.database.tables import Alert, AlertOwner
from service.errors import ConflictError, NotFoundError
from service.response import handover, store
from service.response.clocks import Clock, clocks_of
from service.response.ownership import Subject, owner_of
from service.response.policy import Policy
from service.response.schemas import (
    AlertClocks,
    Assignment,
    ClockOut,
    ClockPage,
    DeskClock,
    HandOver,
    Moved,
    Owner,
    Response,
    ShiftHandOver,
)
from service.response.trail import ASSIGN, RESOLVED, Record, pauses_of
from service.response.wording import level_name, named, owner_note
from service.trail import RESPOND, SERVICE, STATES, Entry

STANDS_STILL = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Frame:
    """What everything here needs: the policy in force, the time now, and the zone of texts."""

    policy: Policy
    now: datetime
    zone: tzinfo


@dataclass(frozen=True, slots=True)
class Act:
    """What a person does: who, the version that they saw, and how the trail is written."""

    who: str
    seen: Version
    record: Record


@dataclass(frozen=True, slots=True)
class DeskFilters:
    """Which clocks are asked for; None asks for all."""

    late: bool | None = None
    clock: str | None = None
    owner: str | None = None


def show_clocks(session: Session, alert_id: str, frame: Frame) -> AlertClocks:
    """Return the clocks of an alert.

    Raises
    ------
    NotFoundError
        There is no such alert.
    """
    alert = found(session, alert_id)
    clocks = clocks_of(store.trail(session, alert_id), alert.level, frame.policy, frame.now)
    return AlertClocks(
        alert_id=alert.id,
        version=alert.version,
        level=alert.level,
        state=alert.state,
        owner=_owner(store.owner(session, alert_id)),
        now=frame.now,
        clocks=[ClockOut.model_validate(_shown(clock, frame.policy)) for clock in clocks],
    )


def show_desk(
    session: Session, filters: DeskFilters, cursor: str | None, limit: int, frame: Frame
) -> ClockPage:
    """Return one page of the clocks that run across open alerts, what is due first first."""
    trails = store.open_trails(session)
    found = [
        (clock, alert)
        for alert in store.open_alerts(session, filters.owner)
        for clock in clocks_of(trails.get(alert.id, ()), alert.level, frame.policy, frame.now)
        if clock.stopped is None and _asked(clock, filters)
    ]
    asked = part(found, _place_on_desk, cursor, limit)
    items = [_on_desk(clock, alert, frame.policy) for clock, alert in asked.rows]
    return ClockPage(items=items, total=len(found), now=frame.now, next_cursor=asked.next_cursor)


def respond(
    session: Session, alert_id: str, response: Response, act: Act, frame: Frame
) -> AlertClocks:
    """Write down a public response, and return the clocks as they then are.

    Raises
    ------
    NotFoundError
        There is no such alert.
    ConflictError
        It has another version than the person saw, it is resolved, or a role that decides on its
        level did not agree.
    InputError
        A role that agreed is none of the policy's.
    """
    alert = found(session, alert_id, lock=True)
    act.seen.require(alert.version)
    if alert.state == RESOLVED:
        raise ConflictError(
            "The alert is resolved; open it again before you respond to it.",
            "告警已解决；如需回应请先重新打开。",
        )
    _require_agreed(alert, response.agreed, frame.policy)
    alert.version += 1
    note = f"{response.where}: {response.note} [{', '.join(response.agreed)}]"
    act.record(session, alert, Entry(RESPOND, act.who, frame.now, note))
    session.flush()
    return show_clocks(session, alert_id, frame)


def assign(
    session: Session, alert_id: str, wanted: Assignment, act: Act, frame: Frame
) -> AlertClocks:
    """Give an alert an owner, or another one, and return its clocks.

    Raises
    ------
    NotFoundError
        There is no such alert.
    ConflictError
        It has another version than the person saw.
    """
    alert = found(session, alert_id, lock=True)
    act.seen.require(alert.version)
    before = store.owner(session, alert_id)
    note = owner_note(wanted.owner, wanted.team, before.owner if before else None, wanted.note)
    _own(session, alert, (wanted.owner, wanted.team, True), frame.now)
    alert.version += 1
    act.record(session, alert, Entry(ASSIGN, act.who, frame.now, note))
    session.flush()
    return show_clocks(session, alert_id, frame)


def hand_over_all(
    session: Session, name: str, wanted: ShiftHandOver, act: Act, frame: Frame
) -> Moved:
    """Give all open alerts of an owner to another, or none of them.

    Raises
    ------
    NotFoundError
        The owner has no open alert.
    ConflictError
        The two are the same.
    """
    if name == wanted.to:
        raise ConflictError(
            f"{name} has them already; name another owner in `to`.",
            f"这些告警已归 {name}；请在 to 中写另一位负责人。",
        )
    owned = store.owned(session, name)
    if not owned:
        raise NotFoundError(f"{name} has no open alert.", f"{name} 名下没有未结告警。")
    note = owner_note(wanted.to, wanted.team, name, wanted.note)
    for alert, own in owned:
        own.owner, own.team, own.by_person, own.since = wanted.to, wanted.team, True, frame.now
        alert.version += 1
        act.record(session, alert, Entry(ASSIGN, act.who, frame.now, note))
    return Moved(owner=name, to=wanted.to, alert_ids=[alert.id for alert, _ in owned])


def assign_by_rules(session: Session, product: str, record: Record, frame: Frame) -> int:
    """Give the open alerts of a product that nobody owns to whom the rules say; return how many."""
    rules = frame.policy.owners
    found = 0
    for alert in store.ownerless(session, product) if rules else ():
        by_channel = any(rule.channel != "*" for rule in rules)
        channel = store.main_channel(session, alert.id) if by_channel else ""
        rule = owner_of(rules, Subject(alert.product, alert.category or "", channel))
        if rule is not None:
            _own(session, alert, (rule.owner, rule.team, False), frame.now)
            why = Message("by the policy", "按策略")
            note = Message(*(owner_note(rule.owner, rule.team, None, w) for w in (why.en, why.zh)))
            record(session, alert, Entry(ASSIGN, SERVICE, frame.now, note))
            found += 1
    return found


def show_handover(session: Session, alert_id: str, frame: Frame) -> HandOver:
    """Return what the next shift must know of an alert.

    Raises
    ------
    NotFoundError
        There is no such alert.
    """
    alert = found(session, alert_id)
    trail = store.trail(session, alert_id)
    clocks = clocks_of(trail, alert.level, frame.policy, frame.now)
    pauses = pauses_of(trail, frame.policy.pauses)
    steps = handover.next_steps(clocks, frame.policy, pauses, frame.now, frame.zone)
    own = store.owner(session, alert_id)
    text = handover.text_of(_head(alert, own), trail, clocks, steps, frame.zone)
    return HandOver(
        alert_id=alert.id,
        product=alert.product,
        category=alert.category,
        level=alert.level,
        level_name=said(level_name(alert.level)),
        state=alert.state,
        state_name=said(named(STATES, alert.state)),
        observed=alert.observed,
        expected=alert.expected,
        owner=_owner(own),
        now=frame.now,
        happened=handover.happened(trail),
        people=handover.people(trail),
        clocks=[ClockOut.model_validate(_shown(clock, frame.policy)) for clock in clocks],
        next_steps=[said(step) for step in steps],
        text=said(text),
    )


def _place_on_desk(each: tuple[Clock, store.Open]) -> tuple[datetime, str, str]:
    """Return what clocks are sorted by; those that stand still come last."""
    clock, alert = each
    return clock.due or STANDS_STILL, alert.id, clock.name


def _asked(clock: Clock, filters: DeskFilters) -> bool:
    return filters.clock in (None, clock.name) and filters.late in (None, clock.state == "late")


def _require_agreed(alert: Alert, agreed: Sequence[str], policy: Policy) -> None:
    policy.require_roles("agreed", agreed)
    missing = [role for role in policy.level(alert.level).decides if role not in agreed]
    if missing:
        level, names = level_name(alert.level), ", ".join(missing)
        raise ConflictError(
            f"At level {level.en} a public response needs the agreement of {names} too; name in "
            "`agreed` every role that agreed.",
            f"{level.zh}的公开回应还须经 {names} 同意；请在 agreed 中列出所有同意的角色。",
        )


def _own(
    session: Session, alert: Alert, owner: tuple[str, str | None, bool], now: datetime
) -> None:
    name, team, by_person = owner
    row = AlertOwner(alert_id=alert.id, owner=name, team=team, by_person=by_person, since=now)
    session.merge(row)


def _owner(row: AlertOwner | None) -> Owner | None:
    return None if row is None else Owner.model_validate(row, from_attributes=True)


def _shown(clock: Clock, policy: Policy) -> dict[str, object]:
    names = ("name", "state", "level", "started", "due", "warn_at", "stopped", "stopped_by")
    return {name: getattr(clock, name) for name in names} | {
        "calendar": policy.clock(clock.level, clock.name).calendar,
        "remaining_seconds": clock.remaining.total_seconds(),
    }


def _on_desk(clock: Clock, alert: store.Open, policy: Policy) -> DeskClock:
    names = ("product", "category", "owner")
    fields = {name: getattr(alert, name) for name in names}
    fields |= {"alert_id": alert.id, "alert_level": alert.level, "alert_state": alert.state}
    return DeskClock.model_validate(_shown(clock, policy) | fields)


def _head(alert: Alert, own: AlertOwner | None) -> Message:
    level, state = level_name(alert.level), named(STATES, alert.state)
    owner = own.owner if own else None
    return Message(
        f"{alert.product or '(no product)'}: level {level.en}, {state.en}, "
        f"{alert.observed} negative mentions where {alert.expected:.1f} are expected; "
        f"owner: {owner or 'nobody'}",
        f"{alert.product or '（未注明产品）'}：{level.zh}，{state.zh}，"
        f"负面反馈 {alert.observed} 条（预期 {alert.expected:.1f} 条）；负责人：{owner or '暂无'}",
    )
