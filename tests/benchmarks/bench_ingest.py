"""Posts taken in one by one: requests a second, and how long each waits for its answer.

    python -m tests.benchmarks ingest

The service is the real one in a process of its own with its embedded database. Nothing analyses
here, so the figures are those of taking in alone; `delivery` measures both together. The caller
is as cheap as can be (kept connections, requests written out before), because it shares the
machine with the service.
"""

import asyncio
import json
import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime

import httpx
import numpy as np

from tests.benchmarks.bench_delivery import served

REQUESTS = 3000
CALLERS = (1, 16, 64)
PACED, PACED_SECONDS, PACED_CALLERS = 200, 15, 64


def run() -> Iterable[tuple[str, str]]:
    """Yield each figure when it is measured."""
    with served("words", worker=False) as service:
        base, key = service.client.base_url, service.client.headers["Authorization"]
        address = (base.host, base.port or 80, key)
        asyncio.run(flood(address, "warm", 200, 8))
        for callers in CALLERS:
            load = os.getloadavg()[0]
            took, seconds = asyncio.run(flood(address, f"c{callers}", REQUESTS, callers))
            yield f"{REQUESTS} posts, {callers} callers at once", shown(took, seconds, load)
        load = os.getloadavg()[0]
        took, seconds = asyncio.run(paced(address))
        yield f"{PACED} posts a second for {PACED_SECONDS} s", shown(took, seconds, load)
        yield "stored", str(stored(service.client))


Address = tuple[str, int, str]


async def flood(address: Address, name: str, count: int, callers: int) -> tuple[list[float], float]:
    """Post `count` texts, each caller the next as soon as its last is answered."""
    waiting = iter([request(address, f"{name} {n}") for n in range(count)])
    took: list[float] = []

    async def call() -> None:
        reader, writer = await asyncio.open_connection(*address[:2])
        for raw in waiting:
            began = time.perf_counter()
            await answered(reader, writer, raw)
            took.append(time.perf_counter() - began)
        writer.close()

    began = time.perf_counter()
    await asyncio.gather(*(call() for _ in range(callers)))
    return took, time.perf_counter() - began


async def paced(address: Address) -> tuple[list[float], float]:
    """Post at a rate; a post that finds no free caller waits, and its waiting counts."""
    count = PACED * PACED_SECONDS
    began = time.perf_counter() + 0.1
    waiting = iter([(began + n / PACED, request(address, f"paced {n}")) for n in range(count)])
    took: list[float] = []

    async def call() -> None:
        reader, writer = await asyncio.open_connection(*address[:2])
        for due, raw in waiting:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            await answered(reader, writer, raw)
            took.append(time.perf_counter() - due)
        writer.close()

    await asyncio.gather(*(call() for _ in range(PACED_CALLERS)))
    return took, time.perf_counter() - began


async def answered(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, raw: bytes) -> None:
    """Send one request and read its answer to the end."""
    writer.write(raw)
    head = await reader.readuntil(b"\r\n\r\n")
    if not head.startswith(b"HTTP/1.1 202"):
        raise RuntimeError(head.decode("latin-1"))
    length = next(
        int(line.split(b":")[1])
        for line in head.split(b"\r\n")
        if line.lower().startswith(b"content-length:")
    )
    await reader.readexactly(length)


def request(address: Address, name: str) -> bytes:
    body = json.dumps(
        {
            "id": name,
            "text": f"第{len(name)}次回购了，颜色好看，很好用，推荐给大家，打 13800138000 找我",
            "created_at": datetime.now(UTC).isoformat(),
            "product": "平常",
            "author_id": f"author {name}",
        },
        ensure_ascii=False,
    ).encode()
    host, port, key = address
    head = (
        f"POST /v1/feedback HTTP/1.1\r\nHost: {host}:{port}\r\nAuthorization: {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def shown(took: list[float], seconds: float, load: float) -> str:
    half, most = np.percentile(took, [50, 95], method="higher") * 1000
    rate = f"{len(took) / seconds:.0f} a second, answered in {half:.0f} / {most:.0f} ms"
    return f"{rate} (p50 / p95); load of the machine before {load:.1f}"


def stored(client: httpx.Client) -> int:
    lines = client.get("/metrics").text.splitlines()
    own = 'tingyin_rows_total{outcome="accepted",table="feedback"} '
    return int(float(next(line for line in lines if line.startswith(own)).removeprefix(own)))


if __name__ == "__main__":
    for label, value in run():
        print(f"{label}: {value}", flush=True)
