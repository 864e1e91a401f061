"""Delivery: workers killed at random, and the time from a post to the webhook of its alert.

    python -m tests.benchmarks delivery

The service is the real one in a process of its own (`tingyin serve` with the shipped model and its
embedded database); the receiver runs here. A crisis is 40 posts on one product, sent as one
request; its time runs from when the request is sent until the webhook has arrived. Under load the
other posts come 20 in a request, or one.
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np
import psycopg
import uvicorn

from service.app import create_app
from service.database import Database, embedded_postgres, migrate
from service.logs import configure_logs
from service.serving import at_once
from service.settings import load_settings
from tests.benchmarks.killed_workers import run as run_killed
from tests.service.api.conftest import parts_of, word_model
from tests.service.api.receivers import Receiver, receiving

KILLS, ALERTS = 50, 200
IDLE_TRIALS, LOAD_SECONDS, POSTS_A_SECOND = 40, 60, 200
CRISIS_EVERY, SENDERS = 2.0, 16
STARTS = {
    "shipped": "from service.cli import main; main()",
    "words": "from tests.benchmarks.bench_delivery import serve_words; serve_words()",
}
LATEST = timedelta(minutes=45)


def run() -> Iterable[tuple[str, str]]:
    """Yield each figure when it is measured."""
    yield kills()
    with receiving() as receiver, served() as service:
        listen(service, receiver)
        yield "idle: post to webhook, p50 / p95 / worst", shown(idle(service, receiver))
    for model, each in (("shipped", 20), ("shipped", 1), ("words", 20)):
        with receiving() as receiver, served(model) as service:
            listen(service, receiver)
            yield from at_load(model, each, service, receiver)


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


@dataclass(frozen=True, slots=True)
class Served:
    """A running service: its caller, and its database for a look at what took how long."""

    client: httpx.Client
    database: str


def listen(service: Served, receiver: Receiver) -> None:
    route = {"name": "bench", "kind": "webhook", "target": receiver.url, "events": ["raised"]}
    service.client.post("/v1/routes", json=route).raise_for_status()


def at_load(
    model: str, each: int, service: Served, receiver: Receiver
) -> Iterator[tuple[str, str]]:
    load = os.getloadavg()[0]
    begun, rate = loaded(service.client, each)
    came = {name: arrived(receiver, name, 300.0) for name in begun}
    label = f"at {rate:.0f} posts/s, {each} a request, for {LOAD_SECONDS} s, {model} model"
    yield label, shown([came[name] - at for name, at in begun.items()])
    yield f"{label}: of the median / p95, in seconds", steps(service, begun, came)
    yield f"{label}: batches", f"{batches(service.client)}; load of the machine before {load:.1f}"


def idle(service: Served, receiver: Receiver) -> list[float]:
    seconds = []
    for trial in range(IDLE_TRIALS):
        begun = send(service.client, crisis(f"闲时 {trial}"))
        seconds.append(arrived(receiver, f"闲时 {trial}", 60.0) - begun)
        time.sleep(0.3)
    return seconds


def loaded(client: httpx.Client, each: int) -> tuple[dict[str, float], float]:
    """Post all the time, a crisis among it every two seconds; return when each began, and the rate.

    A crisis takes the place of as many other posts.
    """
    begun: dict[str, float] = {}
    start, sent, number = time.time(), 0, 0
    with ThreadPoolExecutor(SENDERS) as senders:
        while time.time() - start < LOAD_SECONDS:
            if time.time() - start > CRISIS_EVERY * (len(begun) + 0.5):
                name = f"忙时 {len(begun)}"
                begun[name] = time.time()
                senders.submit(send, client, crisis(name))
                sent += 40
            else:
                senders.submit(send, client, praise(number, each))
                sent, number = sent + each, number + 1
            time.sleep(max(0.0, start + sent / POSTS_A_SECOND - time.time()))
    return begun, sent / (time.time() - start)


STEPS = """
    SELECT a.product, max(f.received_at), max(f.analysed_at), a.raised_at, max(o.expanded_at)
    FROM alerts a JOIN feedback f USING (product) JOIN outbox_events o ON o.alert_id = a.id
    WHERE a.product LIKE '忙时%' AND a.incident = 1 AND o.snapshot->>'event' = 'raise'
    GROUP BY a.product, a.raised_at
"""
NAMES = ("taken in", "waits and is read", "looked at", "in the outbox", "sent")


def steps(service: Served, begun: dict[str, float], came: dict[str, float]) -> str:
    """Return how long each step took."""
    with psycopg.connect(service.database) as connection:
        rows = {row[0]: row[1:] for row in connection.execute(STEPS).fetchall()}
    moments = np.array(
        [
            [begun[name], *(moment.timestamp() for moment in rows[name]), came[name]]
            for name in begun
            if name in rows
        ]
    )
    spans = np.diff(moments, axis=1)
    half, most = np.percentile(spans, [50, 95], axis=0, method="higher")
    parts = zip(NAMES, half, most, strict=True)
    return ", ".join(f"{name} {a:.2f} / {b:.2f}" for name, a, b in parts)


def batches(client: httpx.Client) -> str:
    """Return how many batches the model read in each way, and how long one took."""
    lines = dict(
        line.rsplit(" ", 1)
        for line in client.get("/metrics").text.splitlines()
        if not line.startswith("#")
    )
    told = []
    for way in ("full", "fast"):
        count = float(lines.get(f'tingyin_analysis_seconds_count{{way="{way}"}}', 0.0))
        total = float(lines.get(f'tingyin_analysis_seconds_sum{{way="{way}"}}', 0.0))
        told.append(f"{count:.0f} {way} of {total / max(count, 1.0):.2f} s")
    return ", ".join(told)


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
def served(model: str = "shipped", *, worker: bool = True) -> Iterator[Served]:
    with (
        tempfile.TemporaryDirectory(prefix="tingyin-bench-") as folder,
        embedded_postgres(Path(folder) / "database") as url,
    ):
        settings = {
            "TINGYIN_DATA_DIR": folder,
            "TINGYIN_DATABASE_URL": url,
            "TINGYIN_DELIVERY_NETWORKS": "127.0.0.0/8",
            "TINGYIN_WORKER": str(worker),
        }
        process = subprocess.Popen(
            [sys.executable, "-c", STARTS[model], "serve", "--port", "0"],
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=os.environ | settings,
        )
        try:
            base = process.stdout.readline().split()[-1].removesuffix("/docs")
            until_ready(base)
            key = (Path(folder) / "admin-key").read_text().strip()
            headers = {"Authorization": f"Bearer {key}"}
            with httpx.Client(base_url=base, headers=headers, timeout=300) as client:
                yield Served(client, url)
        finally:
            process.terminate()
            process.wait(60)


def serve_words() -> None:
    """Serve with the model of a few words: what is left is the service, not the reading."""
    configure_logs("error")
    with at_once(socket.create_server(("127.0.0.1", 0))) as listening:
        print(f"http://127.0.0.1:{listening.getsockname()[1]}/docs", flush=True)
        app = create_app(load_settings(), parts_of(word_model))
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
