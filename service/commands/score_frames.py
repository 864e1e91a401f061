"""Frames of an engine for `tingyin score`: made of Arrow tables, or read from Parquet in place."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from service.errors import InputError

if TYPE_CHECKING:
    import pyarrow as pa

NOT_PLAIN = frozenset("*?[]{}\\")
"""What Spark would read as a pattern in the name of a file."""


@dataclass(frozen=True, slots=True)
class Opener:
    """How an engine gets its frames.

    `scan` reads the named columns of a Parquet file, with `line`, the number of the row from 1;
    where the engine can it is read only when it is needed, and never held in whole.
    """

    of_arrow: Callable[["pa.Table"], object]
    scan: Callable[[Path, Sequence[str]], object]


def opener(engine: str) -> Opener:
    """Return how the named engine opens tables.

    Raises
    ------
    InputError
        The engine is not installed.
    """
    return OPENERS[engine]()


def numbered_parquet(path: Path, names: Sequence[str]) -> "pa.Table":
    """Return the named columns of a Parquet file with the number of each row."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = pq.read_table(path, columns=list(names))
    line = pa.array(range(1, table.num_rows + 1), pa.int64())
    return without_null_types(table.append_column("line", line))


def without_null_types(table: "pa.Table") -> "pa.Table":
    """Return the table with columns of nothing but null as text, which every engine has."""
    import pyarrow as pa

    fields = [f.with_type(pa.string()) if pa.types.is_null(f.type) else f for f in table.schema]
    return table.cast(pa.schema(fields))


def _held(of_arrow: Callable[["pa.Table"], object]) -> Opener:
    return Opener(of_arrow, lambda path, names: of_arrow(numbered_parquet(path, names)))


def _pandas() -> Opener:
    import pandas as pd

    return _held(lambda table: table.to_pandas(types_mapper=pd.ArrowDtype))


def _duckdb() -> Opener:
    connection = _module("duckdb").connect()
    connection.execute("SET enable_progress_bar = false")  # it would write into the report
    return _held(connection.from_arrow)


def _polars() -> Opener:
    polars = _module("polars")

    def scan(path: Path, names: Sequence[str]) -> object:
        rows = polars.scan_parquet(path, glob=False, row_index_name="line", row_index_offset=1)
        return rows.select(*names, "line").with_columns(
            polars.selectors.by_dtype(polars.Null).cast(polars.String)
        )

    return Opener(polars.from_arrow, scan)


def _spark() -> Opener:
    import warnings

    from service.spark import spark_session

    session = spark_session()

    def of_arrow(table: "pa.Table") -> object:
        with warnings.catch_warnings():
            # said beside pandas 3, though Arrow passes through no pandas frame
            warnings.filterwarnings("ignore", "PySpark does not yet", FutureWarning)
            return session.createDataFrame(table)

    def scan(path: Path, names: Sequence[str]) -> object:
        if NOT_PLAIN & set(str(path.resolve())):
            return of_arrow(numbered_parquet(path, names))
        read: Any = session.read.parquet(path.resolve().as_uri())
        return read.selectExpr(*(f"`{n}`" for n in names), "_metadata.row_index + 1 AS line")

    return Opener(of_arrow, scan)


def _module(engine: str) -> Any:  # noqa: ANN401  # a module
    try:
        return import_module(engine)
    except ImportError as error:
        raise InputError(
            f"--engine {engine}: {engine} is not installed; run `pip install {engine}`, "
            "or use --engine pandas",
            f"--engine {engine}：未安装 {engine}；请运行 `pip install {engine}`，"
            "或使用 --engine pandas",
        ) from error


OPENERS = MappingProxyType(
    {"pandas": _pandas, "polars": _polars, "duckdb": _duckdb, "spark": _spark}
)
