"""Whether the input of a run stayed as it was: results of half-changed files help nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from service.errors import InputError
from service.files.fingerprint import fingerprint


@contextmanager
def unchanged(source: Path, before: dict[str, str | int]) -> Iterator[None]:
    """Hold an input to its fingerprint while the block reads it.

    Raises
    ------
    InputError
        The file was changed, renamed or deleted meanwhile.
    """
    try:
        yield
        after = fingerprint(source)
    except FileNotFoundError as error:
        if source.exists():
            raise
        raise _gone(source) from error
    if after != before:
        raise InputError(
            f"{source} was changed while it was read; run again with --fresh",
            f"{source} 在读取过程中被修改；请加 --fresh 重新运行",
        )


def _gone(source: Path) -> InputError:
    return InputError(
        f"{source} was changed while it was read: it is not there any more; put it back and run the"
        " same command again, which goes on with the finished parts",
        f"{source} 在读取过程中被修改：文件已不存在；请放回原处并再次运行同一命令，"
        "将从已完成的部分继续",
    )
