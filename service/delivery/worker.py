"""The worker of deliveries: a thread that dispatches and claims, and a few that send.

It looks twice a second whether anything is due. All state is in the tables: a worker that is killed
leaves a lease that ends by itself. Any number of workers may run on one database.
"""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog

from service.api.metrics import Metrics
from service.database import Database
from service.delivery import claiming, settling, windows
from service.delivery.claiming import Claim
from service.delivery.consent import MayNotify, always
from service.delivery.dispatching import dispatch
from service.delivery.jobs import Job
from service.delivery.letters import Outcome
from service.delivery.retention import forget_old
from service.delivery.sending import Send
from service.delivery.vault import Vault
from service.errors import SettingError

LONGEST_PAUSE = 30.0
UNREADABLE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a worker works: sends at once, length of a lease, seconds between two looks."""

    at_once: int = 8
    lease: timedelta = timedelta(seconds=30)
    poll: float = 0.5
    measure_every: float = 5.0
    forget_every: float = 3600.0


@dataclass(frozen=True, slots=True)
class Room:
    """What a worker needs of the running service."""

    database: Database
    vault: Vault
    send: Send
    metrics: Metrics
    now: Callable[[], datetime]
    zone: ZoneInfo
    may_notify: MayNotify = always


class DeliveryWorker:
    """Delivers until it is closed."""

    def __init__(self, room: Room, plan: Plan | None = None) -> None:
        self._room, self._plan = room, plan or Plan()
        self._claim = Claim(room.vault, self._plan.lease, room.zone)
        self._logger = structlog.get_logger("tingyin.delivery")
        self._stopping, self._bell = threading.Event(), threading.Event()
        self._free = threading.Semaphore(self._plan.at_once)
        self._senders = ThreadPoolExecutor(self._plan.at_once, thread_name_prefix="deliver")
        self._leases: set[str] = set()
        self._thread = threading.Thread(target=self._keep_working, name="delivery", daemon=True)
        self._every: dict[str, float] = {}

    def start(self) -> None:
        """Work from now on, in the background."""
        self._thread.start()

    def ring(self) -> None:
        """Say that something may be due now: it is looked for at once."""
        self._bell.set()

    @property
    def working(self) -> bool:
        """Whether it works."""
        return self._thread.is_alive()

    def close(self) -> None:
        """Begin nothing more, wait for what is being sent."""
        self._stopping.set()
        self._bell.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._senders.shutdown()

    def _keep_working(self) -> None:
        """Work; where that fails (the database is away), begin again after a pause."""
        pause = self._plan.poll
        while not self._stopping.is_set():
            self._bell.clear()
            try:
                self._round()
                pause = self._plan.poll
            except Exception:
                self._logger.exception("delivery stopped, it will start again")
                pause = min(max(pause, 0.5) * 2.0, LONGEST_PAUSE)
                self._stopping.wait(pause)
            self._bell.wait(self._plan.poll)

    def _round(self) -> None:
        self._now_and_then("lease", self._plan.lease.total_seconds() / 3.0, self._renew)
        while not self._stopping.is_set() and self._dispatch():
            pass
        while not self._stopping.is_set() and self._free.acquire(blocking=False):
            job = self._next()
            if job is None:
                self._free.release()
                break
            self._leases.add(job.lease)
            self._senders.submit(self._deliver, job)
        self._now_and_then("measure", self._plan.measure_every, self._measure)
        self._now_and_then("forget", self._plan.forget_every, self._forget)

    def _dispatch(self) -> int:
        with self._room.database.transaction() as session:
            return dispatch(session, self._room.now(), self._room.may_notify)

    def _next(self) -> Job | None:
        """Return the next message; None where no route has one that may be sent now."""
        while True:
            with self._room.database.transaction() as session:
                now = self._room.now()
                route = claiming.next_route(session, now, self._plan.lease)
                if route is None:
                    return None
                try:
                    job = claiming.claim(session, route, now, self._claim)
                except (SettingError, LookupError, TypeError, ValueError):
                    self._logger.exception("route cannot be read, it rests", route=route.id)
                    route.not_before = now + UNREADABLE
                    continue
            if job is not None:
                return job

    def _deliver(self, job: Job) -> None:
        try:
            self._send_parts(job)
        except Exception:
            # The lease ends by itself, and another try follows.
            self._logger.exception("a try could not be noted", route=job.route_id)
        finally:
            self._leases.discard(job.lease)
            self._free.release()
            self._bell.set()

    def _send_parts(self, job: Job) -> None:
        for index in range(job.parts_sent, len(job.parts)):
            if index > job.parts_sent and self._must_wait(job, index):
                return
            begun = time.monotonic()
            outcome = self._room.send(job.letter(index, self._room.now()))
            seconds = time.monotonic() - begun
            if not outcome.delivered or index == len(job.parts) - 1:
                self._finish(job, outcome, seconds)
                return

    def _must_wait(self, job: Job, index: int) -> bool:
        """Note the parts that are out; give the message back where the limit takes no more now."""
        with self._room.database.transaction() as session:
            settling.part_sent(session, job, index)
            free = windows.take(session, job.bucket, job.limits, self._room.now())
            if free is not None:
                settling.postpone(session, job, free)
        return free is not None

    def _finish(self, job: Job, outcome: Outcome, seconds: float) -> None:
        with self._room.database.transaction() as session:
            state = settling.finish(session, job, outcome, seconds, self._room.now())
        kind, result = job.addressed.kind, "failed" if state == "waiting" else state
        self._room.metrics.deliveries.labels(kind, result).inc(len(job.deliveries))
        told = self._logger.info if outcome.delivered else self._logger.warning
        told(
            f"message {result}",
            route=job.route_id,
            channel=kind,
            message=job.message_id,
            events=len(job.deliveries),
            attempt=job.attempts + 1,
            status=outcome.status,
            failure=outcome.error,
            seconds=round(seconds, 3),
        )

    def _now_and_then(self, name: str, seconds: float, work: Callable[[], None]) -> None:
        if time.monotonic() >= self._every.get(name, 0.0):
            self._every[name] = time.monotonic() + seconds
            work()

    def _renew(self) -> None:
        leases = tuple(self._leases)
        if leases:
            with self._room.database.transaction() as session:
                settling.renew(session, leases, self._room.now() + self._plan.lease)

    def _measure(self) -> None:
        with self._room.database.transaction() as session:
            count, oldest = settling.waiting_since(session)
            self._room.metrics.routes_off.set(settling.switched_off(session))
        age = (self._room.now() - oldest).total_seconds() if oldest else 0.0
        self._room.metrics.deliveries_waiting.set(count)
        self._room.metrics.oldest_delivery.set(max(age, 0.0))

    def _forget(self) -> None:
        with self._room.database.transaction() as session:
            forget_old(session, self._room.now())
