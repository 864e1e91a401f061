"""What is over: suppressions that end, remembered replies that are forgotten, lost runs."""

from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import update

from service.alerts.service import expire
from service.api.idempotency import forget
from service.database import Database
from service.database.tables import ScoreRun
from service.settings import Settings

LONGEST_RUN = timedelta(hours=6)


def sweep(database: Database, settings: Settings, now: Callable[[], datetime]) -> None:
    """Do all of it once."""
    moment = now()
    with database.transaction() as session:
        expire(session, moment)
        forget(session, moment, settings.idempotency_hours)
        lost = (ScoreRun.state == "running") & (ScoreRun.started_at < moment - LONGEST_RUN)
        session.execute(update(ScoreRun).where(lost).values(state="failed", failure="ProcessEnded"))
