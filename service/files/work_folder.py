"""The work folder of a long job: finished parts beside the output, so that a kill costs one part.

OUT.work/
    manifest.json   what the job is: fingerprint of the input, options, model
    lock            held while a process works here
    seen.sqlite     ids of the finished parts
    parts/000000001024/ signals.jsonl and rejects.jsonl of one part, named by the row of the input
                    that it ends with; renamed to this name when finished
    complete        every part is there; only the assembly is left
"""

import fcntl
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from service.errors import InputError, OutputError
from service.files.cells import json_line
from service.files.replacing import cannot_write, replacing

SIGNALS, REJECTS = "signals.jsonl", "rejects.jsonl"
OURS = frozenset(
    {"manifest.json", "lock", "seen.sqlite", "seen.sqlite-journal", "parts", "complete"}
)

Manifest = Mapping[str, Mapping[str, object]]


def work_path(output: Path) -> Path:
    """Return where the work folder of an output is: `OUT.work`."""
    return output.parent / f"{output.name}.work"  # a folder such as `.` has no name


class WorkFolder:
    """Finished parts of one job; open it with `open_work_folder`.

    `done` is how many rows of the input the finished parts cover.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._parts = path / "parts"
        self._parts.mkdir(exist_ok=True)
        for unfinished in self._parts.glob("*.partial"):
            shutil.rmtree(unfinished)
        self.done = max((int(part.name) for part in self._finished()), default=0)

    @property
    def seen(self) -> Path:
        """Where the ids of the finished parts are kept."""
        return self.path / "seen.sqlite"

    def add(
        self, done: int, signals: Iterable[dict[str, Any]], rejects: Iterable[dict[str, Any]]
    ) -> None:
        """Write the part that ends with row `done` of the input, in full or not at all.

        Raises
        ------
        OutputError
            The part cannot be written; the parts before it are kept.
        """
        final = self._parts / f"{done:012d}"
        partial = final.with_suffix(".partial")
        try:
            partial.mkdir()
            for name, rows in ((SIGNALS, signals), (REJECTS, rejects)):
                _write(partial / name, rows)
            partial.rename(final)
        except OSError as error:
            shutil.rmtree(partial, ignore_errors=True)
            raise cannot_write(final, error) from error
        self.done = done

    def finish(self) -> None:
        """Note that every part is there."""
        with replacing(self.path / "complete"):
            pass

    def rows(self, name: str) -> Iterator[dict[str, Any]]:
        """Yield the rows of all parts in order: of `SIGNALS` or of `REJECTS`."""
        for part in self._finished():
            with (part / name).open("rb") as stream:
                yield from map(json.loads, stream)

    def _finished(self) -> list[Path]:
        return sorted(part for part in self._parts.iterdir() if part.name.isdigit())

    def remove(self) -> None:
        """Delete the folder; without its manifest no later run can mistake it for a whole one."""
        (self.path / "manifest.json").unlink(missing_ok=True)
        shutil.rmtree(self.path, ignore_errors=True)


def _write(path: Path, rows: Iterable[dict[str, Any]]) -> None:
    with path.open("wb") as stream:
        stream.writelines(map(json_line, rows))
        stream.flush()
        # A part that was renamed must not turn out empty after a loss of power.
        os.fsync(stream.fileno())


@contextmanager
def open_work_folder(output: Path, manifest: Manifest, *, fresh: bool) -> Iterator[WorkFolder]:
    """Open the work folder of an output, made or gone on with, and hold its lock.

    Raises
    ------
    InputError
        The folder belongs to a job with another input, other options or another model.
    OutputError
        The folder cannot be written, holds other things, or another process works in it.
    """
    path = work_path(output)
    try:
        path.mkdir(exist_ok=True)
        lock = (path / "lock").open("wb")
    except OSError as error:
        raise cannot_write(path, error) from error
    with lock:
        _hold(path, lock.fileno())
        try:
            _prepare(path, manifest, fresh=fresh)
            folder = WorkFolder(path)
        except OSError as error:
            raise cannot_write(path, error) from error
        yield folder


def _hold(path: Path, lock: int) -> None:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise OutputError(
            f"another process works in {path}; wait for it, or choose another output",
            f"另一个进程正在使用 {path}；请等待其结束或更换输出文件",
        ) from None


def _prepare(path: Path, manifest: Manifest, *, fresh: bool) -> None:
    wanted = json.loads(json.dumps(manifest))
    known = None if fresh else _known(path)
    if known is not None and known != wanted:
        raise _another_job(path, known, wanted)
    if known is None:
        _clear(path)
        with replacing(path / "manifest.json") as stream:
            stream.write(json.dumps(wanted, ensure_ascii=False, indent=1).encode())


def _known(path: Path) -> dict[str, dict[str, object]] | None:
    file = path / "manifest.json"
    if not file.exists():
        return None
    known: dict[str, dict[str, object]] = json.loads(file.read_bytes())
    return known


def _clear(path: Path) -> None:
    names = sorted(entry.name for entry in path.iterdir())
    foreign = [name for name in names if name not in OURS and not name.startswith(".")]
    if foreign:
        raise OutputError(
            f"{path} holds other things ({', '.join(foreign[:3])}); move them, or choose another"
            " output",
            f"{path} 中有其他文件（{'、'.join(foreign[:3])}）；请移走或更换输出文件",
        )
    (path / "manifest.json").unlink(missing_ok=True)
    shutil.rmtree(path / "parts", ignore_errors=True)
    for name in ("complete", "seen.sqlite", "seen.sqlite-journal"):
        (path / name).unlink(missing_ok=True)


def _another_job(
    path: Path, known: dict[str, dict[str, object]], wanted: dict[str, dict[str, object]]
) -> InputError:
    changed = [
        f"{group}.{name}: {known.get(group, {}).get(name)!r} -> {value!r}"
        for group, values in wanted.items()
        for name, value in values.items()
        if known.get(group, {}).get(name) != value
    ]
    listed = "; ".join(changed) or "manifest"
    return InputError(
        f"{path} holds parts of a run that was different ({listed}); give the former input and"
        " options to go on with it, or --fresh to start again",
        f"{path} 中是另一次运行的中间结果（{listed}）；"
        "请使用原来的输入和选项继续，或用 --fresh 重新开始",
    )
