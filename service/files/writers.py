"""One writer per format, in one table; each takes a stream and gives the number of rows."""

import csv
import io
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from functools import partial
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from service.errors import OutputError, TooManyRowsError
from service.files.cells import flat, guarded, json_line
from service.files.chunks import characters_of, chunked
from service.files.format import Format

if TYPE_CHECKING:
    import pyarrow as pa
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

Row = Mapping[str, Any]
Writer = Callable[[BinaryIO, Iterator[Row], "pa.Schema | None"], int]

CHUNK_ROWS = 4096
EXCEL_ROWS = 1_048_575
EXCEL_CELL = 32_767
NOT_IN_EXCEL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def _write_jsonl(stream: BinaryIO, rows: Iterator[Row], schema: "pa.Schema | None") -> int:
    del schema
    written = 0
    for row in rows:
        stream.write(json_line(dict(row)))
        written += 1
    return written


def _write_delimited(
    stream: BinaryIO, rows: Iterator[Row], schema: "pa.Schema | None", delimiter: str
) -> int:
    names, rows = _columns(rows, schema)
    text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
    writer = csv.writer(text, delimiter=delimiter)
    writer.writerow(names)
    written = 0
    for row in rows:
        writer.writerow([guarded(flat(cell)) for cell in _cells(row, names)])
        written += 1
    text.flush()
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


def _write_xlsx(stream: BinaryIO, rows: Iterator[Row], schema: "pa.Schema | None") -> int:
    from openpyxl import Workbook

    names, rows = _columns(rows, schema)
    book = Workbook(write_only=True)
    page = cast("WriteOnlyWorksheet", book.create_sheet("tingyin"))
    written = 0
    with closing(page):
        page.append(names)
        for row in rows:
            written += 1
            if written > EXCEL_ROWS:
                raise _too_many_rows()
            page.append([_excel_cell(page, flat(cell)) for cell in _cells(row, names)])
    book.save(stream)
    return written


def _too_many_rows() -> TooManyRowsError:
    return TooManyRowsError(
        f"an Excel sheet holds at most {EXCEL_ROWS:,} rows; write .csv, .jsonl or .parquet",
        f"Excel 工作表最多容纳 {EXCEL_ROWS:,} 行；请改用 .csv、.jsonl 或 .parquet",
    )


def _excel_cell(page: "WriteOnlyWorksheet", value: object) -> object:
    from openpyxl.cell import WriteOnlyCell

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

    chunks = chunked(rows, CHUNK_ROWS, characters_of)
    first = next(chunks, [])
    if schema is None:
        schema = pa.schema([_settled(field) for field in pa.Table.from_pylist(first).schema])
    written = 0
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for chunk in chain([first], chunks):
            writer.write_table(_arrow(chunk, schema))
            written += len(chunk)
    return written


def _arrow(rows: list[Row], schema: "pa.Schema") -> "pa.Table":
    import pyarrow as pa

    try:
        return pa.Table.from_pylist(rows, schema=schema)
    except (pa.ArrowException, TypeError) as error:
        raise OutputError(
            f"a row does not fit the types of the rows before it ({error}); write .jsonl instead",
            f"某行的类型与前面的行不一致（{error}）；请改用 .jsonl",
        ) from error


def _settled(field: "pa.Field") -> "pa.Field":
    """Return a field with text in place of the types that the first rows left open."""
    import pyarrow as pa

    kind = field.type
    if pa.types.is_null(kind):
        return field.with_type(pa.string())
    if pa.types.is_list(kind):
        return field.with_type(pa.list_(_settled(kind.value_field)))
    if pa.types.is_struct(kind):
        return field.with_type(pa.struct([_settled(inner) for inner in kind]))
    return field


WRITERS: dict[Format, Writer] = {
    Format.CSV: partial(_write_delimited, delimiter=","),
    Format.TSV: partial(_write_delimited, delimiter="\t"),
    Format.JSONL: _write_jsonl,
    Format.PARQUET: _write_parquet,
    Format.XLSX: _write_xlsx,
}

MOST_ROWS: dict[Format, int] = {Format.XLSX: EXCEL_ROWS}
"""How many rows a format holds below its header, where it has a limit."""
