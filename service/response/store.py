"""Owners, trails and what was told, in the database."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, Text, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.orm import Session

from service.database.tables import (
    Alert,
    AlertChange,
    AlertEscalation,
    AlertEvidence,
    AlertOwner,
    Feedback,
)
from service.response.escalation import Notice
from service.response.trail import RESOLVED, Line

Run = tuple[str, int]
"""A clock by its name, and the number of the line that started it."""


_OPEN = Alert.state != RESOLVED
_LINE = (
    AlertChange.alert_id,
    AlertChange.number,
    AlertChange.at,
    AlertChange.who,
    AlertChange.event,
    AlertChange.from_state,
    AlertChange.to_state,
    AlertChange.level,
    AlertChange.note,
)


@dataclass(frozen=True, slots=True)
class Fresh:
    """What changes with everything that moves the clocks of an alert."""

    id: str
    level: int
    version: int
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Open:
    """What the desk needs of an alert."""

    id: str
    product: str
    category: str | None
    level: int
    state: str
    owner: str | None


def open_alerts(session: Session, owner: str | None = None) -> list[Open]:
    """Return the alerts that are not resolved, those of one owner or all, in no order."""
    columns = (Alert.id, Alert.product, Alert.category, Alert.level, Alert.state)
    wanted = (
        select(*columns, AlertOwner.owner)
        .outerjoin(AlertOwner, AlertOwner.alert_id == Alert.id)
        .where(_OPEN)
    )
    if owner is not None:
        wanted = wanted.where(AlertOwner.owner == owner)
    return [Open(*row) for row in session.execute(wanted)]


def trail(session: Session, alert_id: str) -> list[Line]:
    """Return the audit trail of an alert, the oldest line first."""
    wanted = select(*_LINE).where(AlertChange.alert_id == alert_id)
    return [_line(row) for row in session.execute(wanted.order_by(AlertChange.number))]


def fresh_alerts(session: Session) -> list[Fresh]:
    """Return what tells whether the alerts that are not resolved changed, in no order."""
    columns = (Alert.id, Alert.level, Alert.version, Alert.changed_at)
    return [Fresh(*row) for row in session.execute(select(*columns).where(_OPEN))]


def open_trails(session: Session) -> Mapping[str, list[Line]]:
    """Return the audit trails of all alerts that are not resolved, by the alert's id."""
    return _trails(session, select(Alert.id).where(_OPEN))


def trails(session: Session, alert_ids: Collection[str]) -> Mapping[str, list[Line]]:
    """Return the audit trail of each of these alerts, by the alert's id."""
    return _trails(session, _each(alert_ids)) if alert_ids else {}


def done(session: Session, alert_id: str) -> Mapping[Run, set[str]]:
    """Return the steps that are done of each run of an alert's clocks."""
    found: defaultdict[Run, set[str]] = defaultdict(set)
    wanted = select(AlertEscalation).where(AlertEscalation.alert_id == alert_id)
    for row in session.scalars(wanted):
        found[row.clock, row.run].add(row.step)
    return found


def done_of(session: Session, alert_ids: Collection[str]) -> Mapping[str, Mapping[Run, set[str]]]:
    """Return the steps that are done of each of these alerts, by the alert's id."""
    found: defaultdict[str, defaultdict[Run, set[str]]] = defaultdict(lambda: defaultdict(set))
    if not alert_ids:
        return found
    columns = (
        AlertEscalation.alert_id,
        AlertEscalation.clock,
        AlertEscalation.run,
        AlertEscalation.step,
    )
    wanted = select(*columns).where(AlertEscalation.alert_id.in_(_each(alert_ids)))
    for alert_id, clock, run, step in session.execute(wanted):
        found[alert_id][clock, run].add(step)
    return found


def mark_done(
    session: Session, alert_id: str, notice: Notice, now: datetime, *, told: bool
) -> bool:
    """Note that a step is done; return False where it was already, by whomever."""
    row = {
        "alert_id": alert_id,
        "clock": notice.clock.name,
        "run": notice.clock.run,
        "step": notice.step,
        "told": told,
        "at": now,
    }
    added = insert(AlertEscalation).values(row).on_conflict_do_nothing()
    return session.scalar(added.returning(AlertEscalation.step)) is not None


def owner(session: Session, alert_id: str) -> AlertOwner | None:
    """Return who owns an alert; None where nobody does."""
    return session.get(AlertOwner, alert_id)


def owned(session: Session, owner: str) -> Sequence[tuple[Alert, AlertOwner]]:
    """Return and lock the open alerts of an owner, in the order of their ids."""
    wanted = (
        select(Alert, AlertOwner)
        .join(AlertOwner, AlertOwner.alert_id == Alert.id)
        .where(AlertOwner.owner == owner, _OPEN)
        .order_by(Alert.id)
        .with_for_update()
    )
    return [(alert, own) for alert, own in session.execute(wanted)]


def ownerless(session: Session, product: str) -> Sequence[Alert]:
    """Return the open alerts of a product that nobody owns."""
    wanted = (
        select(Alert)
        .outerjoin(AlertOwner, AlertOwner.alert_id == Alert.id)
        .where(Alert.product == product, _OPEN, AlertOwner.alert_id.is_(None))
    )
    return session.scalars(wanted.order_by(Alert.id).with_for_update(of=Alert)).all()


def main_channel(session: Session, alert_id: str) -> str:
    """Return the channel that most of an alert's evidence came by; "" where it is not known."""
    counted = (
        select(Feedback.channel)
        .join(AlertEvidence, AlertEvidence.feedback_id == Feedback.id)
        .where(AlertEvidence.alert_id == alert_id)
        .group_by(Feedback.channel)
        .order_by(func.count().desc(), Feedback.channel)
    )
    return session.scalars(counted.limit(1)).first() or ""


def _each(ids: Collection[str]) -> Select[str]:
    """Return ids as one array: a statement takes 65,535 parameters at most."""
    return select(func.unnest(literal(list(ids), ARRAY(Text))).column_valued("each"))


def _trails(session: Session, alert_ids: Select[str]) -> Mapping[str, list[Line]]:
    found: defaultdict[str, list[Line]] = defaultdict(list)
    wanted = select(*_LINE).where(AlertChange.alert_id.in_(alert_ids))
    for row in session.execute(wanted.order_by(AlertChange.number)):
        found[row.alert_id].append(_line(row))
    return found


def _line(row: Row[*tuple[Any, ...]]) -> Line:
    return Line(
        row.number, row.at, row.who, row.event, row.from_state, row.to_state, row.level, row.note
    )
