"""The database: how to reach it, its tables, and how it comes to this version."""

from service.database.embedded import embedded_postgres
from service.database.engine import Database
from service.database.erasure_lock import ERASURE_LOCK, keep_off_erasures, keep_off_jobs
from service.database.migrate import migrate
from service.database.refusals import refusals_told

__all__ = [
    "ERASURE_LOCK",
    "Database",
    "embedded_postgres",
    "keep_off_erasures",
    "keep_off_jobs",
    "migrate",
    "refusals_told",
]
