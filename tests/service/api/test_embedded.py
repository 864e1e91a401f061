"""The embedded server after an end that was none: its lock files, and whoever bears its number."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from service.database import embedded_postgres

HOLD = """
import sys, time
from pathlib import Path
from service.database import embedded_postgres
with embedded_postgres(Path(sys.argv[1])) as url:
    print(url, flush=True)
    time.sleep(600)
"""
ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tingyin-test-") as name:
        yield Path(name)


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A stranger, of the system user under whom PostgreSQL itself would take it for a server."""
    user = "pgserver" if os.geteuid() == 0 else None
    process = subprocess.Popen(["sleep", "600"], user=user, cwd="/")
    yield process
    process.kill()
    process.wait()


def locks_of(data_dir: Path) -> dict[Path, str]:
    """Start and stop the server of a folder; return its lock files as they were meanwhile."""
    with embedded_postgres(data_dir) as url, psycopg.connect(url, autocommit=True) as connection:
        connection.execute("CREATE TABLE IF NOT EXISTS kept AS SELECT 7 AS n")
        sockets = Path(url.partition("host=")[2])
        files = [data_dir / "postgres" / "postmaster.pid", *sockets.glob(".s.PGSQL.*.lock")]
        locks = {file: file.read_text() for file in files}
    assert len(locks) == 2
    assert not any(file.exists() for file in locks)
    return locks


def kept(data_dir: Path) -> int:
    with embedded_postgres(data_dir) as url, psycopg.connect(url) as connection:
        return connection.execute("SELECT n FROM kept").fetchone()[0]


@pytest.mark.parametrize("deep", ["data", "d" * 120], ids=["socket-inside", "socket-elsewhere"])
def test_a_stranger_with_the_number_of_the_server_lives(folder, sleeper, deep: str) -> None:
    data_dir = folder / deep
    for file, text in locks_of(data_dir).items():
        _, rest = text.split("\n", 1)
        file.write_text(f"{sleeper.pid}\n{rest}")
        file.chmod(0o644)
    assert kept(data_dir) == 7
    assert sleeper.poll() is None


@pytest.mark.parametrize("text", ["", "-7\n", "0\n", "x" * 40, "9" * 30 + "\n"])
def test_lock_files_that_were_half_written(folder: Path, text: str) -> None:
    for file in locks_of(folder / "data"):
        file.write_text(text)
        file.chmod(0o644)
    assert kept(folder / "data") == 7


def test_a_server_that_its_killed_owner_left_is_taken_over(folder: Path) -> None:
    locks_of(folder / "data")
    command = [sys.executable, "-c", HOLD, str(folder / "data")]
    owner = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    assert owner.stdout.readline().startswith("postgresql://")
    number = int((folder / "data" / "postgres" / "postmaster.pid").read_text().split()[0])
    owner.kill()
    owner.communicate()
    server = psutil.Process(number)
    with embedded_postgres(folder / "data") as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT n FROM kept").fetchone() == (7,)
        assert (folder / "data" / "postgres" / "postmaster.pid").read_text().split()[0] == str(
            number
        )
    server.wait(30)
    assert not server.is_running()
