"""Named columns of a table file, each cell read as what it should be, or the file is refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from math import isfinite
from pathlib import Path
from typing import Any

from nlp.message import Message
from service.errors import InputError
from service.files import Reject, open_table
from service.files.rejects import shown
from service.files.rows import read_records

YES, NO = ("1", "true", "yes", "是"), ("0", "false", "no", "否", "")


@dataclass(frozen=True, slots=True)
class Fault:
    """Why a cell cannot be read."""

    reason: Message


Reading = Callable[[object], Any]


def text(cell: object) -> object:
    """Return a cell as text that is not empty."""
    if cell is None or not str(cell).strip() or str(cell).lower() == "nan":
        return Fault(Message("the cell is empty; fill it in", "单元格为空；请补上"))
    if isinstance(cell, float) and cell.is_integer():  # a workbook's 7.0 is the id 7
        return str(int(cell))
    return str(cell).strip()


def number(cell: object) -> object:
    """Return a cell as a finite number."""
    try:
        found = float(str(cell)) if not isinstance(cell, bool) else float("nan")
    except ValueError:
        found = float("nan")
    said = Message("is no finite number; correct the row", "不是有限的数字；请更正此行")
    return found if isfinite(found) else Fault(said)


def flag(cell: object) -> object:
    """Return a cell as true or false; an empty one is false."""
    word = "" if cell is None else str(cell).strip().lower()
    word = word.removesuffix(".0")
    if word in (*YES, *NO):
        return word in YES
    return Fault(Message("is neither true nor false; write one of them", "不是 true 或 false"))


def moment(zone: tzinfo) -> Reading:
    """Return how to read a cell as a time, in `zone` where it names none."""
    from service.files.contract import Fault as MomentFault
    from service.files.contract import read_moment

    def read(cell: object) -> datetime | Fault:
        found = read_moment(cell, zone)
        return Fault(_time_told(found.reason)) if isinstance(found, MomentFault) else found

    return read


def read_columns(path: Path, readings: Mapping[str, Reading]) -> dict[str, list[Any]]:
    """Return the named columns of a file, one cell a row.

    Raises
    ------
    InputError
        The file is no table, has no rows, lacks a column, or a cell cannot be read; the message
        names file, line, column, value and remedy.
    """
    cells: dict[str, list[Any]] = {name: [] for name in readings}
    for record in read_records(open_table(path)):
        for name, reading in readings.items():
            if name not in record.values:
                raise _no_column(path, name, list(readings))
            value = reading(record.values[name])
            if isinstance(value, Fault):
                raise _unread(path, record.line, name, record.values[name], value)
            cells[name].append(value)
    if not next(iter(cells.values())):
        raise InputError(
            f"{path}: it has no rows; needed are {', '.join(readings)}",
            f"{path}：没有数据行；需要 {'、'.join(readings)}",
        )
    return cells


def demand_once(path: Path, name: str, ids: Sequence[str]) -> None:
    """Raise where an id stands in a file twice.

    Raises
    ------
    InputError
        Names the file, the column and the id.
    """
    seen: set[str] = set()
    for each in ids:
        if each in seen:
            raise InputError(
                f"{path}, {name}: {shown(each)!r} stands there twice; keep one row",
                f"{path}，{name}：{shown(each)!r} 出现两次；请只保留一行",
            )
        seen.add(each)


def refused(rows: Sequence[Any], files: Mapping[str, Path]) -> list[Reject]:
    """Return rows that a contract of the tiering room refused, with the file of each."""
    return [
        Reject(files[row.table].name, row.line or 0, row.column, row.value, row.reason())
        for row in rows
    ]


def _no_column(path: Path, name: str, needed: Sequence[str]) -> InputError:
    return InputError(
        f"{path}: no column {name}; needed are {', '.join(needed)}",
        f"{path}：缺少列 {name}；需要 {'、'.join(needed)}",
    )


def _time_told(reason: Message) -> Message:
    return Message(
        f"{reason.en}; write it as 2026-01-05 or 2026-01-05T08:03",
        f"{reason.zh}；请写成 2026-01-05 或 2026-01-05T08:03",
    )


def _unread(path: Path, line: int, name: str, value: object, fault: Fault) -> InputError:
    told = None if value is None else shown(str(value))
    return InputError(
        f"{path}, line {line}, {name}: {told!r}: {fault.reason.en}",
        f"{path} 第 {line} 行，{name}：{told!r}：{fault.reason.zh}",
    )
