"""The connection to PostgreSQL: one pool, one way to open a transaction."""

import select
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager

import psycopg
from sqlalchemy import Engine, create_engine, event, make_url, text
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DisconnectionError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry, PoolProxiedConnection

from service.errors import SettingError, UnavailableError

OLDEST_SERVER = 15
IDLE_SECONDS = 1.0
LAST_USED = "last used"


class Database:
    """A PostgreSQL database; `transaction()` commits at its end and rolls back on an error.

    Parameters
    ----------
    url
        `postgresql://user:password@host/name`, as psycopg reads it.
    pool
        Most connections held open.
    """

    def __init__(self, url: str, pool: int = 10) -> None:
        self.url = url
        self.engine = _engine(url, pool)
        self._sessions = sessionmaker(self.engine, expire_on_commit=False)
        alone = self.engine.execution_options(isolation_level="AUTOCOMMIT")
        self._statements = sessionmaker(alone, expire_on_commit=False)

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session in one transaction.

        Raises
        ------
        UnavailableError
            The database cannot be reached.
        """
        with _answering(), self._sessions.begin() as session:
            yield session

    @contextmanager
    def statement(self) -> Iterator[Session]:
        """Open a session for one statement, which commits by itself: one journey in place of three.

        Raises
        ------
        UnavailableError
            The database cannot be reached.
        """
        with _answering(), self._statements() as session:
            yield session

    def answers(self) -> bool:
        """Return whether the database answers a query now."""
        try:
            with self.engine.connect() as connection:
                return connection.execute(text("SELECT 1")).scalar() == 1
        except SQLAlchemyError:
            return False

    def require_supported(self) -> None:
        """Raise SettingError when the server is older than PostgreSQL 15, or out of reach."""
        try:
            with self.engine.connect() as connection:
                number = int(connection.execute(text("SHOW server_version_num")).scalar_one())
        except OperationalError as error:
            raise SettingError(
                "TINGYIN_DATABASE_URL names a server that cannot be reached; check host, port, "
                "database and password.",
                "TINGYIN_DATABASE_URL 所指的服务器无法连接，请检查主机、端口、库名和密码。",
            ) from error
        if number // 10000 < OLDEST_SERVER:
            raise SettingError(
                f"PostgreSQL {number // 10000} is too old; {OLDEST_SERVER} or newer is needed.",
                f"PostgreSQL {number // 10000} 版本过低，需要 {OLDEST_SERVER} 或更新。",
            )

    def close(self) -> None:
        """Close every connection of the pool."""
        self.engine.dispose()


@contextmanager
def _answering() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        raise UnavailableError(
            "The database does not answer; try again in a moment.",
            "数据库暂无响应，请稍后再试。",
        ) from error


def _engine(url: str, pool: int) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _not_postgres() from error
    if parsed.get_backend_name() != "postgresql":
        raise _not_postgres()
    engine = create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=pool,
        max_overflow=0,
        hide_parameters=True,
        connect_args={"options": "-c timezone=UTC", "application_name": "tingyin"},
    )
    event.listen(engine, "checkin", _note_time)
    event.listen(engine, "checkout", _require_alive)
    return engine


def _note_time(_connection: object, record: ConnectionPoolEntry) -> None:
    record.info[LAST_USED] = time.monotonic()


def _require_alive(
    connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: PoolProxiedConnection
) -> None:
    """Ask a connection whether it lives; the pool opens another where it does not.

    One that was used a moment ago, and to which the server has sent nothing since, is not asked:
    that would cost each transaction a journey. A server that ends a connection says so.
    """
    idle = time.monotonic() - record.info.get(LAST_USED, time.monotonic())
    if idle < IDLE_SECONDS and not _spoken_to(connection):
        return
    try:
        with closing(connection.cursor()) as cursor:
            cursor.execute("SELECT 1")
        connection.rollback()
    except psycopg.OperationalError as error:
        raise DisconnectionError from error


def _spoken_to(connection: DBAPIConnection) -> bool:
    """Return whether the server has sent something that nobody has read, such as its farewell."""
    reading = select.poll()
    reading.register(connection.fileno(), select.POLLIN)
    return bool(reading.poll(0))


def _not_postgres() -> SettingError:
    return SettingError(
        "TINGYIN_DATABASE_URL is not a PostgreSQL address; write postgresql://user:password@host/name.",
        "TINGYIN_DATABASE_URL 不是 PostgreSQL 地址，请写成 postgresql://user:password@host/name。",
    )
