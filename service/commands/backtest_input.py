"""The counts of `tingyin backtest`: a table of dates and counts in, bins out."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from nlp.message import Message
from service.errors import InputError
from service.files import Reject
from service.files.rows import open_table, read_records, unreadable

if TYPE_CHECKING:
    from nlp.surveillance import Bin
    from service.files.table import Record

COLUMNS = ("date", "count", "total")
SYNONYMS: Mapping[str, tuple[str, ...]] = {
    "date": ("日期", "时间", "day", "week", "hour", "start", "time", "timestamp", "column_1"),
    "count": ("数量", "条数", "计数", "n", "n_cases", "cases", "observed"),
    "total": ("总数", "总量", "all", "n_total"),
}
ASCENDING = Message("put each date once, the oldest first", "每个日期只保留一行，并按时间先后排列")


@dataclass(frozen=True, slots=True)
class Counts:
    """Where counts come from: the file, which of its columns is which, and the zone of dates."""

    path: Path
    mapping: Mapping[str, str]
    zone: ZoneInfo


def read_counts(counts: Counts) -> "list[Bin]":
    """Return the bins of a file, oldest first.

    Raises
    ------
    InputError
        The file is no table, lacks a column, or a row of it is no date and count; the message
        names the line.
    """
    table = open_table(counts.path)
    sources = _sources(counts, table.columns)
    rows = list(read_records(table))
    found = [_bin(counts, sources, record) for record in rows]
    for (before, after), record in zip(pairwise(found), rows[1:], strict=False):
        if after.start <= before.start:
            text = str(record.values[sources["date"]])
            reason = Message(f"not after {before.start}", f"不晚于 {before.start}")
            raise _fault(counts, record, sources["date"], text, reason, ASCENDING)
    return found


def _sources(counts: Counts, columns: Sequence[str]) -> dict[str, str]:
    found = {name: source for name in COLUMNS if (source := _source(counts, name, columns))}
    if missing := [name for name in ("date", "count") if name not in found]:
        raise InputError(
            f"{counts.path} has no column {' and '.join(missing)} (it has {', '.join(columns)}); "
            f"name it: --map {missing[0]}=COLUMN",
            f"{counts.path} 中没有 {'、'.join(missing)} 列（现有：{'、'.join(columns)}）；"
            f"请指定：--map {missing[0]}=列名",
        )
    return found


def _source(counts: Counts, name: str, columns: Sequence[str]) -> str | None:
    if name in counts.mapping:
        asked = counts.mapping[name]
        if asked not in columns:
            raise InputError(
                f"--map {name}={asked}: {counts.path} has no such column, it has "
                f"{', '.join(columns)}",
                f"--map {name}={asked}：{counts.path} 中没有此列，现有：{'、'.join(columns)}",
            )
        return asked
    return next((each for each in (name, *SYNONYMS[name]) if each in columns), None)


def _bin(counts: Counts, sources: Mapping[str, str], record: "Record") -> "Bin":
    from nlp.surveillance import Bin
    from service.files.contract import Fault, read_moment

    cell = record.values.get(sources["date"])
    start = read_moment(cell, counts.zone)
    if isinstance(start, Fault):
        raise _fault(counts, record, sources["date"], str(cell or ""), start.reason, start.remedy)
    count = _whole(counts, record, sources["count"])
    total = _total(counts, record, sources.get("total"))
    if total is not None and total < count:
        reason = Message(f"the count {count} is above it", f"小于计数 {count}")
        remedy = Message("a total counts everything", "总数应包括全部")
        raise _fault(counts, record, sources["total"], str(total), reason, remedy)
    return Bin(start, count, total)


def _total(counts: Counts, record: "Record", column: str | None) -> int | None:
    """Return the total of a row; None where there is none, for nobody has to know it."""
    from service.files.cells import is_filled

    known = column is not None and is_filled(record.values.get(column))
    return _whole(counts, record, column) if column is not None and known else None


def _whole(counts: Counts, record: "Record", column: str) -> int:
    cell = record.values.get(column)
    text = "" if cell is None else str(cell).strip()
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not (number >= 0 and number.is_integer()):
        reason = Message("no whole number from 0 on", "不是非负整数")
        remedy = Message("write the count, such as 12", "请填写计数，如 12")
        raise _fault(counts, record, column, text, reason, remedy)
    return int(number)


def _fault(
    counts: Counts, record: "Record", column: str, value: str, reason: Message, remedy: Message
) -> InputError:
    return unreadable(
        counts.path, Reject(counts.path.name, record.line, column, value, reason, remedy)
    )
