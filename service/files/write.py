"""Tables to files, atomically: a file is there in full or not at all."""

import csv
import io
import json
import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from decimal import Decimal
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from service.errors import OutputError
from service.files.format import EXTENSIONS, Format

if TYPE_CHECKING:
    import pyarrow as pa

Row = Mapping[str, Any]

CHUNK_ROWS = 4096
EXCEL_ROWS = 1_048_576
EXCEL_CELL = 32_767
FORMULA = re.compile(r"'*[=+\-@\t\r]")
NUMBER = re.compile(r"[+-]?\d+(\.\d+)?([eE][+-]?\d+)?")
NOT_IN_EXCEL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def output_format(path: Path) -> Format:
    """Return the format that a file name asks for.

    Raises
    ------
    OutputError
        The extension is none of those that Tingyin writes.
    """
    kind = EXTENSIONS.get(path.suffix.lower())
    if kind in WRITERS and kind is not None:
        return kind
    allowed = " ".join(sorted(name for name, known in EXTENSIONS.items() if known in WRITERS))
    raise OutputError(
        f"{path}: extension {path.suffix!r} is not known for output; use one of {allowed}",
        f"{path}：不支持输出扩展名 {path.suffix!r}；可用：{allowed}",
    )


def write_rows(path: Path | str, rows: Iterable[Row], schema: "pa.Schema | None" = None) -> int:
    """Write rows to a file named by its extension and return how many there were.

    JSON Lines and Parquet keep lists and dicts; CSV (UTF-8 with a mark, so that Excel opens it)
    and Excel hold them as JSON text. In CSV a text that a spreadsheet would run as a formula gets
    a quote before it, which `read_rows` takes off again. Excel holds 32,767 characters a cell:
    longer text is cut, with an ellipsis.

    Parameters
    ----------
    path
        The file; it appears, or is replaced, only when everything is written.
    rows
        Mappings by column name; columns are those of `schema`, else of the first rows.
    schema
        Column types for Parquet; without it they are inferred from the first rows.

    Raises
    ------
    OutputError
        The file cannot be written, the format cannot hold the rows, or a later row has a column
        or a type that the first ones had not.
    """
    path = Path(path)
    writer = WRITERS[output_format(path)]
    with replacing(path) as stream:
        return writer(stream, iter(rows), schema)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path` that takes its place when the block ends well."""
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        if temporary.exists():
            temporary.unlink()


def cannot_write(path: Path, error: OSError) -> OutputError:
    """Return the error that says which file could not be written, and why."""
    why = error.strerror or str(error)
    return OutputError(
        f"cannot write {path}: {why}; free space or choose another place, then run again",
        f"无法写入 {path}：{why}；请释放空间或更换位置后重新运行",
    )


def _write_jsonl(stream: BinaryIO, rows: Iterator[Row], schema: "pa.Schema | None") -> int:
    del schema
    written = 0
    for row in rows:
        stream.write(json_line(row))
        written += 1
    return written


def json_line(row: Row) -> bytes:
    """Return a row as one line of JSON in UTF-8, its line end included."""
    return json.dumps(_plain(dict(row)), ensure_ascii=False, allow_nan=False).encode() + b"\n"


def _plain(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    match value:
        case None | str() | bool() | int():
            return value
        case float():
            return value if value == value and abs(value) != float("inf") else None
        case dict():
            return {str(key): _plain(item) for key, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
        case date():
            return None if value != value else value.isoformat()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
    return _plain(value.tolist()) if hasattr(value, "tolist") else str(value)


def _write_csv(stream: BinaryIO, rows: Iterator[Row], schema: "pa.Schema | None") -> int:
    return _write_delimited(stream, rows, schema, ",")


def _write_tsv(stream: BinaryIO, rows: Iterator[Row], schema: "pa.Schema | None") -> int:
    return _write_delimited(stream, rows, schema, "\t")


def _write_delimited(
    stream: BinaryIO, rows: Iterator[Row], schema: "pa.Schema | None", delimiter: str
) -> int:
    names, rows = _columns(rows, schema)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(names)
    written = 0
    for row in rows:
        writer.writerow([_guarded(flat(cell)) for cell in _cells(row, names)])
        written += 1
    text.detach()
    return written


def _columns(rows: Iterator[Row], schema: "pa.Schema | None") -> tuple[list[str], Iterator[Row]]:
    if schema is not None:
        return list(schema.names), rows
    first = list(islice(rows, CHUNK_ROWS))
    return list(dict.fromkeys(name for row in first for name in row)), chain(first, rows)


def _cells(row: Row, names: list[str]) -> list[Any]:
    unknown = row.keys() - set(names)
    if unknown:
        raise OutputError(
            f"a later row has columns that the first rows had not: {', '.join(sorted(unknown))};"
            " write .jsonl instead",
            f"后面的行出现了前面没有的列：{'、'.join(sorted(unknown))}；请改用 .jsonl",
        )
    return [row.get(name) for name in names]


def flat(value: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    """Return a cell as CSV and Excel hold it: scalars as they are, the rest as JSON text."""
    value = _plain(value)
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False)
    return value


def _guarded(cell: Any) -> Any:  # noqa: ANN401 - whatever a cell holds
    if isinstance(cell, str) and FORMULA.match(cell) and not NUMBER.fullmatch(cell):
        return "'" + cell
    return cell


def _write_xlsx(stream: BinaryIO, rows: Iterator[Row], schema: "pa.Schema | None") -> int:
    from openpyxl import Workbook

    names, rows = _columns(rows, schema)
    book = Workbook(write_only=True)
    page = book.create_sheet("tingyin")
    page.append(names)
    written = 0
    for written, row in enumerate(rows, 1):
        if written >= EXCEL_ROWS:
            raise _too_many_rows()
        page.append([_excel_cell(page, cell) for cell in _cells(row, names)])
    book.save(stream)
    return written


def _too_many_rows() -> OutputError:
    return OutputError(
        f"an Excel sheet holds at most {EXCEL_ROWS - 1:,} rows; write .csv, .jsonl or .parquet",
        f"Excel 工作表最多容纳 {EXCEL_ROWS - 1:,} 行；请改用 .csv、.jsonl 或 .parquet",
    )


def _excel_cell(page: Any, value: Any) -> Any:  # noqa: ANN401 - openpyxl's own types
    from openpyxl.cell import WriteOnlyCell

    value = flat(value)
    if not isinstance(value, str):
        return value
    value = NOT_IN_EXCEL.sub("", value)
    cell = WriteOnlyCell(page, value if len(value) <= EXCEL_CELL else value[: EXCEL_CELL - 1] + "…")
    # Text stays text: a comment that starts with "=" must not run as a formula.
    cell.data_type = "s"
    return cell


def _write_parquet(stream: BinaryIO, rows: Iterator[Row], schema: "pa.Schema | None") -> int:
    import pyarrow as pa
    import pyarrow.parquet as pq

    first = list(islice(rows, CHUNK_ROWS))
    if schema is None:
        schema = _settled(pa.Table.from_pylist(first).schema)
    written = 0
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        while first:
            writer.write_table(_arrow(first, schema))
            written += len(first)
            first = list(islice(rows, CHUNK_ROWS))
    return written


def _arrow(rows: list[Row], schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    try:
        return pa.Table.from_pylist(rows, schema=schema)
    except pa.ArrowException as error:
        raise OutputError(
            f"a row does not fit the types of the rows before it ({error}); write .jsonl instead",
            f"某行的类型与前面的行不一致（{error}）；请改用 .jsonl",
        ) from error


def _settled(schema: "pa.Schema") -> "pa.Schema":
    """Return the schema with text in place of types that the first rows left open."""
    import pyarrow as pa

    def settle(kind: Any) -> Any:  # noqa: ANN401 - pyarrow has no types
        if pa.types.is_null(kind):
            return pa.string()
        if pa.types.is_list(kind):
            return pa.list_(settle(kind.value_type))
        if pa.types.is_struct(kind):
            return pa.struct([(field.name, settle(field.type)) for field in kind])
        return kind

    return pa.schema([(field.name, settle(field.type)) for field in schema])


WRITERS: dict[Format, Callable[[BinaryIO, Iterator[Row], "pa.Schema | None"], int]] = {
    Format.CSV: _write_csv,
    Format.TSV: _write_tsv,
    Format.JSONL: _write_jsonl,
    Format.PARQUET: _write_parquet,
    Format.XLSX: _write_xlsx,
}
