"""The job queue: procrastinate on our own database, worked by this process or by others.

Jobs are only wake-up calls. What is to be done stands in the tables (feedback not analysed,
products to look at again, runs asked for), so a lost or doubled call loses and doubles nothing;
a sweep every ten seconds finds what nobody called for.

A process that is killed leaves its jobs marked as being done, and with them the locks that keep
two from listening or scoring at once. Workers show by a heartbeat that they live; the jobs of
those that are silent are taken away, before this worker starts and in each sweep.
"""

import asyncio
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar, cast

import structlog
from procrastinate import App, JobContext, PsycopgConnector
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException
from procrastinate.jobs import Job, Status

from service.api.metrics import Metrics
from service.logs import where

EVERY_TEN_SECONDS = "* * * * * */10"
# Listening and scoring may each take long; one more place is for what must be on time.
AT_ONCE = 3
LONGEST_PAUSE = 30.0
# A job that is called for while the one before still holds its lock is not announced again.
LONGEST_WAIT = 0.5
BETWEEN_CALLS = 0.05
"""Seconds from one call to the next while requests come all the time."""
HEARTBEAT = 10.0
LONGEST_SILENCE = 30.0

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Work:
    """What the jobs do; each is an ordinary function, run in a thread.

    `listen` analyses and watches until nothing waits or it is asked to stop, `score` does one run
    by its number, `lost` notes that the process doing a run ended, `sweep` ends what is over and
    returns the runs that wait. `tell` tells of the clocks that ran out.
    """

    listen: Callable[[Callable[[], bool]], None]
    score: Callable[[int], None]
    lost: Callable[[int], None]
    sweep: Callable[[], Sequence[int]]
    tell: Callable[[], None]


class Queue:
    """The queue of one database; `start` and `stop` run the worker inside this process."""

    def __init__(self, url: str, work: Work, metrics: Metrics) -> None:
        self._app = App(connector=PsycopgConnector(conninfo=url, min_size=1, max_size=AT_ONCE + 3))
        self._work = work
        self._metrics = metrics
        self._log = structlog.get_logger("tingyin.queue")
        self._worker: asyncio.Task[None] | None = None
        self._threads: set[asyncio.Future[Any]] = set()
        self._stopping = threading.Event()
        self._asking = self._asked_again = False
        self._declare()

    async def open(self) -> None:
        """Open the connections; needed before anything else."""
        await self._app.open_async()

    async def close(self) -> None:
        """Stop the worker, if it runs here, wait for what it was doing, close the connections.

        A thread cannot be cancelled. Listening stops after the batch that it is at; a run of the
        tiering job is waited for.
        """
        self._stopping.set()
        if self._worker is not None:
            self._worker.cancel()
            with suppress(asyncio.CancelledError):
                await self._worker
            self._worker = None
        await asyncio.gather(*self._threads, return_exceptions=True)
        await self._app.close_async()

    def start(self) -> None:
        """Work from now on, in the background."""
        self._worker = asyncio.create_task(self._keep_working())

    @property
    def working(self) -> bool:
        """Whether the worker of this process runs."""
        return self._worker is not None and not self._worker.done()

    async def wake(self) -> None:
        """Ask for a round of listening; asking again before it begins changes nothing.

        Who asks while another asks leaves it to them to ask once more: many small requests at once
        then cost the queue two calls, and a flow of them a few a second.
        """
        if self._asking:
            self._asked_again = True
            return
        self._asking = True
        try:
            await self._ask()
            while self._asked_again:
                await asyncio.sleep(BETWEEN_CALLS)
                await self._ask()
        finally:
            self._asking = False

    async def _ask(self) -> None:
        self._asked_again = False
        with suppress(AlreadyEnqueued):
            await self._app.configure_task(
                "listen", lock="listen", queueing_lock="listen"
            ).defer_async()

    async def start_scoring(self, run_id: int) -> None:
        """Ask for one run of the tiering job."""
        with suppress(AlreadyEnqueued):
            await self._app.configure_task(
                "score", lock="score", queueing_lock=f"score {run_id}"
            ).defer_async(run_id=run_id)

    def _declare(self) -> None:
        @self._app.task(name="listen")
        async def listen() -> None:
            await self._measured("listen", lambda: self._work.listen(self._stopping.is_set))

        @self._app.task(name="score")
        async def score(run_id: int) -> None:
            await self._measured("score", lambda: self._work.score(run_id))

        @self._app.periodic(cron=EVERY_TEN_SECONDS)
        @self._app.task(name="sweep", queueing_lock="sweep", pass_context=True)
        async def sweep(context: JobContext, timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
            await self._take_away_stalled(context.job.worker_id)
            await self.wake()
            for run_id in await self._measured("sweep", self._work.sweep):
                await self.start_scoring(run_id)

        @self._app.periodic(cron=EVERY_TEN_SECONDS)
        @self._app.task(name="tell", queueing_lock="tell")
        async def tell(timestamp: int) -> None:  # noqa: ARG001 - the queue passes it
            await self._measured("tell", self._work.tell)

    async def _take_away_stalled(self, own: int | None = None) -> None:
        """Take away the jobs of silent workers.

        The worker `own` asks, so it lives, even where the machine slept and its heart did not beat.
        """
        stalled = await self._app.job_manager.get_stalled_jobs(
            seconds_since_heartbeat=LONGEST_SILENCE
        )
        for job in stalled:
            if own is None or job.worker_id != own:
                await self._take_away(job)

    async def _take_away(self, job: Job) -> None:
        """Note that its run is lost, then delete it: a retry would meet the next call's lock."""
        self._log.warning("job of a silent worker taken away", job=job.task_name)
        if job.task_name == "score":
            run_id = cast("int", job.task_kwargs["run_id"])
            await self._in_thread(partial(self._work.lost, run_id))
        with suppress(ConnectorException):  # another process was faster
            await self._app.job_manager.finish_job(job, Status.FAILED, delete_job=True)

    async def _measured(self, name: str, work: Callable[[], Result]) -> Result:
        try:
            result = await self._in_thread(work)
        except Exception:
            self._metrics.jobs.labels(name, "failed").inc()
            raise
        self._metrics.jobs.labels(name, "done").inc()
        return result

    async def _in_thread(self, work: Callable[[], Result]) -> Result:
        thread = asyncio.get_running_loop().run_in_executor(None, work)
        self._threads.add(thread)
        thread.add_done_callback(self._threads.discard)
        return await asyncio.shield(thread)

    async def _keep_working(self) -> None:
        """Work; where the worker itself fails (the database is away), begin again after a pause."""
        pause = 1.0
        while True:
            try:
                await self._take_away_stalled()
                await self._app.run_worker_async(
                    concurrency=AT_ONCE,
                    delete_jobs="successful",
                    install_signal_handlers=False,
                    fetch_job_polling_interval=LONGEST_WAIT,
                    shutdown_graceful_timeout=10.0,
                    update_heartbeat_interval=HEARTBEAT,
                    stalled_worker_timeout=LONGEST_SILENCE,
                )
            except Exception as error:  # noqa: BLE001 - whatever it was, work must go on
                self._log.warning("worker stopped, it will start again", **where(error))
            await asyncio.sleep(pause)
            pause = min(pause * 2.0, LONGEST_PAUSE)
