"""One run of the tiering job: from the tables of the database to tiers and influencers."""

from collections.abc import Callable
from datetime import datetime

from service.database import Database


def score_run(database: Database, now: Callable[[], datetime], run_id: int) -> None:
    """Do one run that was asked for."""
