"""What it means that a database refuses to be prepared, and what its owner can do about it.

Only words are repeated that the server makes of the names of tables, schemas and roles. What it
says of values is left out: they may be anybody's.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import MappingProxyType

import psycopg
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from nlp.message import Message
from service.errors import SettingError

_RIGHTS = Message(
    "The role of TINGYIN_DATABASE_URL has to own its tables and to make new ones: let the owner of "
    "the database run GRANT USAGE, CREATE ON SCHEMA public TO that role, or name a database that "
    "the role owns.",
    "TINGYIN_DATABASE_URL 的角色须拥有其各表并可建新表：请数据库所有者执行 "
    "GRANT USAGE, CREATE ON SCHEMA public TO 该角色，或另指定归该角色所有的数据库。",
)
_OWN_DATABASE = Message(
    "Something else has tables or types of the same names there; name a database of its own for "
    "Tingyin in TINGYIN_DATABASE_URL.",
    "其中已有其他程序的同名表或类型；请在 TINGYIN_DATABASE_URL 中为听音指定单独的数据库。",
)
REMEDIES: Mapping[str, Message] = MappingProxyType(
    {
        "42501": _RIGHTS,
        "3F000": _RIGHTS,
        "42P07": _OWN_DATABASE,
        "42710": _OWN_DATABASE,
        "25006": Message(
            "It takes no changes; name the primary server in TINGYIN_DATABASE_URL, not a standby, "
            "and let default_transaction_read_only be off.",
            "它不接受写入；请在 TINGYIN_DATABASE_URL 中指定主库而非备库，"
            "并关闭 default_transaction_read_only。",
        ),
    }
)
"""By SQLSTATE (PostgreSQL, appendix A): what to do about it."""
_OTHERWISE = Message("The log of the database server says more.", "详情见数据库服务器的日志。")


@contextmanager
def refusals_told() -> Iterator[None]:
    """Turn what the database says while it is prepared into an error for its owner.

    Raises
    ------
    SettingError
        The database refused something; the error says what, and what to do.
    """
    try:
        yield
    except (SQLAlchemyError, psycopg.Error) as error:
        raise refusal(error) from error


def refusal(error: Exception) -> SettingError:
    """Return the error for the owner of a database.

    >>> print(refusal(psycopg.errors.DiskFull()))
    The database cannot be prepared: DiskFull (53100). The log of the database server says more.
    """
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = (cause.sqlstate if isinstance(cause, psycopg.Error) else None) or ""
    said, remedy = _said(cause, code), REMEDIES.get(code, _OTHERWISE)
    return SettingError(
        f"The database cannot be prepared: {said}. {remedy.en}",
        f"数据库无法准备：{said}。{remedy.zh}",
    )


def _said(cause: BaseException | None, code: str) -> str:
    """Return the server's own words where they hold names only, else the kind of the error."""
    if code in REMEDIES and isinstance(cause, psycopg.Error) and cause.diag.message_primary:
        return cause.diag.message_primary
    kind = type(cause).__name__
    return f"{kind} ({code})" if code else kind
