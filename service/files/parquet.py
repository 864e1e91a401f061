"""Parquet files, streamed by batches of rows."""

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from service.errors import InputError
from service.files.format import Format
from service.files.table import Record, Table, Unreadable

BATCH_ROWS = 1024


def open_parquet(path: Path) -> Table:
    """Return the table of a Parquet file; nested columns come as lists and dicts."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        with pq.ParquetFile(path) as file:
            columns, rows = tuple(file.schema_arrow.names), file.metadata.num_rows
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, error) from error
    return Table(path, Format.PARQUET, columns, rows, (), partial(_records, path))


def _records(path: Path) -> Iterator[Record | Unreadable]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as file:
            for batch in file.iter_batches(batch_size=BATCH_ROWS):
                for values in batch.to_pylist():
                    number += 1
                    yield Record(number, number, values)
    except (pa.ArrowException, OSError) as error:
        raise _damaged(path, error) from error


def _damaged(path: Path, error: Exception) -> InputError:
    return InputError(
        f"{path} is a damaged Parquet file ({error}); write it again",
        f"{path} 是损坏的 Parquet 文件（{error}）；请重新导出",
    )
