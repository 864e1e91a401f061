"""CSV and TSV, streamed: one damaged record costs that record, never the rest of the file."""

import csv
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from pathlib import Path

from nlp.message import Message
from nlp.text import mask
from service.errors import InputError
from service.files.encoding import find_encoding
from service.files.format import Format
from service.files.line_faults import line_fault
from service.files.lines import Line, read_lines
from service.files.rejects import Reject
from service.files.stray_quotes import rows_joined_by_quote
from service.files.table import Record, Table, Unreadable

DELIMITERS = (",", "\t", ";")
NO_DELIMITER = "\x1f"
SAMPLE = 20
LONGEST_FIELD = 1 << 24
LONGEST_RECORD = 10_000
QUOTES = Message(
    'double the quotes inside a quoted field ("" for ") and close every quote',
    '带引号的字段内部的引号应写成两个（""），且每个引号都要闭合',
)


@dataclass(slots=True)
class _Feed:
    """Physical lines handed to `csv.reader`, kept until the record is complete."""

    source: Iterator[Line]
    waiting: deque[Line] = field(default_factory=deque)
    taken: list[Line] = field(default_factory=list)

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.taken) >= LONGEST_RECORD:
            raise StopIteration
        line = self.waiting.popleft() if self.waiting else next(self.source)
        self.taken.append(line)
        return line.text

    def give_back_all_but_first(self) -> None:
        """Let the lines after the first be read again, as records of their own."""
        self.waiting.extendleft(reversed(self.taken[1:]))
        del self.taken[1:]


@dataclass(frozen=True, slots=True)
class _Raw:
    """The physical lines of one record and its fields; None where quotes do not close."""

    lines: tuple[Line, ...]
    fields: list[str] | None


def open_delimited(path: Path, kind: Format) -> Table:
    """Return the table of a CSV or TSV file; encoding and delimiter are found by content."""
    encoding = find_encoding(path)
    delimiter = _sniff(path, encoding) or ("\t" if kind is Format.TSV else NO_DELIMITER)
    columns = _header(path, encoding, delimiter)
    kind = Format.TSV if delimiter == "\t" else Format.CSV
    return Table(
        path,
        kind,
        columns,
        path.stat().st_size,
        (_found(encoding, delimiter),),
        partial(_records, path, encoding, delimiter, columns),
    )


def _found(encoding: str, delimiter: str) -> Message:
    names = {",": ("comma", "逗号"), "\t": ("tab", "制表符"), ";": ("semicolon", "分号")}
    en, zh = names.get(delimiter, ("none", "无"))
    return Message(f"encoding {encoding}, delimiter {en}", f"编码 {encoding}，分隔符：{zh}")


def _raw_records(
    path: Path, encoding: str, delimiter: str, width: int | None = None
) -> Iterator[_Raw]:
    """Yield the records; one that cannot be right costs its first line only.

    A record cannot be right when its quotes do not close, or when it spans lines and has more
    fields than the header: then a stray quote has swallowed the lines after it. Nor is it when
    each of its lines is a row by itself: then it is those rows.
    """
    csv.field_size_limit(LONGEST_FIELD)
    feed = _Feed(read_lines(path, encoding))
    while True:
        feed.taken.clear()
        try:
            fields = next(csv.reader(feed, delimiter=delimiter, strict=True))
        except StopIteration:
            return
        except csv.Error:
            fields = None
        if fields and width and (joined := _joined(feed.taken, delimiter, width)):
            yield from joined
            continue
        if fields is None or (len(feed.taken) > 1 and width and len(fields) > width):
            feed.give_back_all_but_first()
            fields = _alone(feed.taken[0], delimiter, width)
        yield _Raw(tuple(feed.taken), fields)


def _joined(taken: list[Line], delimiter: str, width: int) -> list[_Raw]:
    """Return the rows that a stray quote has made one record of; none where it is one indeed."""
    lines = [line for line in taken if line.text.strip()]
    rows = rows_joined_by_quote([line.text for line in lines], delimiter, width)
    return [_Raw((line,), fields) for line, fields in zip(lines, rows, strict=False)]


def _alone(line: Line, delimiter: str, width: int | None) -> list[str] | None:
    """Return the fields of one line with stray quotes; None when its last quote does not close."""
    reader = csv.reader(iter([line.text, ""]), delimiter=delimiter)
    try:
        fields = next(reader)
    except csv.Error:
        return None
    if reader.line_num == 1:
        return fields
    # Tab-separated files are often written without any quoting: a quote is a character there.
    unquoted = line.text.rstrip("\r\n").split(delimiter)
    return unquoted if delimiter == "\t" and len(unquoted) == width else None


def _filled(raws: Iterator[_Raw]) -> Iterator[_Raw]:
    """Leave out the records that hold nothing: blank lines, and the `,,,` of spreadsheets."""
    return (raw for raw in raws if raw.fields is None or any(map(str.strip, raw.fields)))


def _sniff(path: Path, encoding: str) -> str | None:
    """Return the delimiter that splits the header, and most rows alike, into most columns."""

    def score(delimiter: str) -> tuple[int, int]:
        sample = [
            raw.fields or []
            for raw in islice(_filled(_raw_records(path, encoding, delimiter)), SAMPLE)
        ]
        width = len(sample[0]) if sample else 0
        return (sum(len(fields) == width for fields in sample) if width > 1 else 0, width)

    (agreeing, _), best = max((score(delimiter), delimiter) for delimiter in DELIMITERS)
    return best if agreeing else None


def _header(path: Path, encoding: str, delimiter: str) -> tuple[str, ...]:
    first = next(_filled(_raw_records(path, encoding, delimiter)), None)
    if first is None or first.fields is None:
        raise InputError(
            f"{path}, line 1: the header cannot be read; {QUOTES.en}",
            f"{path} 第 1 行：表头无法读取；{QUOTES.zh}",
        )
    return column_names(path, first.fields)


def column_names(path: Path, cells: list[str]) -> tuple[str, ...]:
    """Return clean column names of a header; unnamed columns get `column_3`.

    Raises
    ------
    InputError
        Two columns have the same name.
    """
    names = [cell.strip("\ufeff \t\r\n") for cell in cells]
    while names and not names[-1]:
        names.pop()
    for place, name in enumerate(names, 1):
        if name and name in names[place:]:
            other, known = names.index(name, place) + 1, mask(name)
            raise InputError(
                f"{path}: column {known!r} appears twice (columns {place} and {other}); rename one",
                f"{path}：列名“{known}”重复（第 {place} 列和第 {other} 列）；请改名其中一列",
            )
    return tuple(name or f"column_{place}" for place, name in enumerate(names, 1))


def _records(
    path: Path, encoding: str, delimiter: str, columns: tuple[str, ...]
) -> Iterator[Record | Unreadable]:
    raws = _raw_records(path, encoding, delimiter, len(columns))
    for raw in islice(_filled(raws), 1, None):
        end = raw.lines[-1].end
        reject = _fault(path, raw, len(columns))
        if reject or raw.fields is None:
            yield Unreadable(reject or _open_quote(path, raw), end)
        else:
            cells = [cell or None for cell in raw.fields]
            cells += [None] * (len(columns) - len(cells))
            yield Record(raw.lines[0].number, end, dict(zip(columns, cells, strict=False)))


def _open_quote(path: Path, raw: _Raw) -> Reject:
    first = raw.lines[0]
    reason = Message("a quoted field does not close", "带引号的字段没有闭合")
    return Reject(path.name, first.number, "", first.text.rstrip(), reason, QUOTES)


def _fault(path: Path, raw: _Raw, width: int) -> Reject | None:
    for line in raw.lines:
        if reject := line_fault(path, line):
            return reject
    extra = [cell for cell in (raw.fields or [])[width:] if cell.strip()]
    if not extra:
        return None
    reason = Message(
        f"the row has {len(raw.fields or [])} fields, the header {width}",
        f"此行有 {len(raw.fields or [])} 个字段，表头只有 {width} 个",
    )
    remedy = Message(
        "put quotes around fields that contain the delimiter", "含有分隔符的字段请加引号"
    )
    return Reject(path.name, raw.lines[0].number, "", extra[0], reason, remedy)
