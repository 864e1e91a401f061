"""JSON Lines, and JSON files that hold arrays of objects, both streamed."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from itertools import count, islice
from pathlib import Path

from nlp.message import Message
from service.errors import InputError
from service.files.encoding import find_encoding
from service.files.format import Format
from service.files.json_window import JsonWindow
from service.files.line_faults import line_fault
from service.files.lines import Line, read_lines
from service.files.rejects import Reject
from service.files.table import Record, Table, Unreadable

SAMPLE = 1000
SURROGATE = re.compile("[\ud800-\udfff]")
ESCAPES = re.compile(r'(?:\\u[0-9a-fA-F]{4})+|\\["\\/bfnrt]')
BROKEN_BYTES = Message(
    "bytes that the encoding does not allow, or half a character", "含有编码不允许的字节或半个字符"
)
NOT_AN_OBJECT = Message(
    "the line is no JSON object ({...} expected)", "此行不是 JSON 对象（应为 {...}）"
)
LATE_COLUMNS = Message(
    f"the columns are those of the first {SAMPLE:,} rows; one that first comes later is read only"
    " where its name needs no --map (such as likes or 点赞数)",
    f"列取自前 {SAMPLE:,} 行；之后才首次出现的列，仅当列名无需 --map（如 likes、点赞数）时才读取",
)


def open_json_lines(path: Path) -> Table:
    """Return the table of a JSON Lines file."""
    encoding = find_encoding(path)
    return _table(path, Format.JSONL, partial(_lines, path, encoding))


def open_json_array(path: Path) -> Table:
    """Return the table of a JSON file that holds an array of objects, or several in a row."""
    encoding = find_encoding(path)
    return _table(path, Format.JSON, partial(_elements, path, encoding))


def _table(path: Path, kind: Format, records: Callable[[], Iterator[Record | Unreadable]]) -> Table:
    rows = records()
    sample = (row.values for row in islice(rows, SAMPLE) if isinstance(row, Record))
    columns = tuple(dict.fromkeys(name for values in sample for name in values))
    if not columns:
        raise InputError(
            f"{path} holds no JSON object in its first {SAMPLE} rows; one object per line is"
            ' expected: {"id": ..., "text": ...}',
            f'{path} 的前 {SAMPLE} 行没有 JSON 对象；每行应为一个对象：{{"id": ..., "text": ...}}',
        )
    remarks = () if next(rows, None) is None else (LATE_COLUMNS,)
    return Table(path, kind, columns, path.stat().st_size, remarks, records)


def _lines(path: Path, encoding: str) -> Iterator[Record | Unreadable]:
    for line in read_lines(path, encoding):
        if line.text.strip():
            yield _row(path, line)


def _row(path: Path, line: Line) -> Record | Unreadable:
    text = line.text.strip()
    if reject := line_fault(path, line):
        return Unreadable(replace(reject, value=unescaped(reject.value)), line.end)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _unreadable(path, line.number, line.end, text, _not_json(error))
    return _object(path, line.number, line.end, value, text)


def _object(path: Path, number: int, end: int, value: object, text: str) -> Record | Unreadable:
    if isinstance(value, dict) and not _half_characters(value, text):
        return Record(number, end, value)
    reason = BROKEN_BYTES if isinstance(value, dict) else NOT_AN_OBJECT
    return _unreadable(path, number, end, text, reason)


def _unreadable(path: Path, number: int, end: int, text: str, reason: Message) -> Unreadable:
    return Unreadable(Reject(path.name, number, "", unescaped(text), reason), end)


def unescaped(text: str) -> str:
    r"""Return JSON as a person reads it, so that personal data in it is seen and masked.

    Half a surrogate pair becomes U+FFFD: written out, its last digit would run into a number.

    >>> unescaped(r"\u624b\u673a\u53f713800138000")
    '手机号13800138000'
    """
    return ESCAPES.sub(lambda found: SURROGATE.sub("\ufffd", json.loads(f'"{found[0]}"')), text)


def _half_characters(value: dict[str, object], text: str) -> bool:
    """Return whether half of a surrogate pair is in a value, as a byte or as an escape."""
    if SURROGATE.search(text):
        return True
    escaped = "\\ud" in text or "\\uD" in text
    return escaped and SURROGATE.search(json.dumps(value, ensure_ascii=False)) is not None


def _not_json(error: ValueError | RecursionError) -> Message:
    if isinstance(error, json.JSONDecodeError):
        return Message(f"no valid JSON: {error.msg}", f"不是有效的 JSON：{error.msg}")
    return Message(
        "the JSON is nested too deeply or holds an enormous number", "JSON 嵌套过深或数字过大"
    )


def _elements(path: Path, encoding: str) -> Iterator[Record | Unreadable]:
    """Yield the elements of the arrays; their line is their number in the file."""
    with path.open("rb") as stream:
        window = JsonWindow(stream, encoding)
        for number in count(1):
            if not window.next_element():
                return
            value, text, error = window.element()
            if error is None:
                yield _object(path, number, window.position, value, text)
            else:
                yield _unreadable(path, number, window.position, text, _not_json(error))
