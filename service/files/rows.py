"""The one way into a file: any format as a table, as plain rows, or as a pandas frame."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nlp.message import Message
from service.errors import InputError
from service.files.cells import nested, unguarded
from service.files.delimited import open_delimited
from service.files.excel import open_workbook
from service.files.format import EXTENSIONS, Format, detect
from service.files.json_rows import open_json_array, open_json_lines
from service.files.parquet import open_parquet
from service.files.rejects import Reject, shown
from service.files.table import Record, Table

if TYPE_CHECKING:
    import pandas as pd

TEXT_FORMATS = (Format.CSV, Format.TSV)
FAMILIES = {
    Format.CSV: "text",
    Format.TSV: "text",
    Format.JSONL: "json",
    Format.JSON: "json",
    Format.PARQUET: "parquet",
    Format.XLSX: "xlsx",
}
FLAT_FORMATS = (Format.CSV, Format.TSV, Format.XLSX)
NUMBER = re.compile(r"-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?")


def open_table(path: Path | str, sheet: str | None = None) -> Table:
    """Return the table of a file; its content decides the format, see `Format`.

    Raises
    ------
    InputError
        The file is missing, a folder, empty, damaged, or no table.
    """
    path = Path(path)
    kind = detect(path)
    if sheet is not None and kind is not Format.XLSX:
        raise InputError(
            f"--sheet {sheet!r}: {path} is no Excel workbook but {kind}; leave --sheet out",
            f"--sheet {sheet!r}：{path} 不是 Excel 工作簿而是 {kind}；请去掉 --sheet",
        )
    table = _open(path, kind, sheet)
    return replace(table, remarks=(*_misnamed(path, kind), *table.remarks))


def _open(path: Path, kind: Format, sheet: str | None) -> Table:
    match kind:
        case Format.CSV | Format.TSV:
            return open_delimited(path, kind)
        case Format.JSONL:
            return open_json_lines(path)
        case Format.JSON:
            return open_json_array(path)
        case Format.PARQUET:
            return open_parquet(path)
        case Format.XLSX:
            return open_workbook(path, sheet)


def _misnamed(path: Path, kind: Format) -> tuple[Message, ...]:
    named = EXTENSIONS.get(path.suffix.lower(), kind)
    if FAMILIES[named] == FAMILIES[kind]:
        return ()
    return (
        Message(
            f"{path.name} is read as {kind} by its content, not by its name",
            f"{path.name} 按内容识别为 {kind}，而不是按扩展名",
        ),
    )


def read_rows(
    path: Path | str, on_reject: Callable[[Reject], None] | None = None
) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table file as dicts, streaming.

    Cells of CSV and TSV are text, None where they are empty; cells of CSV, TSV and Excel that hold
    a JSON list or object come back as that. Parquet, JSON and Excel give their own types.

    Parameters
    ----------
    path
        CSV, TSV, JSON Lines, JSON array, Parquet or Excel, found by content.
    on_reject
        Receives each place that cannot be read; without it the first one raises.

    Raises
    ------
    InputError
        The file is no readable table, or one row is not and `on_reject` is None.
    """
    for record in read_records(open_table(path), on_reject):
        yield record.values


def read_records(
    table: Table, on_reject: Callable[[Reject], None] | None = None
) -> Iterator[Record]:
    """Yield the records of a table with their cells as `read_rows` gives them.

    Raises
    ------
    InputError
        One row is not readable and `on_reject` is None.
    """
    for record in table.records():
        if isinstance(record, Record):
            values = _restored(record.values, table.format)
            yield Record(record.line, record.position, values)
        elif on_reject is None:
            raise unreadable(table.path, record.reject)
        else:
            on_reject(record.reject)


def read_frame(path: Path | str) -> "pd.DataFrame":
    """Return a table file as a pandas frame.

    Numbers in text formats become numbers where the whole column holds numbers without leading
    zeros; columns named `id` or `…_id` stay text in every format. Dates stay as the file has them.

    Raises
    ------
    InputError
        The file, or one row of it, cannot be read.
    """
    import pandas as pd

    table = open_table(path)
    frame = pd.DataFrame(list(read_rows(path)), columns=_all_columns(table))
    for name in frame.columns:
        if _is_identity(str(name)):
            frame[name] = frame[name].map(_identity_text, na_action="ignore")
        elif table.format in TEXT_FORMATS and _all_numbers(frame[name]):
            frame[name] = pd.to_numeric(frame[name])
    return frame


def _all_columns(table: Table) -> list[str] | None:
    return None if table.format in (Format.JSON, Format.JSONL) else list(table.columns)


def _is_identity(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def _identity_text(value: object) -> str:
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole and isinstance(value, float) else str(value)


def _all_numbers(column: "pd.Series[Any]") -> bool:
    filled = column.dropna()
    return len(filled) > 0 and all(
        isinstance(cell, str) and NUMBER.fullmatch(cell) for cell in filled
    )


def _restored(values: dict[str, object], kind: Format) -> dict[str, Any]:
    if kind not in FLAT_FORMATS:
        return values
    return {name: _restored_cell(cell, kind) for name, cell in values.items()}


def _restored_cell(cell: object, kind: Format) -> object:
    if not isinstance(cell, str):
        return cell
    return nested(unguarded(cell) if kind in TEXT_FORMATS else cell)


def unreadable(path: Path, reject: Reject) -> InputError:
    """Return the error of a row that may not be left out, with line, column, value and remedy."""
    value, column = shown(reject.value), reject.column
    en, zh = (f", {column}", f"，{column}") if column else ("", "")
    return InputError(
        f"{path}, line {reject.line}{en}: {reject.reason.en}: {value!r}; {reject.remedy.en}",
        f"{path} 第 {reject.line} 行{zh}：{reject.reason.zh}：{value!r}；{reject.remedy.zh}",
    )
