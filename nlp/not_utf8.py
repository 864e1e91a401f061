"""What a text file is where it is not UTF-8: the first line that is not, why, and the remedy."""

import re
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from nlp.message import Message

ESCAPED = re.compile("[\udc80-\udcff]")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
OUTSIDE_ASCII = 0x80
BROKEN_SHARE = 0.25
HANZI = "\u2e80"


def raw_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file with their numbers from 1; what is not UTF-8 stays as `ESCAPED`."""
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
        yield from enumerate(lines, start=1)


def fault_of_encoding(path: Path) -> tuple[int, Message]:
    """Return the first line that is not UTF-8, and what to do; the file has such a line."""
    number, line = next((n, line) for n, line in raw_lines(path) if ESCAPED.search(line))
    encoding = _other_encoding(line)
    if encoding is None:
        return number, _broken_byte(line)
    whole = next((n for n, each in raw_lines(path) if _is_chinese_utf8(each)), None)
    return number, _converted(path, encoding) if whole is None else _mixed(encoding, whole)


def _converted(path: Path, encoding: str) -> Message:
    remedy = f"iconv -f {encoding} -t UTF-8 {quote(str(path))} > utf-8{path.suffix}"
    return Message(
        f"the encoding is {encoding}, not UTF-8; convert the file: {remedy}",
        f"编码是 {encoding} 而不是 UTF-8；请转换文件：{remedy}",
    )


def _mixed(encoding: str, whole: int) -> Message:
    return Message(
        f"the file mixes encodings: line {whole} is UTF-8, this one {encoding}; write it again in"
        " UTF-8",
        f"文件混用了编码：第 {whole} 行是 UTF-8，此行是 {encoding}；请以 UTF-8 重写此行",
    )


def _broken_byte(line: str) -> Message:
    before = ESCAPED.split(line, maxsplit=1)[0].encode()
    byte = f"0x{_bytes_of(line)[len(before)]:02x}"
    return Message(
        f"the file is UTF-8, but byte {len(before) + 1} of this line ({byte}) is not; write the"
        " line again",
        f"文件是 UTF-8，但此行第 {len(before) + 1} 字节（{byte}）不是；请重写此行",
    )


def _is_chinese_utf8(line: str) -> bool:
    """Tell whether a line is UTF-8 with hanzi; bytes of GB18030 that form UTF-8 never make any."""
    return not ESCAPED.search(line) and any(sign >= HANZI for sign in line)


def _other_encoding(line: str) -> str | None:
    """Return the encoding of a line that is not UTF-8; None for UTF-8 with some broken bytes.

    Text of another encoding hardly ever forms UTF-8: few broken bytes do not speak for one.
    """
    raw = _bytes_of(line)
    if raw.startswith(UTF16_MARKS) or b"\0" in raw:
        return "UTF-16"
    outside = sum(byte >= OUTSIDE_ASCII for byte in raw)
    mostly = len(ESCAPED.findall(line)) > BROKEN_SHARE * outside
    return "GB18030" if mostly and _is_gb18030(raw) else None


def _is_gb18030(raw: bytes) -> bool:
    try:
        raw.decode("gb18030")
    except UnicodeDecodeError:
        return False
    return True


def _bytes_of(line: str) -> bytes:
    return line.encode(errors="surrogateescape")
