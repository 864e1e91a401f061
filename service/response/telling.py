"""Tell of the clocks that run out: each step once, whoever sees it first.

A step that is done is a row under a unique key, written in one transaction with its line of the
audit trail, and with the alert locked. So two workers, and one killed anywhere, write it once.

While an alert is suppressed its clocks stand still where the policy says so. A silence, a graver
alert or a suppression keeps people from being told, not clocks from running: nobody is escalated
to, and nothing is written, as long as it holds. What is still due at its end is told then, as it
is where no worker ran: each role once, of what is late.

A round looks only at alerts that changed since the last, or of which something is due by now.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from service.alert_by_id import get
from service.database import Database
from service.logs import where
from service.response import store
from service.response.clocks import clocks_of
from service.response.escalation import Notice, next_notice, notices_of, ripe, worth_telling
from service.response.service import Frame
from service.response.store import Run
from service.response.trail import RESOLVED, Line, Record, pauses_of
from service.response.wording import role_told, told_note
from service.trail import SERVICE, Entry

_LOG = structlog.get_logger("tingyin.clocks")
NOTHING_DONE: Mapping[Run, Collection[str]] = {}


Quiet = Callable[[Session, Collection[str], datetime], Collection[str]]
"""Returns those of these alerts of which nobody may be told now."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What an alert was like when it was looked at last, and when something is due next."""

    alert: store.Fresh
    due: datetime | None


@dataclass(frozen=True, slots=True)
class Teller:
    """What telling needs beside the frame: the tables, the trail, what is quiet, its memory."""

    database: Database
    record: Record
    quiet: Quiet
    seen: dict[str, Seen] = field(default_factory=dict)


def tell_all(teller: Teller, frame: Frame) -> list[str]:
    """Look at the clocks of all open alerts and tell what is due; return the events written.

    An alert that fails stops no other, and is looked at again in the next round.
    """
    with teller.database.transaction() as session:
        fresh = store.fresh_alerts(session)
        looked = [each for each in fresh if _looks(teller.seen.get(each.id), each, frame.now)]
        ids = [each.id for each in looked]
        trails, done = store.trails(session, ids), store.done_of(session, ids)
        notices = {e.id: _notices(trails.get(e.id, ()), e.level, frame) for e in looked}
        due = [i for i in ids if _ripe(notices[i], done.get(i, NOTHING_DONE), frame.now)]
        quiet = teller.quiet(session, due, frame.now) if due else ()
    told = {i: _told_alone(teller, i, frame) for i in due if i not in quiet}
    _remember(teller.seen, fresh, {i for i in due if not told.get(i)}, notices, frame.now)
    return [event for events in told.values() for event in events]


def _looks(seen: Seen | None, alert: store.Fresh, now: datetime) -> bool:
    if seen is None or seen.alert != alert:
        return True
    return seen.due is not None and seen.due <= now


def _remember(
    seen: dict[str, Seen],
    fresh: Sequence[store.Fresh],
    again: Collection[str],
    notices: Mapping[str, Sequence[Notice]],
    now: datetime,
) -> None:
    """Note when each alert is due next; those that are open no more, or to be seen again, go."""
    for gone in (seen.keys() - {each.id for each in fresh}) | set(again):
        seen.pop(gone, None)
    for alert in fresh:
        if alert.id in notices and alert.id not in again:
            following = next_notice(notices[alert.id], now)
            seen[alert.id] = Seen(alert, None if following is None else following.at)


def tell_one(session: Session, alert_id: str, record: Record, frame: Frame) -> list[str]:
    """Tell what is due of one alert's clocks; return the events written.

    The alert is locked first: what a person or another worker did meanwhile is seen.
    """
    alert = get(session, alert_id, lock=True)
    if alert is None or alert.state == RESOLVED:
        return []
    notices = _notices(store.trail(session, alert_id), alert.level, frame)
    owner = store.owner(session, alert_id)
    events: list[str] = []
    for due in _ripe(notices, store.done(session, alert_id), frame.now):
        told = worth_telling(due)
        for notice in due:
            fresh = store.mark_done(session, alert_id, notice, frame.now, told=notice in told)
            if fresh and notice in told:
                record(session, alert, _entry(notice, owner.owner if owner else None, frame))
                events.append(notice.event)
    return events


def _entry(notice: Notice, owner: str | None, frame: Frame) -> Entry:
    note = told_note(notice, frame.policy, owner, frame.zone)
    role = role_told(notice, frame.policy, owner)
    return Entry(notice.event, SERVICE, frame.now, note, role)


def _told_alone(teller: Teller, alert_id: str, frame: Frame) -> list[str]:
    try:
        with teller.database.transaction() as session:
            return tell_one(session, alert_id, teller.record, frame)
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise
        _LOG.warning("clocks of an alert not told, the next round tries again", **where(error))
        return []


def _notices(trail: Sequence[Line], level: int, frame: Frame) -> list[Notice]:
    pauses = pauses_of(trail, frame.policy.pauses)
    clocks = clocks_of(trail, level, frame.policy, frame.now)
    return [notice for clock in clocks for notice in notices_of(clock, frame.policy, pauses)]


def _ripe(
    notices: Sequence[Notice], done: Mapping[Run, Collection[str]], now: datetime
) -> list[list[Notice]]:
    """Return what is due and not done, clock by clock."""
    runs = dict.fromkeys((notice.clock.name, notice.clock.run) for notice in notices)
    found = [
        ripe([n for n in notices if (n.clock.name, n.clock.run) == run], done.get(run, ()), now)
        for run in runs
    ]
    return [due for due in found if due]
