"""The lines of a labelled file, and which encoding it has where that is not UTF-8."""

import re
from collections.abc import Iterator
from pathlib import Path
from shlex import quote

from nlp.errors import LabelError

ESCAPED = re.compile("[\udc80-\udcff]")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
OUTSIDE_ASCII = 0x80
BROKEN_SHARE = 0.25


def labelled_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a UTF-8 file that are not blank, with their numbers from 1.

    Raises
    ------
    LabelError
        A line is not UTF-8; names file, line, what was found and the remedy.
    """
    with path.open(encoding="utf-8-sig", errors="surrogateescape") as lines:
        for number, line in enumerate(lines, start=1):
            if ESCAPED.search(line):
                raise _not_utf8(line, path, number)
            if line.strip():
                yield number, line


def _not_utf8(line: str, path: Path, number: int) -> LabelError:
    encoding = _other_encoding(line)
    if encoding is not None:
        remedy = f"iconv -f {encoding} -t UTF-8 {quote(str(path))} > utf-8.jsonl"
        return LabelError(
            f"{path}:{number}: the encoding is {encoding}, not UTF-8; convert the file: {remedy}",
            f"{path}:{number}：编码是 {encoding} 而不是 UTF-8；请转换文件：{remedy}",
        )
    before = ESCAPED.split(line, maxsplit=1)[0].encode()
    byte = f"0x{_bytes_of(line)[len(before)]:02x}"
    return LabelError(
        f"{path}:{number}: the file is UTF-8, but byte {len(before) + 1} of this line ({byte}) is"
        " not; write the line again",
        f"{path}:{number}：文件是 UTF-8，但此行第 {len(before) + 1} 字节（{byte}）不是；请重写此行",
    )


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
