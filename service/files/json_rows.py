"""JSON Lines, and JSON files that hold one array of objects, both streamed."""

import codecs
import json
import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count, islice
from pathlib import Path
from typing import BinaryIO

from nlp.message import Message
from service.errors import InputError
from service.files.encoding import bom_length, find_encoding
from service.files.format import Format
from service.files.line_faults import line_fault
from service.files.lines import Line, read_lines
from service.files.rejects import Reject
from service.files.table import Record, Table, Unreadable

SAMPLE = 1000
CHUNK = 1 << 20
LONGEST_ELEMENT = 1 << 24
NEAR_THE_END = 16
DECODER = json.JSONDecoder()
NEXT_OBJECT = re.compile(r"\}\s*(,)\s*\{")
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
        where, what = f" (character {error.colno})", error.msg
        return Message(
            f"no valid JSON{where}: {what}", f"不是有效的 JSON（第 {error.colno} 个字符）"
        )
    return Message(
        "the JSON is nested too deeply or holds an enormous number", "JSON 嵌套过深或数字过大"
    )


def _elements(path: Path, encoding: str) -> Iterator[Record | Unreadable]:
    """Yield the elements of the array; their line is their number in the array."""
    with path.open("rb") as stream:
        window = _Window(stream, encoding)
        window.skip("[")
        for number in count(1):
            if window.skip(",") or window.text.startswith("]"):
                return
            value, text, fault = window.element()
            if fault is None:
                yield _object(path, number, window.position, value, text)
            else:
                yield Unreadable(Reject(path.name, number, "", text, fault), window.position)


class _Window:
    """The part of a JSON text that is in memory: from the next element on."""

    def __init__(self, stream: BinaryIO, encoding: str) -> None:
        self._stream = stream
        stream.seek(bom_length(stream.read(3)))
        errors = "replace" if encoding.startswith("utf-16") else "surrogateescape"
        self._decoder = codecs.getincrementaldecoder(encoding)(errors)
        self.text = ""
        self.ended = False
        self.position = 0

    def more(self) -> None:
        """Read on; the steps grow, so that an enormous element is not tried too often."""
        raw = self._stream.read(max(CHUNK, len(self.text)))
        self.ended = not raw
        self.position += len(raw)
        self.text += self._decoder.decode(raw, final=self.ended)

    def skip(self, mark: str) -> bool:
        """Leave out white space and one mark; return whether the text ends there."""
        for left_out in (" \t\r\n", mark, " \t\r\n"):
            limit = 1 if left_out == mark else None
            self._leave_out(left_out, limit)
        return not self.text

    def _leave_out(self, characters: str, limit: int | None) -> None:
        while True:
            if not self.text and not self.ended:
                self.more()
            if limit == 1:
                self.text = self.text.removeprefix(characters)
                return
            self.text = self.text.lstrip(characters)
            if self.text or self.ended:
                return

    def element(self) -> tuple[object, str, Message | None]:
        """Take the next element off: its value, its text, and what is wrong with it if anything."""
        while True:
            try:
                value, end = DECODER.raw_decode(self.text)
            except (ValueError, RecursionError) as error:
                if self._may_go_on(error):
                    self.more()
                    continue
                return None, self._take(_next_object(self.text)), _not_json(error)
            return value, self._take(end), None

    def _may_go_on(self, error: ValueError | RecursionError) -> bool:
        if self.ended or len(self.text) > LONGEST_ELEMENT:
            return False
        if not isinstance(error, json.JSONDecodeError):
            return False
        return error.msg.startswith("Unterminated") or error.pos > len(self.text) - NEAR_THE_END

    def _take(self, end: int) -> str:
        taken, self.text = self.text[:end], self.text[end:]
        return taken


def _next_object(text: str) -> int:
    """Return where the element after a damaged one begins."""
    following = NEXT_OBJECT.search(text)
    return following.start(1) if following else len(text)
