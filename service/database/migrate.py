"""Bring a database to this version: our own tables by Alembic, then those of the job queue.

Both run in one transaction behind one advisory lock, so that processes that start together do
it once.
"""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.util import CommandError
from procrastinate.schema import SchemaManager
from sqlalchemy import Connection, text

from service.database.engine import Database
from service.database.tables import Base
from service.errors import SettingError

LOCK_NUMBER = 0x7469_6E67
MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database: Database) -> None:
    """Create or upgrade every table; does nothing where all is up to date.

    Raises
    ------
    SettingError
        The tables are of a version that is not known here.
    """
    with database.engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:n)"), {"n": LOCK_NUMBER})
        _upgrade(connection)
        _migrate_queue(connection)


def _upgrade(connection: Connection) -> None:
    try:
        command.upgrade(config(connection), "head")
    except CommandError as error:
        raise SettingError(
            "The tables of the database are of a newer Tingyin, or of another program; install "
            "that version, or name another database in TINGYIN_DATABASE_URL.",
            "数据库中的表属于更新版本的听音或其他程序；请安装该版本，"
            "或在 TINGYIN_DATABASE_URL 中另指定数据库。",
        ) from error


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
