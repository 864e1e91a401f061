"""The connection to PostgreSQL: one pool, one way to open a transaction."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from service.errors import SettingError, UnavailableError

OLDEST_SERVER = 15


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

    @contextmanager
    def transaction(self) -> Iterator[Session]:
        """Open a session in one transaction.

        Raises
        ------
        UnavailableError
            The database cannot be reached.
        """
        try:
            with self._sessions.begin() as session:
                yield session
        except OperationalError as error:
            raise UnavailableError(
                "The database does not answer; try again in a moment.",
                "数据库暂无响应，请稍后再试。",
            ) from error

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


def _engine(url: str, pool: int) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise _not_postgres() from error
    if parsed.get_backend_name() != "postgresql":
        raise _not_postgres()
    return create_engine(
        parsed.set(drivername="postgresql+psycopg"),
        pool_size=pool,
        max_overflow=0,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={"options": "-c timezone=UTC", "application_name": "tingyin"},
    )


def _not_postgres() -> SettingError:
    return SettingError(
        "TINGYIN_DATABASE_URL is not a PostgreSQL address; write postgresql://user:password@host/name.",
        "TINGYIN_DATABASE_URL 不是 PostgreSQL 地址，请写成 postgresql://user:password@host/name。",
    )
