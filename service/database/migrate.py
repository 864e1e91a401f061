"""Bring a database to this version: our own tables by Alembic, then those of the job queue.

Both run in one transaction behind one advisory lock, so that processes that start together do
it once.
"""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

from service.database.engine import Database
from service.database.tables import Base

LOCK_NUMBER = 0x7469_6E67
MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Create or upgrade every table; does nothing where all is up to date."""
    with database.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK_NUMBER})
        command.upgrade(config(connection), "head")
        _migrate_queue(connection)


def config(connection: Connection) -> Config:
    """Return the Alembic configuration that works on an open connection."""
    settings = Config()
    settings.set_main_option("script_location", str(MIGRATIONS))
    settings.set_main_option("path_separator", "os")
    settings.attributes["connection"] = connection
    return settings


def drift(database: Database) -> list[object]:
    """Return what a migrated database lacks against the tables in the code (empty: nothing)."""
    with database.engine.connect() as connection:
        ours = MigrationContext.configure(
            connection,
            opts={"include_name": lambda name, kind, _: kind != "table" or name in _our_tables()},
        )
        return list(compare_metadata(ours, Base.metadata))


def _our_tables() -> frozenset[str]:
    return frozenset(Base.metadata.tables)


def _migrate_queue(connection: Connection) -> None:
    """Install the queue's tables, or apply those of its own upgrade steps that are new.

    The queue ships its steps as SQL files and leaves it to us to know which ran: their names
    stand in `queue_steps`.
    """
    steps = sorted(Path(SchemaManager.get_migrations_path()).glob("*.sql"))
    connection.execute(text("CREATE TABLE IF NOT EXISTS queue_steps (name text PRIMARY KEY)"))
    done = set(connection.execute(text("SELECT name FROM queue_steps")).scalars())
    if not done:
        _run(connection, SchemaManager.get_schema())
    for step in steps:
        if step.name not in done:
            if done:
                _run(connection, step.read_text(encoding="utf-8"))
            connection.execute(text("INSERT INTO queue_steps VALUES (:name)"), {"name": step.name})


def _run(connection: Connection, script: str) -> None:
    """Run a script of several statements, as it is: `%` and `:` in it mean nothing to us."""
    driver = connection.connection.driver_connection
    if driver is None:
        raise RuntimeError("the connection is closed")
    driver.execute(script.encode())
