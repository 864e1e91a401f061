"""The queue: what a killed process held is taken away from it, and from no process that lives."""

import subprocess
import sys
import threading
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import psycopg
import pytest

ROOT = Path(__file__).parents[3]
SILENT, ALIVE = timedelta(hours=1), timedelta(hours=-1)
WORKER = """
import asyncio, sys, time
from service.api.metrics import Metrics
from service.queue import Queue, Work

def busy(*_):
    time.sleep(3600)

async def main():
    queue = Queue(sys.argv[1], Work(busy, busy, busy, tuple, lambda: None), Metrics())
    await queue.open()
    queue.start()
    await asyncio.sleep(3600)

asyncio.run(main())
"""


def said(name: str) -> dict[str, object]:
    at = datetime(2026, 4, 1, tzinfo=UTC).isoformat()
    return {"id": name, "text": "很好用", "created_at": at, "product": "水壶"}


def url_of(service) -> str:
    return service.settings.database_url.get_secret_value()


def asked(service, query: str, *values: object) -> list[tuple[object, ...]]:
    with psycopg.connect(url_of(service), autocommit=True) as connection:
        return connection.execute(query, values).fetchall()


def doing(service, task: str) -> list[int]:
    """Return the numbers of the jobs of a task that are marked as being done."""
    query = "SELECT id FROM procrastinate_jobs WHERE task_name = %s AND status = 'doing'"
    return [number for (number,) in asked(service, query, task)]


def held(service, task: str, silence: timedelta, arguments: str = "{}") -> int:
    """Mark a job as being done by a worker that was heard `silence` ago; return its number."""
    query = """
        WITH worker AS (
            INSERT INTO procrastinate_workers (last_heartbeat) VALUES (now() - %s) RETURNING id
        )
        INSERT INTO procrastinate_jobs
            (queue_name, task_name, lock, queueing_lock, args, status, worker_id)
        SELECT 'default', %s, %s, %s, %s, 'doing', id FROM worker RETURNING id
    """
    ((number,),) = asked(service, query, silence, task, task, task, arguments)
    return number


def silence_all(service) -> None:
    """Let every worker have been silent for long."""
    query = "UPDATE procrastinate_workers SET last_heartbeat = now() - %s RETURNING id"
    assert asked(service, query, SILENT)


def sweep_now(service) -> None:
    """Ask for a sweep and wait until it is done."""
    query = """
        INSERT INTO procrastinate_jobs (queue_name, task_name, args)
        VALUES ('default', 'sweep', '{"timestamp": 0}') RETURNING id
    """
    ((number,),) = asked(service, query)
    service.wait(lambda: not asked(service, "SELECT FROM procrastinate_jobs WHERE id = %s", number))


def kill_at_work(service) -> None:
    """Start a worker in a process of its own, and kill it as soon as it listens."""
    process = subprocess.Popen([sys.executable, "-c", WORKER, url_of(service)], cwd=ROOT)
    try:
        service.wait(lambda: bool(doing(service, "listen")) or process.poll() is not None)
    finally:
        process.kill()
        process.wait()
    assert doing(service, "listen")


def test_feedback_is_analysed_after_a_worker_was_killed_at_work(serve) -> None:
    with serve(worker=False) as service:
        service.post([said("before")])
        kill_at_work(service)
        silence_all(service)
    with serve() as service:
        service.post([said("after")])
        service.settle()
        shown = [service.get(f"/v1/feedback/{name}")["analysis"] for name in ("before", "after")]
        assert shown == ["done", "done"]


def test_a_worker_of_another_process_keeps_its_job_until_it_is_silent(serve) -> None:
    with serve(worker=False) as service:
        number = held(service, "listen", ALIVE)
    with serve() as service:
        service.post([said("a")])
        sweep_now(service)
        assert doing(service, "listen") == [number]
        assert service.get("/v1/feedback/a")["analysis"] == "waiting"
        silence_all(service)
        sweep_now(service)
        service.settle()
        assert service.get("/v1/feedback/a")["analysis"] == "done"


def test_a_worker_that_asks_lives_even_if_its_heart_did_not_beat(serve) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(texts: Sequence[str]) -> list[object]:
        begun.set()
        go_on.wait()
        return []

    with serve(slow) as service:
        try:
            service.post([{"id": "1", "text": "烫", "created_at": "2026-06-01T09:00:00+08:00"}])
            assert begun.wait(60)
            (number,) = doing(service, "listen")
            silence_all(service)
            sweep_now(service)
            assert doing(service, "listen") == [number]
        finally:
            go_on.set()


@pytest.mark.parametrize(
    ("silence", "expected"),
    [
        (SILENT, [("failed", "ProcessEnded"), ("done", None)]),
        (ALIVE, [("running", None), ("waiting", None)]),
    ],
    ids=["silent", "alive"],
)
def test_runs_of_a_process_that_is_gone(
    serve, silence: timedelta, expected: list[tuple[str, str | None]]
) -> None:
    run = """
        INSERT INTO score_runs (as_of, state, requested_by, requested_at, started_at)
        VALUES (now(), %s, 'a test', now(), now()) RETURNING id
    """
    states = "SELECT state, failure FROM score_runs ORDER BY id"
    with serve(worker=False) as service:
        at = (datetime.now(UTC) - timedelta(days=3)).isoformat()
        order = {"order_id": "o", "customer_id": "c", "ordered_at": at, "amount": 100}
        service.post([order], "/v1/orders")
        ((begun,),) = asked(service, run, "running")
        held(service, "score", silence, f'{{"run_id": {begun}}}')
        asked(service, run, "waiting")
    with serve() as service:
        sweep_now(service)
        service.wait(lambda: asked(service, states) == expected)
