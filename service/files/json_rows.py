"""JSON Lines, and JSON files that hold one array of objects, both streamed."""

import json
import re
from collections.abc import Callable, Iterator
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
BROKEN_BYTES = Message(
    "bytes that the encoding does not allow, or half a character", "含有编码不允许的字节或半个字符"
)
NOT_AN_OBJECT = Message(
    "the line is no JSON object ({...} expected)", "此行不是 JSON 对象（应为 {...}）"
)


def open_json_lines(path: Path) -> Table:
    """Return the table of a JSON Lines file."""
    encoding = find_encoding(path)
    return _table(path, Format.JSONL, partial(_lines, path, encoding))


def open_json_array(path: Path) -> Table:
    """Return the table of a JSON file that holds one array of objects."""
    encoding = find_encoding(path)
    return _table(path, Format.JSON, partial(_elements, path, encoding))


def _table(path: Path, kind: Format, records: Callable[[], Iterator[Record | Unreadable]]) -> Table:
    sample = [row for row in islice(records(), SAMPLE) if isinstance(row, Record)]
    columns = tuple(dict.fromkeys(name for row in sample for name in row.values))
    if not columns:
        raise InputError(
            f"{path} holds no JSON object in its first {SAMPLE} rows; one object per line is"
            ' expected: {"id": ..., "text": ...}',
            f'{path} 的前 {SAMPLE} 行没有 JSON 对象；每行应为一个对象：{{"id": ..., "text": ...}}',
        )
    return Table(path, kind, columns, path.stat().st_size, (), records)


def _lines(path: Path, encoding: str) -> Iterator[Record | Unreadable]:
    for line in read_lines(path, encoding):
        if line.text.strip():
            yield _row(path, line)


def _row(path: Path, line: Line) -> Record | Unreadable:
    text = line.text.strip()
    if reject := line_fault(path, line):
        return Unreadable(reject, line.end)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return Unreadable(Reject(path.name, line.number, "", text, _not_json(error)), line.end)
    return _object(path, line.number, line.end, value, text)


def _object(path: Path, number: int, end: int, value: object, text: str) -> Record | Unreadable:
    if isinstance(value, dict) and not _half_characters(value, text):
        return Record(number, end, value)
    reason = BROKEN_BYTES if isinstance(value, dict) else NOT_AN_OBJECT
    return Unreadable(Reject(path.name, number, "", text, reason), end)


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
    """Yield the elements of the array; their line is their number in the array."""
    with path.open("rb") as stream:
        window = JsonWindow(stream, encoding)
        window.skip("[")
        for number in count(1):
            window.skip(",")
            if window.peek() in ("", "]"):
                return
            value, text, error = window.element()
            if error is None:
                yield _object(path, number, window.position, value, text)
            else:
                reject = Reject(path.name, number, "", text, _not_json(error))
                yield Unreadable(reject, window.position)
