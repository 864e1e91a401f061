"""Which encoding a text file has, found by its content."""

from pathlib import Path

CHUNK = 1 << 20
ENOUGH = 1 << 18
ASCII = bytes(range(0x80))
UTF16_LEAST = 4
UTF16_ZEROS = 0.05
UTF16_SHARE = 0.9
BROKEN_SHARE = 0.25
BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)


def bom_length(head: bytes) -> int:
    """Return how many bytes the byte order mark at the start takes; 0 without one."""
    return next((len(bom) for bom, _ in BOMS if head.startswith(bom)), 0)


def find_encoding(path: Path) -> str:
    """Return the Python name of a text file's encoding.

    One of `utf-8`, `utf-16-le`, `utf-16-be` or `gb18030`. A byte order mark decides; without one
    the file is read until enough bytes outside ASCII were seen (at most all of it, in constant
    memory). UTF-8 wins when most of those bytes form UTF-8: few broken bytes do not turn a UTF-8
    file into another encoding, while text in GB18030 hardly ever forms UTF-8.
    """
    outside, not_utf8, not_gb18030 = 0, 0, 0
    with path.open("rb") as stream:
        while outside < ENOUGH and (chunk := stream.read(CHUNK)):
            if stream.tell() == len(chunk) and (known := _by_marks(chunk)):
                return known
            outside += len(chunk.translate(None, ASCII))
            not_utf8 += _broken(chunk, "utf-8")
            not_gb18030 += _broken(chunk, "gb18030")
    return "gb18030" if not_utf8 > max(BROKEN_SHARE * outside, not_gb18030) else "utf-8"


def _broken(chunk: bytes, encoding: str) -> int:
    """Return how many bytes of a chunk the encoding does not allow."""
    if chunk.isascii():
        return 0
    return len(chunk) - len(chunk.decode(encoding, errors="ignore").encode(encoding))


def _by_marks(head: bytes) -> str | None:
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return encoding
    return utf16_without_mark(head)


def utf16_without_mark(head: bytes) -> str | None:
    """Return which UTF-16 the zero bytes of a text speak for; None when they speak for none."""
    zeros = head.count(0)
    if zeros < max(UTF16_LEAST, UTF16_ZEROS * len(head)):
        return None
    odd = head[1::2].count(0)
    even = zeros - odd
    if odd >= UTF16_SHARE * zeros and b"\n\0" in head:
        return "utf-16-le"
    return "utf-16-be" if even >= UTF16_SHARE * zeros and b"\0\n" in head else None
