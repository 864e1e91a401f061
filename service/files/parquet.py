"""Parquet files, streamed by batches of rows, in memory that does not grow with the file."""

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from service.errors import InputError
from service.files.format import Format
from service.files.table import Record, Table, Unreadable

if TYPE_CHECKING:
    import pyarrow as pa
    from pyarrow.parquet import ParquetFile

BATCH_ROWS = 256
READ_BYTES = 1 << 20


def open_parquet(path: Path) -> Table:
    """Return the table of a Parquet file; nested columns come as lists and dicts."""
    with _opened(path) as file:
        columns, rows = tuple(file.schema_arrow.names), file.metadata.num_rows
    return Table(path, Format.PARQUET, columns, rows, (), partial(_records, path))


def narrowed(table: Table, columns: Collection[str]) -> Table:
    """Return the table with records of these columns alone, where the format spares the others.

    Parquet keeps columns apart: what nobody asks for is not read, and cannot spoil a row. A table
    of another format comes back as it is.
    """
    if table.format is not Format.PARQUET:
        return table
    return replace(table, records=partial(_records, table.path, sorted(columns)))


def _records(path: Path, columns: list[str] | None = None) -> Iterator[Record | Unreadable]:
    number = 0
    with _opened(path) as file:
        for batch in file.iter_batches(BATCH_ROWS, columns=columns, use_threads=False):
            for values in _rows(batch):
                number += 1
                yield Record(number, number, values)


@contextmanager
def _opened(path: Path) -> Iterator["ParquetFile"]:
    """Open a file to be read in steps of `READ_BYTES`.

    Without `buffer_size` pyarrow holds a whole row group, and with `pre_buffer` (its default) every
    row group that was read: in the end, the file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path, pre_buffer=False, buffer_size=READ_BYTES) as file:
            yield file
    except FileNotFoundError:
        raise
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, error) from error


def _rows(batch: "pa.RecordBatch") -> list[dict[str, object]]:
    """Return the rows of a batch; one cell that Python cannot hold spoils no other."""
    try:
        rows: list[dict[str, object]] = batch.to_pylist()
    except (UnicodeDecodeError, OverflowError):
        columns = [map(_cell, column) for column in batch.columns]
        names = batch.schema.names
        return [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
    return rows


def _cell(scalar: "pa.Scalar") -> object:
    """Return a cell: bytes that are no UTF-8 as lone surrogates, times past year 9999 as text."""
    import pyarrow as pa

    try:
        return scalar.as_py()
    except OverflowError:
        return scalar.cast(pa.string()).as_py()
    except UnicodeDecodeError:
        return _broken(scalar)


def _broken(scalar: "pa.Scalar") -> object:
    import pyarrow as pa

    match scalar:
        case pa.BinaryScalar():
            return scalar.as_buffer().to_pybytes().decode(errors="surrogateescape")
        case pa.StructScalar():
            return {name: _cell(item) for name, item in scalar.items()}
    return [_cell(item) for item in scalar.values]


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path} is a damaged Parquet file ({error}); write it again",
        f"{path} 是损坏的 Parquet 文件（{error}）；请重新导出",
    )
