"""Where a table of `tingyin score` comes from: a file, or a table of a database."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from service.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa
    from sqlalchemy import URL, Connection
    from sqlalchemy.types import TypeEngine

    from tiering import Contract

BATCH = 20_000


@dataclass(frozen=True, slots=True)
class DatabaseTable:
    """A table or view of a database; `name` is shown, and holds neither user nor password."""

    url: "URL"
    table: str
    name: str


Source = Path | DatabaseTable


def source_of(given: str | Path) -> Source:
    """Return the file, or the table of `postgresql://user@host/database?table=shop.orders`.

    Raises
    ------
    InputError
        The address is none of PostgreSQL, or names no table.
    """
    if "://" not in str(given):
        return Path(given)
    from sqlalchemy import make_url
    from sqlalchemy.exc import ArgumentError

    try:
        url = make_url(str(given))
    except (ArgumentError, ValueError):
        url = None
    if url is None or url.get_backend_name() not in ("postgresql", "postgres"):
        raise InputError(
            "the address of a database cannot be read; write postgresql://user@host/database?table=orders",
            "数据库地址无法读取；请写成 postgresql://user@host/database?table=orders",
        ) from None
    table = url.query.get("table")
    if not isinstance(table, str) or not table:
        raise InputError(
            f"{_shown(url)} names no table; add ?table=orders, or ?table=schema.orders",
            f"{_shown(url)} 未指定表；请加上 ?table=orders 或 ?table=schema.orders",
        )
    shown = f"{_shown(url)}?table={table}"
    url = url.set(drivername="postgresql+psycopg").difference_update_query(["table"])
    return DatabaseTable(url, table, shown)


def read_database(source: DatabaseTable, contract: "Contract") -> "pa.Table":
    """Return the contract's columns that the table has, with `line`, the number of the row as read.

    Raises
    ------
    InputError
        The database does not answer, refuses, or has no such table. What its driver says is not
        repeated, since it may name the password.
    """
    from sqlalchemy import create_engine
    from sqlalchemy.exc import NoSuchTableError, SQLAlchemyError
    from sqlalchemy.pool import NullPool

    try:
        engine = create_engine(
            source.url, poolclass=NullPool, connect_args={"options": "-c timezone=UTC"}
        )
        with engine.connect() as connection:
            return _read(connection, source.table, contract)
    except NoSuchTableError:
        raise InputError(
            f"{source.name}: there is no such table or view; check its name and schema",
            f"{source.name}：没有这个表或视图；请核对名称和 schema",
        ) from None
    except SQLAlchemyError as error:
        kind = type(error).__name__
        raise InputError(
            f"{source.name}: the database refuses or does not answer ({kind}); check host, "
            "database, user, password and the right to read the table",
            f"{source.name}：数据库拒绝或没有响应（{kind}）；请核对主机、库名、用户、密码和读取权限",
        ) from None


def _shown(url: "URL") -> str:
    host = f"{url.host or ''}{f':{url.port}' if url.port else ''}"
    return f"postgresql://{host}/{url.database or ''}"


def _read(connection: "Connection", name: str, contract: "Contract") -> "pa.Table":
    import pyarrow as pa
    from sqlalchemy import MetaData, Table, select

    schema, _, table_name = name.rpartition(".")
    table = Table(table_name, MetaData(), schema=schema or None, autoload_with=connection)
    found = [table.columns[each] for each in contract.names() if each in table.columns]
    kept = [column for column in found if column.name != "line"]
    kinds = [_kind(column.type) for column in kept]
    query = select(*kept) if kept else select(table)
    result = connection.execution_options(yield_per=BATCH).execute(query)
    batches = [
        pa.table(
            {
                column.name: pa.array(map(_cell(kind), cells), kind)
                for column, kind, cells in zip(kept, kinds, zip(*rows, strict=True), strict=True)
            }
        )
        for rows in result.partitions()
    ]
    schema_of = pa.schema([(column.name, kind) for column, kind in zip(kept, kinds, strict=True)])
    read = pa.concat_tables([schema_of.empty_table(), *batches])
    return read.append_column("line", pa.array(range(1, read.num_rows + 1), pa.int64()))


def _kind(column: "TypeEngine[object]") -> "pa.DataType":
    """Return the Arrow type of a column; what has none, such as JSON and numeric, is text."""
    import pyarrow as pa
    from sqlalchemy import types

    if isinstance(column, types.DateTime):
        return pa.timestamp("us", "UTC" if column.timezone else None)
    kinds: list[tuple[type, pa.DataType]] = [
        (types.Boolean, pa.bool_()),
        (types.Integer, pa.int64()),
        (types.Float, pa.float64()),
        (types.Date, pa.date32()),
    ]
    return next((kind for each, kind in kinds if isinstance(column, each)), pa.string())


def _cell(kind: "pa.DataType") -> Callable[[object], object]:
    import pyarrow as pa

    return _text if pa.types.is_string(kind) else lambda cell: cell


def _text(cell: object) -> str | None:
    if cell is None or isinstance(cell, str):
        return cell
    if isinstance(cell, list | dict):
        return json.dumps(cell, ensure_ascii=False)
    return format(cell, "f") if isinstance(cell, Decimal) else str(cell)
