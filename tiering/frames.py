"""The seam between native frames and this room's expressions: open, attach, settle, give back.

Inside the room a frame is always a lazy narwhals frame. Lazy frames have no row order, so nothing
here can come to depend on one. pandas frames are opened with Arrow columns: they then have the
same nulls, integers and lists as Polars and DuckDB.
"""

from collections.abc import Sequence
from typing import Any, TypeAlias, TypeVar

import narwhals as nw
import pandas as pd
import pyarrow as pa

from tiering import spark
from tiering.errors import EngineError

Frame: TypeAlias = nw.LazyFrame[Any]
Native = TypeVar("Native")

ENGINES = ("pandas", "polars", "duckdb", "pyspark")


def engine_of(native: object) -> str:
    """Return the engine of a native frame: one of `ENGINES`.

    Raises
    ------
    EngineError
        When the object is no frame, or a frame of another engine.
    """
    frame: object = nw.from_native(native, pass_through=True)
    name = type(native).__name__
    if isinstance(frame, nw.DataFrame | nw.LazyFrame):
        name = _engine(frame)
    if name not in ENGINES:
        raise EngineError(
            f"{name} is no frame that can be read; give one of: {', '.join(ENGINES)}",
            f"{name} 不是可读取的数据框；请提供以下引擎之一的数据框：{'、'.join(ENGINES)}",
        )
    return name


def columns_of(native: object) -> list[str]:
    """Return the column names of a native frame."""
    engine_of(native)
    schema: nw.Schema = nw.from_native(native).lazy().collect_schema()  # type: ignore[call-overload]
    return schema.names()


def open_frame(native: object, columns: Sequence[str]) -> Frame:
    """Return the named columns as a lazy frame; those that the native frame lacks are null text."""
    if isinstance(native, pd.DataFrame):
        return nw.from_native(_arrow_backed(native, columns)).lazy()
    present = set(columns_of(native))
    frame: Frame = nw.from_native(native).lazy()  # type: ignore[call-overload]
    null = nw.lit(None, dtype=nw.String)
    return frame.select(*(nw.col(c) if c in present else null.alias(c) for c in columns))


def attach(table: pa.Table, like: Frame) -> Frame:
    """Return an Arrow table as a frame of the same engine (and connection) as `like`."""
    if _engine(like) == "pandas":
        return nw.from_native(_with_arrow_columns(table)).lazy()
    if _engine(like) == "polars":
        return nw.from_arrow(table, backend="polars").lazy()
    if _engine(like) == "pyspark":
        return spark.attach(table, like)
    # DuckDB finds `table` among the local names; a relation has no other way to its connection.
    found = like.to_native().query("tingyin_like", 'SELECT * FROM "table"')
    relation: Frame = nw.from_native(found).lazy()
    return relation


def collect(frame: Frame) -> pa.Table:
    """Return the frame as an Arrow table."""
    if _engine(frame) == "pandas":
        return pa.Table.from_pandas(frame.to_native(), preserve_index=False)
    if _engine(frame) == "pyspark":
        return spark.collect(frame)
    return frame.collect("pyarrow").to_native()


def settle(frame: Frame) -> Frame:
    """Return the same frame computed once, so that its readers do not each compute it again."""
    if _engine(frame) == "pandas":
        return frame
    if _engine(frame) == "polars":
        return frame.collect().lazy()
    if _engine(frame) == "pyspark":
        return spark.hold(frame)
    held: Frame = nw.from_native(frame.to_native().materialize()).lazy()
    return held


def one_text(frame: Frame, names: Sequence[str]) -> Frame:
    """Return the frame with the named columns in one kind of text, as lists of them ask for.

    pandas has several kinds, and which one an expression gives depends on its inputs.
    """
    if _engine(frame) != "pandas":
        return frame
    kind = pd.ArrowDtype(pa.large_string())
    native: pd.DataFrame = frame.to_native().astype(dict.fromkeys(names, kind))
    return nw.from_native(native).lazy()


def one_integer(frame: Frame, names: Sequence[str]) -> Frame:
    """Return the frame with the named columns in the one kind of whole number that knows null.

    pandas has several kinds, and one of them turns into floats where a join leaves a gap.
    """
    if _engine(frame) != "pandas":
        return frame
    kind = pd.ArrowDtype(pa.int64())
    native: pd.DataFrame = frame.to_native()
    other = {name: kind for name in names if native[name].dtype != kind}
    return nw.from_native(native.astype(other)).lazy() if other else frame


def null_like(name: str) -> nw.Expr:
    """Return a column of nulls that has the type of another column, in every engine."""
    return nw.when(nw.col(name).is_null() & ~nw.col(name).is_null()).then(nw.col(name))


def nothing_of(kind: type[nw.Int64 | nw.Float64 | nw.String]) -> nw.Expr:
    """Return a column of nulls of a type, in every engine, for a frame with `customer_id`."""
    return null_like("customer_id").cast(kind)


def give_back(frame: Frame, like: Native) -> Native:
    """Return the frame in the kind of `like`: eager for eager, lazy for lazy."""
    eager = isinstance(nw.from_native(like, pass_through=True), nw.DataFrame)
    native = frame.collect().to_native() if eager else frame.to_native()
    if isinstance(native, pd.DataFrame):
        native = native.reset_index(drop=True)
    return native  # type: ignore[no-any-return]  # the engine of `like`, which mypy cannot see


def _engine(frame: nw.DataFrame[Any] | Frame) -> str:
    return str(frame.implementation.value)


def _arrow_backed(native: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    absent = pa.nulls(len(native), pa.string())
    cells = {c: _arrow_column(native[c]) if c in native.columns else absent for c in columns}
    return _with_arrow_columns(pa.table(cells))


def _with_arrow_columns(table: pa.Table) -> pd.DataFrame:
    """Return a pandas frame with one kind of text: a join of two kinds would make objects of it."""
    backed: pd.DataFrame = table.to_pandas(types_mapper=_pandas_type)
    return backed


def _pandas_type(kind: pa.DataType) -> pd.ArrowDtype:
    return pd.ArrowDtype(pa.large_string() if pa.types.is_string(kind) else kind)


def _arrow_column(column: "pd.Series[Any]") -> pa.Array | pa.ChunkedArray:
    """Return the cells as one Arrow type; as text where they are of several types."""
    try:
        cells = pa.array(column, from_pandas=True)
    except (pa.ArrowInvalid, pa.ArrowTypeError):
        text = column.map(str, na_action="ignore")
        cells = pa.array(text, type=pa.string(), from_pandas=True)
    if pa.types.is_null(cells.type):
        return cells.cast(pa.string())
    is_category = pa.types.is_dictionary(cells.type)
    return cells.cast(cells.type.value_type) if is_category else cells
