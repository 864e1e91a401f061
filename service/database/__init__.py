"""The database: how to reach it, its tables, and how it comes to this version."""

from service.database.embedded import embedded_postgres
from service.database.engine import Database
from service.database.migrate import migrate

__all__ = ["Database", "embedded_postgres", "migrate"]
