"""Files that are there in full or not at all."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from service.errors import OutputError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path` that takes its place when the block ends well.

    What a killed process left of it is overwritten by the next one; two at a time are refused.

    Raises
    ------
    OutputError
        The file cannot be written; what was at `path` before is still there.
    """
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.partial")
    try:
        # Not mode "w": that would empty the file before it is known to be ours.
        with os.fdopen(os.open(temporary, os.O_RDWR | os.O_CREAT, 0o666), "r+b") as stream:
            _hold(path, stream)
            try:
                yield stream
                stream.flush()
                os.fsync(stream.fileno())
                temporary.replace(path)
            finally:
                temporary.unlink(missing_ok=True)
    except OSError as error:
        raise cannot_write(path, error) from error


def write_text(path: Path, text: str) -> None:
    """Write a text in UTF-8; what UTF-8 cannot hold becomes a question mark.

    Raises
    ------
    OutputError
        The file cannot be written; what was there before is still there.
    """
    with replacing(path) as stream:
        stream.write(text.encode("utf-8", "replace"))


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal digits."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _hold(path: Path, stream: BinaryIO) -> None:
    try:
        fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(
            f"another process writes {path}; wait for it, or choose another output",
            f"另一个进程正在写入 {path}；请等待其结束或更换输出文件",
        ) from None
    stream.truncate(0)


def is_nothing(path: Path) -> bool:
    """Return whether a file is there and holds nothing, as JSON Lines without a row do."""
    return path.is_file() and path.stat().st_size == 0


def cannot_write(path: Path, error: Exception) -> OutputError:
    """Return the error that says which file could not be written, and why."""
    why = getattr(error, "strerror", None) or str(error)
    return OutputError(
        f"cannot write {path}: {why}; free space or choose another place, then run again",
        f"无法写入 {path}：{why}；请释放空间或更换位置后重新运行",
    )
