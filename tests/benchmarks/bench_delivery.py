"""Delivery: workers killed at random, and the time from a post to the webhook of its alert.

    python -m tests.benchmarks delivery

The service is the real one in a process of its own (`tingyin serve` with the shipped model and its
embedded database); the receiver runs here. A crisis is 40 posts on one product, sent as one
request; its time runs from when the request is sent until the webhook has arrived.
"""

import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
import uvicorn

from service.app import create_app
from service.database import Database, embedded_postgres, migrate
from service.logs import configure_logs
from service.runtime import Parts
from service.settings import load_settings
from tests.benchmarks.killed_workers import run as run_killed
from tests.service.api.conftest import word_model
from tests.service.api.receivers import Receiver, receiving

KILLS, ALERTS = 50, 200
IDLE_TRIALS, LOAD_SECONDS, POSTS_A_SECOND, REQUESTS_A_SECOND = 40, 60, 200, 10
STARTS = {
    "shipped": "from service.cli import main; main()",
    "words": "from tests.benchmarks.bench_delivery import serve_words; serve_words()",
}
LATEST = timedelta(minutes=45)


def run() -> Iterable[tuple[str, str]]:
    """Yield each figure when it is measured."""
    yield kills()
    with receiving() as receiver, served() as client:
        listen(client, receiver)
        yield "idle: post to webhook, p50 / p95 / worst", shown(idle(client, receiver))
        yield at_load("shipped model", client, receiver)
    with receiving() as receiver, served("words") as client:
        listen(client, receiver)
        yield at_load("a model of a few words in its place", client, receiver)


def kills() -> tuple[str, str]:
    with (
        tempfile.TemporaryDirectory(prefix="tingyin-bench-") as folder,
        embedded_postgres(Path(folder)) as url,
    ):
        database = Database(url, 1)
        migrate(database)
        database.close()
        found = run_killed(url, KILLS, ALERTS)
    came = f"{found.missing} lost, {found.twice} under two ids, {found.repeated} again under theirs"
    label = f"{found.kills} kills, {found.expected} deliveries of {ALERTS} alerts"
    return label, f"{came}, in {found.seconds:.0f} s"


def listen(client: httpx.Client, receiver: Receiver) -> None:
    route = {"name": "bench", "kind": "webhook", "target": receiver.url, "events": ["raised"]}
    client.post("/v1/routes", json=route).raise_for_status()


def at_load(model: str, client: httpx.Client, receiver: Receiver) -> tuple[str, str]:
    seconds, posts = loaded(client, receiver)
    return f"at {posts:.0f} posts/s for {LOAD_SECONDS} s, {model}", shown(seconds)


def idle(client: httpx.Client, receiver: Receiver) -> list[float]:
    seconds = []
    for trial in range(IDLE_TRIALS):
        begun = send(client, crisis(f"闲时 {trial}"))
        seconds.append(arrived(receiver, f"闲时 {trial}", 60.0) - begun)
        time.sleep(0.3)
    return seconds


def loaded(client: httpx.Client, receiver: Receiver) -> tuple[list[float], float]:
    """Post all the time, a crisis among it every two seconds; return its times, and the rate."""
    begun: dict[str, float] = {}
    start, sent = time.time(), 0
    for tick in range(LOAD_SECONDS * REQUESTS_A_SECOND):
        each = POSTS_A_SECOND // REQUESTS_A_SECOND
        if tick % 20 == 10:
            name = f"忙时 {tick}"
            begun[name] = time.time()
            threading.Thread(target=send, args=(client, crisis(name))).start()
            sent += 40
        elif tick % 20 != 11:
            threading.Thread(target=send, args=(client, praise(tick, each))).start()
            sent += each
        time.sleep(max(0.0, start + (tick + 1) / REQUESTS_A_SECOND - time.time()))
    rate = sent / (time.time() - start)
    return [arrived(receiver, name, 300.0) - at for name, at in begun.items()], rate


def arrived(receiver: Receiver, product: str, seconds: float) -> float:
    """Return when the webhook about a product came; infinity where it did not in time."""
    end = time.time() + seconds
    while time.time() < end:
        for call in list(receiver.calls):
            if call.json["data"].get("product") == product:
                return call.at
        time.sleep(0.005)
    return float("inf")


def send(client: httpx.Client, rows: list[dict[str, object]]) -> float:
    """Post, again where a kept connection was just closed: an id is taken in once."""
    begun = time.time()
    while True:
        try:
            client.post("/v1/feedback", json=rows).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return begun


def crisis(product: str) -> list[dict[str, object]]:
    first = datetime.now(UTC) - LATEST
    return [
        {
            "id": f"{product} {n}",
            "text": f"壶把手太烫，孩子被烫伤了，第{n}次，必须给个说法",
            "created_at": (first + timedelta(minutes=n)).isoformat(),
            "product": product,
            "author_id": f"{product} author {n}",
        }
        for n in range(40)
    ]


def praise(tick: int, count: int) -> list[dict[str, object]]:
    now = datetime.now(UTC).isoformat()
    return [
        {
            "id": f"praise {tick} {n}",
            "text": f"第{tick * count + n}次回购了，颜色好看，很好用，推荐给大家",
            "created_at": now,
            "product": f"平常 {n}",
            "author_id": f"author {tick} {n}",
        }
        for n in range(count)
    ]


@contextmanager
def served(model: str = "shipped") -> Iterator[httpx.Client]:
    with tempfile.TemporaryDirectory(prefix="tingyin-bench-") as folder:
        process = subprocess.Popen(
            [sys.executable, "-c", STARTS[model], "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ
            | {"TINGYIN_DATA_DIR": folder, "TINGYIN_DELIVERY_NETWORKS": "127.0.0.0/8"},
        )
        try:
            base = process.stdout.readline().split()[-1].removesuffix("/docs")
            until_ready(base)
            key = (Path(folder) / "admin-key").read_text().strip()
            headers = {"Authorization": f"Bearer {key}"}
            with httpx.Client(base_url=base, headers=headers, timeout=300) as client:
                yield client
        finally:
            process.terminate()
            process.wait(60)


def serve_words() -> None:
    """Serve with the model of a few words: what is left is the service, not the reading."""
    configure_logs("error")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}/docs", flush=True)
        app = create_app(load_settings(), Parts(load_model=lambda: word_model))
        config = uvicorn.Config(app, log_config=None, access_log=False, lifespan="on")
        uvicorn.Server(config).run(sockets=[listening])


def until_ready(base: str) -> None:
    end = time.time() + 120
    while time.time() < end:
        try:
            if httpx.get(f"{base}/health/ready").status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    raise TimeoutError("the service is not ready")


def shown(seconds: list[float]) -> str:
    half, most, worst = np.percentile(seconds, [50, 95, 100], method="higher")
    return f"{half:.2f} / {most:.2f} / {worst:.2f} s of {len(seconds)}"


if __name__ == "__main__":
    for label, value in run():
        print(f"{label}: {value}", flush=True)
