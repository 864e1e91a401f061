"""The limit of a target, kept in the database: all workers and routes count on one list."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.database.tables import RateWindow
from service.delivery.rates import Limit, free_at, remembered, room


def window(session: Session, bucket: str, now: datetime) -> RateWindow:
    """Return and lock the times of the last messages to a target.

    A time that lies ahead (a clock was set back) counts as now, so that it holds up nothing longer
    than the limit says.
    """
    made = insert(RateWindow).values(bucket=bucket, sent_at=[]).on_conflict_do_nothing()
    session.execute(made)
    found = session.get_one(RateWindow, bucket, with_for_update=True)
    if any(each > now for each in found.sent_at):
        found.sent_at = [min(each, now) for each in found.sent_at]
    return found


def take(session: Session, bucket: str, limits: Sequence[Limit], now: datetime) -> datetime | None:
    """Take one message off the limit of a target; where none is left, return when one will be."""
    sent = window(session, bucket, now)
    if room(sent.sent_at, limits, now) == 0:
        return free_at(sent.sent_at, limits, now)
    sent.sent_at = [*remembered(sent.sent_at, limits, now), now] if limits else []
    return None
