"""Erasures and jobs keep off each other: one advisory lock, shared by jobs, held alone to erase.

A job reads persons, computes for seconds or minutes, and writes what it found. An erasure that
was committed in between would be undone. Both take the lock before they read anything; it ends
with their transaction.
"""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

ERASURE_LOCK = 0x6572_6173


def keep_off_erasures(session: Session) -> None:
    """Wait for the erasure that runs, and let none begin until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock_shared(ERASURE_LOCK)))


def keep_off_jobs(session: Session) -> None:
    """Wait for the jobs that run, and let none begin until this transaction ends."""
    session.execute(select(func.pg_advisory_xact_lock(ERASURE_LOCK)))
