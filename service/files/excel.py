"""Excel workbooks (.xlsx), one sheet as a table, streamed row by row."""

import re
import warnings
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Literal, Protocol, cast
from zipfile import BadZipFile, ZipFile, ZipInfo

from nlp.message import Message
from nlp.text import mask
from service.errors import InputError
from service.files.delimited import column_names
from service.files.format import Format
from service.files.table import Record, Table, Unreadable

if TYPE_CHECKING:
    from openpyxl import Workbook

STYLES = "xl/styles.xml"
EMPTY_FILL = re.compile(rb"<((?:\w+:)?)fill\s*(?:/>|>\s*</\1fill\s*>)")
# What zip, XML and openpyxl raise on damaged bytes; an XML error is a SyntaxError.
DAMAGE = (
    ArithmeticError,
    AttributeError,
    BadZipFile,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    zlib.error,
)
ERROR_CELLS = frozenset({"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A"})


class _Page(Protocol):
    """What is needed of a sheet opened for reading only."""

    def reset_dimensions(self) -> None: ...

    def iter_rows(self, *, values_only: Literal[True]) -> Iterator[tuple[object, ...]]: ...


class _Archive(ZipFile):
    """The parts of a workbook; an empty fill, which openpyxl refuses, gets an empty pattern."""

    def read(self, name: str | ZipInfo, pwd: bytes | None = None) -> bytes:
        data = super().read(name, pwd)
        if name != STYLES:
            return data
        return EMPTY_FILL.sub(rb"<\1fill><\1patternFill/></\1fill>", data)


def open_workbook(path: Path, sheet: str | None = None) -> Table:
    """Return the table of one sheet (the first unless named); its first filled row is the header.

    Raises
    ------
    InputError
        There is no such sheet, the sheet is empty, or the workbook is damaged.
    """
    with _workbook(path) as book:
        names = [page.title for page in book.worksheets]
        chosen = _choose(path, names, sheet)
        size = book[chosen].max_row or 0
    header = next(_filled_rows(path, chosen), None)
    if header is None:
        raise InputError(
            f"{path}: sheet {chosen!r} is empty; name another with --sheet: {', '.join(names)}",
            f"{path}：工作表“{chosen}”是空的；请用 --sheet 指定其他工作表：{'、'.join(names)}",
        )
    columns = column_names(path, ["" if cell is None else str(cell) for cell in header[1]])
    read = partial(_records, path, chosen, columns)
    return Table(path, Format.XLSX, columns, size, _remarks(names, chosen), read)


@contextmanager
def _workbook(path: Path) -> Iterator["Workbook"]:
    """Give the workbook; damage that shows while its rows are read is told like any other."""
    try:
        with path.open("rb") as stream, closing(_loaded(stream)) as book:
            yield book
    except DAMAGE as error:
        said = mask(str(error.__cause__ or error))
        raise InputError(
            f"{path} is a damaged workbook ({said}); open it in Excel and save it again",
            f"{path} 是损坏的工作簿（{said}）；请用 Excel 打开后重新保存",
        ) from error


def _loaded(stream: BinaryIO) -> "Workbook":
    from openpyxl.reader.excel import ExcelReader

    # The parts of a workbook that openpyxl leaves out (styles, validations) hold no rows.
    warnings.filterwarnings("ignore", category=UserWarning, module="openpyxl")
    reader = ExcelReader(stream, read_only=True, data_only=True)
    reader.archive = _Archive(stream)
    reader.read()
    return reader.wb


def _choose(path: Path, names: list[str], sheet: str | None) -> str:
    chosen = sheet or names[0]
    if chosen not in names:
        raise InputError(
            f"{path} has no sheet {chosen!r}; it has: {', '.join(names)}",
            f"{path} 没有工作表“{chosen}”；现有：{'、'.join(names)}",
        )
    return chosen


def _remarks(names: list[str], chosen: str) -> tuple[Message, ...]:
    if len(names) == 1:
        return ()
    others = [name for name in names if name != chosen]
    return (
        Message(
            f"sheet {chosen!r} is read, not {', '.join(others)} (choose with --sheet)",
            f"读取工作表“{chosen}”，未读取：{'、'.join(others)}（可用 --sheet 选择）",
        ),
    )


def _filled_rows(path: Path, sheet: str) -> Iterator[tuple[int, tuple[object, ...]]]:
    with _workbook(path) as book:
        page = cast("_Page", book[sheet])
        # The size that a workbook states for its sheet is often wrong; the rows themselves count.
        page.reset_dimensions()
        for number, cells in enumerate(page.iter_rows(values_only=True), 1):
            if any(cell is not None for cell in cells):
                yield number, cells


def _records(path: Path, sheet: str, columns: tuple[str, ...]) -> Iterator[Record | Unreadable]:
    rows = _filled_rows(path, sheet)
    next(rows)
    for number, cells in rows:
        values = (
            None if cell in ERROR_CELLS else cell for cell in chain(cells, [None] * len(columns))
        )
        yield Record(number, number, dict(zip(columns, values, strict=False)))
