"""Workers killed with SIGKILL at random while they deliver: what arrives, and how often."""

import multiprocessing
import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from multiprocessing.process import BaseProcess

from service.alerts.state import Event
from service.database import Database
from service.delivery.posting import Wire
from service.delivery.sending import Sender
from service.delivery.vault import Vault
from service.delivery.worker import DeliveryWorker, Plan, Room
from service.logs import configure_logs
from tests.service.api.desk import LOOPBACK, ZONE, Desk
from tests.service.api.receivers import Answer, Call, receiving

KEY = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="
PLAN = Plan(at_once=4, lease=timedelta(seconds=1), poll=0.05)
ROUTES, WORKERS, MOVES = 3, 2, (Event.ACKNOWLEDGE, Event.RESOLVE)


@dataclass(frozen=True)
class Outcome:
    """What a run with kills came to.

    Attributes
    ----------
    expected, missing
        Deliveries that had to be made, and those that never arrived.
    twice
        Deliveries that arrived under two ids: never allowed.
    repeated
        Messages that arrived again under their own id: allowed, and counted.
    changed
        Ids under which two different bodies arrived: never allowed.
    """

    kills: int
    expected: int
    missing: int
    twice: int
    repeated: int
    changed: int
    seconds: float


def work(url: str) -> None:
    """Deliver until killed; the body of a worker process."""
    configure_logs("error")
    desk = Desk(Database(url, pool=6), Vault(KEY))
    room = Room(
        database=desk.database,
        vault=desk.vault,
        send=Sender(Wire(allowed=LOOPBACK, timeout=10.0)),
        metrics=desk.metrics,
        now=desk.now,
        zone=ZONE,
    )
    DeliveryWorker(room, PLAN).start()
    threading.Event().wait()


@contextmanager
def workers(url: str) -> Iterator[list[BaseProcess]]:
    """Run worker processes; those in the list at the end are ended."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    running = [started(context, url) for _ in range(WORKERS)]
    try:
        yield running
    finally:
        for process in running:
            killed(process)


def started(context: multiprocessing.context.BaseContext, url: str) -> BaseProcess:
    process = context.Process(target=work, args=(url,), daemon=True)
    process.start()
    return process


def killed(process: BaseProcess) -> None:
    os.kill(process.pid, signal.SIGKILL)
    process.join()


def run(url: str, kills: int, alerts: int, seed: int = 1) -> Outcome:
    """Raise, acknowledge and resolve alerts while workers are killed; return what arrived.

    `url` is that of a fresh database. The receiver takes 20 ms for each message.
    """
    chance = random.Random(seed)
    desk = Desk(Database(url, pool=6), Vault(KEY))
    begun = time.monotonic()
    with receiving(lambda _: Answer(delay=0.02)) as receiver:
        routes = [desk.route(f"{receiver.url}/{n}") for n in range(ROUTES)]
        with workers(url) as running:
            for number in range(kills):
                told(desk, range(number * alerts // kills, (number + 1) * alerts // kills))
                until_busy(receiver.calls, len(receiver.calls) + chance.randrange(1, 12))
                time.sleep(chance.uniform(0.0, 0.05))
                place = chance.randrange(len(running))
                killed(running[place])
                context = multiprocessing.get_context("forkserver")
                running[place] = started(context, url)
            until_quiet(desk)
        outcome = counted(desk, routes, receiver.calls, kills, time.monotonic() - begun)
    desk.database.close()
    return outcome


def told(desk: Desk, numbers: Sequence[int]) -> None:
    """Let alerts be raised, acknowledged and resolved: three events of each."""
    for number in numbers:
        alert = desk.raise_alert(f"产品 {number}")
        for event in MOVES:
            desk.move(alert, event)


def until_busy(calls: Sequence[Call], count: int, seconds: float = 3.0) -> None:
    """Wait until so many messages came, or none came for a while (a lease has to end first)."""
    end = time.monotonic() + seconds
    while len(calls) < count and time.monotonic() < end:
        time.sleep(0.002)


def until_quiet(desk: Desk, seconds: float = 300.0) -> None:
    end = time.monotonic() + seconds
    while desk.deliveries(state="waiting") or any(not e.expanded_at for e in desk.events()):
        if time.monotonic() > end:
            raise TimeoutError("deliveries still wait")
        time.sleep(0.1)


def counted(
    desk: Desk, routes: Sequence[object], calls: Sequence[Call], kills: int, seconds: float
) -> Outcome:
    ids: dict[tuple[str, str, str], set[str]] = {}
    bodies: dict[str, set[bytes]] = {}
    for call in calls:
        data = call.json["data"]
        ids.setdefault((call.path, data["alert_id"], data["event"]), set()).add(call.id)
        bodies.setdefault(call.id, set()).add(call.body)
    expected = len(desk.events()) * len(routes)
    times = Counter(call.id for call in calls)
    return Outcome(
        kills=kills,
        expected=expected,
        missing=expected - len(ids),
        twice=sum(len(each) > 1 for each in ids.values()),
        repeated=sum(count - 1 for count in times.values()),
        changed=sum(len(each) > 1 for each in bodies.values()),
        seconds=seconds,
    )
