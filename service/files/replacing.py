"""Files that are there in full or not at all."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from service.errors import OutputError


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file beside `path` that takes its place when the block ends well.

    Raises
    ------
    OutputError
        The file cannot be written; what was at `path` before is still there.
    """
    path = path.resolve()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.partial")
    try:
        with temporary.open("wb") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except OSError as error:
        raise cannot_write(path, error) from error
    finally:
        temporary.unlink(missing_ok=True)


def cannot_write(path: Path, error: Exception) -> OutputError:
    """Return the error that says which file could not be written, and why."""
    why = getattr(error, "strerror", None) or str(error)
    return OutputError(
        f"cannot write {path}: {why}; free space or choose another place, then run again",
        f"无法写入 {path}：{why}；请释放空间或更换位置后重新运行",
    )
