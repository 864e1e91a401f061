"""What every reader gives: a table whose records stream, good ones and rejects alike."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from nlp.message import Message
from service.files.format import Format
from service.files.rejects import Reject


@dataclass(frozen=True, slots=True)
class Record:
    """One row of a table.

    `line` is where a person finds it (see `Reject.line`); `position` is how far the reader is
    after it, in the unit of `Table.size`; `values` holds the cells by column name.
    """

    line: int
    position: int
    values: dict[str, object]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place where the file could not be read as a row: the reject, and how far the reader is."""

    reject: Reject
    position: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table in a file.

    `columns` are the column names as the file has them (for JSON: those of the first rows);
    `size` is the full length in bytes (text files) or rows, 0 when it is not known beforehand;
    `remarks` are things the user should know, such as the sheet that was taken;
    `records` starts a new pass over the rows, in constant memory (Excel: besides the shared
    strings of the workbook, all of which openpyxl holds).
    """

    path: Path
    format: Format
    columns: tuple[str, ...]
    size: int
    remarks: tuple[Message, ...]
    records: Callable[[], Iterator[Record | Unreadable]]
