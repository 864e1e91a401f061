"""`tingyin serve` as a person starts it: one process, the embedded database, the shipped model."""

import csv
import json
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
from service.sample import write_sample

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


def sample_in(folder: Path) -> tuple[list[dict[str, object]], dict[str, object]]:
    """Return the comments and reviews of the shipped sample, and what was planted in them."""
    paths = write_sample(folder)
    with paths.feedback.open(encoding="utf-8", newline="") as file:
        rows = [{k: v or None for k, v in row.items()} for row in csv.DictReader(file)]
    return rows, json.loads(paths.truth.read_text(encoding="utf-8"))


def post_all(client: httpx.Client, rows: list[dict[str, object]]) -> int:
    """Post rows by the thousand; return how many were new."""
    parts = [rows[start : start + 1000] for start in range(0, len(rows), 1000)]
    answers = [client.post("/v1/feedback", json=part).json() for part in parts]
    assert [answer["invalid"] for answer in answers] == [0] * len(parts)
    return sum(answer["accepted"] for answer in answers)


def settled(base: str, rows: int) -> None:
    """Wait until so many rows are analysed and no product is to be looked at."""
    done = f'tingyin_feedback_analysed_total{{outcome="done"}} {float(rows)}'
    wait_for(base, "/metrics", {}, lambda a: done in a.text and "products_waiting 0.0" in a.text)


def alerts_of(client: httpx.Client, product: str) -> list[dict[str, object]]:
    return client.get("/v1/alerts", params={"product": product}).json()["items"]


def test_from_the_first_start_to_the_last_signal(folder: Path) -> None:
    process = started("--port", "0", "--data-dir", str(folder))
    try:
        base = process.stdout.readline().split()[-1].removesuffix("/docs")
        wait_for(base, "/health/ready", {}, lambda answer: answer.status_code == 200)
        key = (folder / "admin-key").read_text().strip()
        headers = {"Authorization": f"Bearer {key}"}
        every, truth = sample_in(folder / "sample")
        planted = truth["crisis"]
        crisis = [row for row in every if row["id"] in planted["ids"]]
        with httpx.Client(base_url=base, headers=headers, timeout=120) as client:
            assert post_all(client, crisis) == len(crisis)
            settled(base, len(crisis))
            alone = alerts_of(client, planted["product"])
            assert len(alone) == 1
            assert alone[0]["category"] in ("safety", "quality")
            assert post_all(client, crisis) == 0
            assert post_all(client, every) == len(every) - len(crisis)
            settled(base, len(every))
            (alert,) = alerts_of(client, planted["product"])
            assert alert["id"] == alone[0]["id"]
            evidence = client.get(f"/v1/alerts/{alert['id']}").json()["evidence"]
            # Bare reposts and questions among the planted posts speak ill of nothing.
            assert len(set(evidence) & set(planted["ids"])) > 0.5 * len(crisis)
        servers = psutil.Process(process.pid).children(recursive=True)
    finally:
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == ExitCode.INTERRUPTED, err[-2000:]
    assert not [server for server in servers if server.is_running()]
    assert not list((folder / "postgres").glob("postmaster.pid"))
    assert key not in out + err
    assert "水壶" not in out + err


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
