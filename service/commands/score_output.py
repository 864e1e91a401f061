"""Tables that are written: whole frames, and scores piece by piece; the same from every engine."""

from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from service.files import write_rows
from service.files.format import Format
from service.files.replacing import replacing
from service.files.write import output_format

if TYPE_CHECKING:
    import pyarrow as pa

BATCH = 10_000
FLOATS = (
    *("score", "commercial", "social", "experience", "engagement", "content", "community", "risk"),
    *("influence", "p_alive", "expected_orders_12m"),
    *("reach", "depth", "audience", "network", "nsr", "kept"),
)
WHOLE = ("runs_beyond", "value_12m", "followers", "posts", "reactions")
FLAGS = ("care",)
LISTS = ("reasons",)


def write_tables(path: Path, tables: Iterable["pa.Table"]) -> None:
    """Write Arrow tables of the same columns one after the other into one file.

    Raises
    ------
    OutputError
        The file cannot be written, or its format is not known.
    """
    parts = iter(tables)
    first = next(parts)
    _write(path, _schema(first.column_names), chain([first], parts))


def write_table(path: Path, frame: object) -> None:
    """Write a native frame or an Arrow table, in the format of the file's name.

    Raises
    ------
    OutputError
        The file cannot be written.
    """
    table = arrow_of(frame)
    _write(path, _plain_schema(table.schema), [table])


def arrow_of(frame: Any) -> "pa.Table":  # noqa: ANN401  # a frame of any engine
    """Return a native frame as an Arrow table; such a table as it is."""
    import pandas as pd
    import pyarrow as pa

    if isinstance(frame, pa.Table):
        return frame
    if isinstance(frame, pd.DataFrame):
        return pa.Table.from_pandas(frame, preserve_index=False)
    return frame.to_arrow_table() if hasattr(frame, "to_arrow_table") else frame.to_arrow()


def _write(path: Path, schema: "pa.Schema", tables: Iterable["pa.Table"]) -> None:
    """Write tables with these types: Parquet as it is, what is text row by row."""
    settled = (table.cast(schema) for table in tables)
    if output_format(path) is Format.PARQUET:
        _write_parquet(path, schema, settled)
    else:
        write_rows(path, _rows(settled), schema)


def _write_parquet(path: Path, schema: "pa.Schema", tables: Iterator["pa.Table"]) -> None:
    import pyarrow.parquet as pq

    with replacing(path) as stream, pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for table in tables:
            writer.write_table(table.combine_chunks())


def _rows(tables: Iterator["pa.Table"]) -> Iterator[dict[str, object]]:
    for table in tables:
        for batch in table.to_batches(BATCH):
            yield from batch.to_pylist()


def _schema(names: Iterable[str]) -> "pa.Schema":
    """Return the types of the columns by their names; what is not listed is text."""
    import pyarrow as pa

    reasons = pa.list_(pa.struct([("en", pa.string()), ("zh", pa.string())]))
    listed = ((FLOATS, pa.float64()), (WHOLE, pa.int64()), (FLAGS, pa.bool_()), (LISTS, reasons))
    kinds = MappingProxyType({name: kind for group, kind in listed for name in group})
    return pa.schema([(name, kinds.get(name, pa.string())) for name in names])


def _plain_schema(schema: "pa.Schema") -> "pa.Schema":
    """Return the schema with plain strings and no engine's notes, alike for every engine."""
    import pyarrow as pa

    def plain(kind: "pa.DataType") -> "pa.DataType":
        if pa.types.is_large_string(kind) or pa.types.is_string_view(kind):
            return pa.string()
        if pa.types.is_large_list(kind) or pa.types.is_list(kind):
            return pa.list_(plain(kind.value_type))
        if pa.types.is_struct(kind):
            return pa.struct([(field.name, plain(field.type)) for field in kind])
        return kind

    return pa.schema([(field.name, plain(field.type)) for field in schema])
