"""A running service: database, keys, queue, worker, model; opened in order, closed in reverse."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog

from nlp.surveillance import WatchSettings
from nlp.text import mask
from service.access.service import ensure_first_key
from service.alerts.trail_feed import TrailFeed
from service.api.feed import Feed
from service.api.metrics import Metrics
from service.api.services import Services
from service.database import Database, embedded_postgres, migrate
from service.listening import Listener
from service.model import Analyse, Model, shipped_model
from service.queue import Queue, Work
from service.quieting import silenced_alerts
from service.responding import Responder, record
from service.response.policy import Policy
from service.response.policy_file import load_policy
from service.scoring import score_run
from service.settings import Settings
from service.sweeping import end_lost_run, sweep
from service.watching import watch_one


def utc_now() -> datetime:
    """Return the time of the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a test may replace: where the model comes from, and the clock."""

    load_model: Callable[[], Analyse] = shipped_model
    now: Callable[[], datetime] = utc_now


@dataclass(frozen=True, slots=True)
class Runtime:
    """The opened parts, and the ways in which they work together."""

    settings: Settings
    parts: Parts
    metrics: Metrics
    database: Database
    model: Model
    policy: Policy

    def work(self) -> Work:
        """Return what the jobs of the queue do."""
        watch = WatchSettings(zone=self.settings.time_zone)
        responder = Responder(
            self.database, self.policy, self.metrics, self.parts.now, self.settings.zone
        )
        listener = Listener(
            database=self.database,
            analyse=self.model,
            watch=partial(
                watch_one, self.database, watch, self.metrics, self.parts.now, responder.own
            ),
            metrics=self.metrics,
            now=self.parts.now,
            batch=self.settings.analysis_batch,
        )
        return Work(
            listen=listener.listen,
            score=partial(score_run, self.database, self.parts.now),
            lost=partial(end_lost_run, self.database, self.parts.now),
            sweep=partial(sweep, self.database, self.settings, self.parts.now),
            tell=responder.tell,
        )

    def services(self, queue: Queue) -> Services:
        """Return what endpoints need."""
        return Services(
            settings=self.settings,
            database=self.database,
            metrics=self.metrics,
            mask=mask,
            wake=queue.wake,
            start_scoring=queue.start_scoring,
            health=partial(self.health, queue),
            now=self.parts.now,
            silenced=silenced_alerts,
            feed=Feed(TrailFeed(self.database)),
            policy=self.policy,
            record=record,
        )

    def health(self, queue: Queue) -> dict[str, bool]:
        """Return whether each part that this process should have works."""
        parts = {"database": self.database.answers()}
        if self.settings.worker:
            parts |= {"worker": queue.working, "model": self.model.ready}
        return parts


@asynccontextmanager
async def opened(settings: Settings, parts: Parts, metrics: Metrics) -> AsyncIterator[Services]:
    """Open every part, yield what endpoints need of them, and close every part.

    Raises
    ------
    SettingError, OutputError, UnavailableError
        A part cannot be opened; those opened before are closed again.
    """
    policy = load_policy(settings.policy)
    async with AsyncExitStack() as stack:
        url = stack.enter_context(_address(settings))
        database = Database(url, settings.database_pool)
        stack.callback(database.close)
        _prepare(database, settings, parts.now())
        runtime = Runtime(settings, parts, metrics, database, Model(parts.load_model), policy)
        queue = Queue(url, runtime.work(), metrics)
        stack.push_async_callback(queue.close)
        await queue.open()
        if settings.worker:
            loading = asyncio.create_task(asyncio.to_thread(runtime.model.prepare))
            stack.push_async_callback(asyncio.wait, [loading])
            queue.start()
            await queue.wake()
        services = runtime.services(queue)
        await stack.enter_async_context(_fed(services.feed))
        yield services


@asynccontextmanager
async def _fed(feed: Feed) -> AsyncIterator[None]:
    """Let a feed run for as long as it is needed."""
    running = asyncio.create_task(feed.run())
    try:
        yield
    finally:
        feed.close()
        running.cancel()
        await asyncio.wait([running])


def _address(settings: Settings) -> AbstractContextManager[str]:
    """Return the URL of the database, for as long as it is needed."""
    if settings.database_url is not None:
        return nullcontext(settings.database_url.get_secret_value())
    return embedded_postgres(settings.data_dir)


def _prepare(database: Database, settings: Settings, now: datetime) -> None:
    database.require_supported()
    migrate(database)
    file = ensure_first_key(database, settings.data_dir, now)
    if file is not None:
        structlog.get_logger("tingyin").info("admin key written", file=str(file.resolve()))
