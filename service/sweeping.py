"""What is over: suppressions, acknowledgements and silences, remembered replies, lost runs."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from service.alerts.service import expire
from service.api.idempotency import forget
from service.daily import ask_when_due
from service.database import Database
from service.database.tables import ScoreRun
from service.quieting import speak
from service.settings import Settings

LONGEST_RUN = timedelta(hours=6)


def sweep(database: Database, settings: Settings, now: Callable[[], datetime]) -> Sequence[int]:
    """Do all of it once; return the runs that were asked for, or are due, and have not begun."""
    moment = now()
    with database.transaction() as session:
        expire(session, moment)
        speak(session, moment)
        forget(session, moment, settings.idempotency_hours)
        _end(session, ScoreRun.started_at < moment - LONGEST_RUN, moment)
        ask_when_due(session, settings, moment)
        waiting = select(ScoreRun.id).where(ScoreRun.state == "waiting")
        return session.scalars(waiting.order_by(ScoreRun.id)).all()


def end_lost_run(database: Database, now: Callable[[], datetime], run_id: int) -> None:
    """Say of a run that its process ended; nothing where it had not begun or is over."""
    with database.transaction() as session:
        _end(session, ScoreRun.id == run_id, now())


def _end(session: Session, lost: ColumnElement[bool], now: datetime) -> None:
    ended = {"state": "failed", "failure": "ProcessEnded", "finished_at": now}
    session.execute(update(ScoreRun).where(ScoreRun.state == "running", lost).values(ended))
