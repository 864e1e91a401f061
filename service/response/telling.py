"""Tell of the clocks that run out: each step once, whoever sees it first.

A step that is done is a row under a unique key, written in one transaction with its line of the
audit trail, and with the alert locked. So two workers, and one killed anywhere, write it once.

While an alert is suppressed its clocks stand still where the policy says so, and nothing is told.
A silence keeps messages back, not clocks: the lines are written and delivery keeps quiet.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from service.alert_by_id import get
from service.database import Database
from service.logs import where
from service.response import store
from service.response.clocks import clocks_of
from service.response.escalation import Notice, notices_of, ripe, worth_telling
from service.response.service import Frame
from service.response.store import Run
from service.response.trail import RESOLVED, Line, Record, pauses_of
from service.response.wording import role_told, told_note
from service.trail import SERVICE, Entry

_LOG = structlog.get_logger("tingyin.clocks")
NOTHING_DONE: Mapping[Run, Collection[str]] = {}


def tell_all(database: Database, record: Record, frame: Frame) -> list[str]:
    """Look at the clocks of all open alerts and tell what is due; return the events written.

    An alert that fails stops no other.
    """
    with database.transaction() as session:
        alerts = store.open_alerts(session)
        trails, done = store.open_trails(session), store.open_done(session)
    events: list[str] = []
    for alert in alerts:
        notices = _notices(trails.get(alert.id, ()), alert.level, frame)
        if _ripe(notices, done.get(alert.id, NOTHING_DONE), frame.now):
            events += _told_alone(database, alert.id, record, frame)
    return events


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


def _told_alone(database: Database, alert_id: str, record: Record, frame: Frame) -> list[str]:
    try:
        with database.transaction() as session:
            return tell_one(session, alert_id, record, frame)
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
