"""`tingyin serve` as a person starts it: one process, the embedded database, the shipped model."""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from service.exit_codes import ExitCode

COMMAND = [sys.executable, "-c", "from service.cli import main; main()", "serve"]
ROOT = Path(__file__).parents[3]


@pytest.fixture
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="tingyin-test-") as name:
        yield Path(name)


def started(*options: str) -> subprocess.Popen[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("TINGYIN_")}
    return subprocess.Popen(
        [*COMMAND, *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=environment | {"TINGYIN_LANG": "en", "PYTHONUNBUFFERED": "1"},
    )


def answered(base: str, path: str, headers: dict[str, str]) -> httpx.Response | None:
    try:
        return httpx.get(base + path, headers=headers, timeout=30)
    except httpx.TransportError:
        return None


def wait_for(base: str, path: str, headers: dict[str, str], wanted: object) -> httpx.Response:
    end = time.monotonic() + 240
    while time.monotonic() < end:
        answer = answered(base, path, headers)
        if answer is not None and wanted(answer):
            return answer
        time.sleep(0.1)
    raise AssertionError(f"{path} did not answer as wanted")


def test_from_the_first_start_to_the_last_signal(folder: Path) -> None:
    process = started("--port", "0", "--data-dir", str(folder))
    try:
        base = process.stdout.readline().split()[-1].removesuffix("/docs")
        wait_for(base, "/health/ready", {}, lambda answer: answer.status_code == 200)
        key = (folder / "admin-key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}"}
        rows = [
            {
                "id": f"s-{n}",
                "text": f"水壶把手突然断了，开水洒出来把手烫伤，第{n}个受害者，要求退款赔偿",
                "created_at": f"2026-06-01T10:{n:02d}:00+08:00",
                "product": "水壶",
                "author_id": f"a-{n}",
            }
            for n in range(40)
        ]
        posted = httpx.post(f"{base}/v1/feedback", json=rows, headers=headers, timeout=60)
        assert posted.json()["accepted"] == 40
        found = wait_for(base, "/v1/alerts", headers, lambda answer: answer.json()["items"])
        (alert,) = found.json()["items"]
        assert (alert["product"], alert["observed"]) == ("水壶", 40)
        servers = psutil.Process(process.pid).children(recursive=True)
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED, err[-2000:]
    assert not [server for server in servers if server.is_running()]
    assert not list((folder / "postgres").glob("postmaster.pid"))
    assert key not in out + err
    assert "烫伤" not in out + err


@pytest.mark.parametrize(
    ("options", "status", "told"),
    [
        (["--port", "70000"], ExitCode.BAD_INPUT, "port must be at most 65535"),
        (["--host", "256.0.0.1"], ExitCode.BAD_INPUT, "cannot be listened on"),
        (["--data-dir", "/dev/null/x", "--port", "0"], ExitCode.CANNOT_WRITE, "cannot be written"),
        (["--speed", "9"], ExitCode.USAGE, "No such option"),
    ],
    ids=["port", "host", "folder", "option"],
)
def test_what_cannot_be_started_says_why(options: list[str], status: int, told: str) -> None:
    process = started(*options)
    _, err = process.communicate(timeout=120)
    assert process.returncode == status, err
    assert told in err
    assert "Traceback" not in err
