"""The daily run of the tiering job: asked for once a day, again where it failed, and told.

It is as of the end of the day before, so that whole days are compared with whole days. What is due
is read from the runs themselves: a service that was down at the hour asks when it is back, and
however many processes sweep, one of them asks.
"""

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from service.api.metrics import Metrics
from service.database import Database
from service.database.tables import ScoreRun
from service.settings import Settings

REQUESTED_BY = "tingyin daily"
MOST_TRIES = 3
BETWEEN_TRIES = timedelta(hours=1)
MICROSECOND = timedelta(microseconds=1)
DAILY_LOCK = 0x6461_696C


def ask_when_due(session: Session, settings: Settings, now: datetime) -> None:
    """Note the run of today where its hour has come and it is neither asked for nor done."""
    if settings.score_hour is None:
        return
    local = now.astimezone(settings.zone)
    if local.hour < settings.score_hour:
        return
    session.execute(select(func.pg_advisory_xact_lock(DAILY_LOCK)))
    as_of = datetime.combine(local.date(), time(), settings.zone) - MICROSECOND
    own = select(ScoreRun).where(ScoreRun.daily, ScoreRun.as_of == as_of)
    if is_due(session.scalars(own).all(), now):
        run = ScoreRun(
            as_of=as_of, state="waiting", requested_by=REQUESTED_BY, requested_at=now, daily=True
        )
        session.add(run)
        session.flush()


def is_due(runs: Sequence[ScoreRun], now: datetime) -> bool:
    """Return whether a day with these runs needs one: it has none, or all failed a while ago."""
    if any(run.state != "failed" for run in runs) or len(runs) >= MOST_TRIES:
        return False
    return all(run.finished_at and run.finished_at <= now - BETWEEN_TRIES for run in runs)


def tell_how_it_went(database: Database, metrics: Metrics) -> None:
    """Set the figures that say whether the newest daily run failed, and as of when one was done."""
    own = select(ScoreRun.state, ScoreRun.as_of).where(ScoreRun.daily)
    over = own.where(ScoreRun.state.in_(("done", "failed")))
    done = own.where(ScoreRun.state == "done").order_by(ScoreRun.as_of.desc()).limit(1)
    with database.transaction() as session:
        newest = session.execute(over.order_by(ScoreRun.id.desc()).limit(1)).one_or_none()
        last = session.execute(done).one_or_none()
    metrics.daily_failed.set(newest is not None and newest.state == "failed")
    metrics.daily_as_of.set(0 if last is None else last.as_of.timestamp())
