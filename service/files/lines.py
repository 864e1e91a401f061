"""Physical lines of a text file, decoded one by one, in constant memory."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from service.files.encoding import bom_length

CHUNK = 1 << 20
LONGEST_LINE = 1 << 24


@dataclass(frozen=True, slots=True)
class Line:
    """One physical line.

    `number` counts from 1; `start` and `end` are byte offsets in the file (half-open); `text`
    keeps its line end; `broken_at` is the byte offset of the first byte that the encoding does not
    allow, None when all is well; `whole` is False for the head of a line that was too long, which
    may end inside a character.
    """

    number: int
    start: int
    end: int
    text: str
    broken_at: int | None = None
    whole: bool = True


def read_lines(path: Path, encoding: str) -> Iterator[Line]:
    """Yield the physical lines of a text file; a byte order mark is left out."""
    with path.open("rb") as stream:
        head = stream.read(CHUNK)
        start = bom_length(head)
        stream.seek(start)
        newline = _newline(head, encoding)
        for number, (raw, size) in enumerate(_split(stream.read, newline), 1):
            yield _decode(number, start, raw, size, encoding)
            start += size


def _newline(head: bytes, encoding: str) -> bytes:
    text = head.decode(encoding, errors="replace")
    old_mac = "\n" not in text and "\r" in text
    return ("\r" if old_mac else "\n").encode(encoding)


def _decode(number: int, start: int, raw: bytes, size: int, encoding: str) -> Line:
    whole = len(raw) == size
    try:
        return Line(number, start, start + size, raw.decode(encoding), None, whole)
    except UnicodeDecodeError as error:
        text = raw.decode(encoding, errors="replace")
        return Line(number, start, start + size, text, start + error.start, whole)


def _split(read: Callable[[int], bytes], newline: bytes) -> Iterator[tuple[bytes, int]]:
    """Yield (bytes of a line, its full size); only the head of an over-long line is kept."""
    rest, dropped = b"", 0
    while chunk := read(CHUNK):
        rest += chunk
        begin = 0
        while (end := _find(rest, newline, begin)) >= 0:
            yield rest[begin:end], end - begin + dropped
            begin, dropped = end, 0
        rest = rest[begin:]
        if len(rest) > LONGEST_LINE:
            dropped += len(rest) - LONGEST_LINE
            rest = rest[:LONGEST_LINE]
    if rest:
        yield rest, len(rest) + dropped


def _find(data: bytes, newline: bytes, begin: int) -> int:
    """Return where the next line ends; a UTF-16 line end counts at even places only."""
    end = data.find(newline, begin)
    while end >= 0 and (end - begin) % len(newline):
        end = data.find(newline, end + 1)
    return end + len(newline) if end >= 0 else -1
