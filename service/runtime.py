"""A running service: database, keys, queue, worker, model; opened in order, closed in reverse."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractContextManager, AsyncExitStack, asynccontextmanager, nullcontext
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

import structlog
from pydantic import SecretStr

from nlp.surveillance import WatchSettings
from nlp.text import mask
from service.access.service import ensure_first_key
from service.alerts.trail_feed import TrailFeed
from service.api.feed import Feed
from service.api.metrics import Metrics
from service.api.services import Services
from service.api.together import Together
from service.customers.insight import Rulebook, demand_stored
from service.daily import tell_how_it_went
from service.database import Database, embedded_postgres, migrate
from service.delivery.mail import mail_server
from service.delivery.posting import Wire
from service.delivery.sending import Send, Sender
from service.delivery.service import require_readable
from service.delivery.ssrf import networks
from service.delivery.vault import Vault, open_vault
from service.delivery.worker import DeliveryWorker, Room
from service.explaining import Explainer
from service.kpi_watching import KpiWatcher
from service.listening import Hurry, Listener
from service.model import Analyse, Fast, FastModel, Model, shipped_fast, shipped_model
from service.queue import Queue, Work
from service.quieting import kept_quiet, may_tell, silenced_alerts
from service.responding import Responder, record
from service.response.policy import Policy
from service.response.policy_file import load_policy
from service.scoring import After, score_run
from service.settings import Settings
from service.sweeping import end_lost_run, sweep
from service.watching import Watcher


def utc_now() -> datetime:
    """Return the time of the machine's clock."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True)
class Parts:
    """What a test may replace: where the model comes from, and the clock."""

    load_model: Callable[[], Analyse] = shipped_model
    load_fast: Callable[[], Fast] = shipped_fast
    now: Callable[[], datetime] = utc_now


@dataclass(frozen=True, slots=True)
class Runtime:
    """The opened parts, and the ways in which they work together."""

    settings: Settings
    parts: Parts
    metrics: Metrics
    database: Database
    model: Model
    fast: FastModel
    policy: Policy
    rulebook: Rulebook
    vault: Vault
    send: Send

    def work(self, delivery: DeliveryWorker) -> Work:
        """Return what the jobs of the queue do."""
        watch = WatchSettings(zone=self.settings.time_zone)
        responder = Responder(
            database=self.database,
            policy=self.policy,
            metrics=self.metrics,
            now=self.parts.now,
            zone=self.settings.zone,
            quiet=kept_quiet,
        )
        listener = Listener(
            database=self.database,
            analyse=self.model,
            watch=Watcher(
                database=self.database,
                settings=watch,
                metrics=self.metrics,
                now=self.parts.now,
                own=responder.own,
                tell=delivery.ring,
            ).look,
            metrics=self.metrics,
            now=self.parts.now,
            batch=self.settings.analysis_batch,
            hurry=self._hurry(),
        )
        return Work(
            listen=listener.listen,
            score=partial(
                score_run,
                self.database,
                self.parts.now,
                policy=self.rulebook.scoring,
                after=self._kpis(responder, delivery),
            ),
            lost=partial(end_lost_run, self.database, self.parts.now),
            sweep=self.sweep,
            tell=responder.tell,
        )

    def _kpis(self, responder: Responder, delivery: DeliveryWorker) -> After | None:
        """Return what looks at KPIs after a run; None where their policy is not the owner's."""
        if self.settings.actions_policy is None:
            return None
        return KpiWatcher(
            policy=self.rulebook.actions,
            ladder=self.rulebook.scoring.tiers,
            metrics=self.metrics,
            now=self.parts.now,
            zone=self.settings.zone,
            own=responder.own,
            tell=delivery.ring,
        ).look

    def sweep(self) -> Sequence[int]:
        """End what is over, tell how the daily run went, and return the runs that wait."""
        waiting = sweep(self.database, self.settings, self.parts.now)
        tell_how_it_went(self.database, self.metrics)
        return waiting

    def _hurry(self) -> Hurry:
        explainer = Explainer(self.database, self.fast.explain)
        return Hurry(self.settings.fast_above, self.fast.read, explainer.explain_some)

    def delivery(self) -> DeliveryWorker:
        """Return the worker of deliveries."""
        room = Room(
            database=self.database,
            vault=self.vault,
            send=self.send,
            metrics=self.metrics,
            now=self.parts.now,
            zone=self.settings.zone,
            may_notify=partial(may_tell, self.parts.now),
        )
        return DeliveryWorker(room)

    def services(self, queue: Queue, delivery: DeliveryWorker, together: Together) -> Services:
        """Return what endpoints need."""
        return Services(
            settings=self.settings,
            database=self.database,
            metrics=self.metrics,
            mask=mask,
            wake=queue.wake,
            start_scoring=queue.start_scoring,
            health=partial(self.health, queue, delivery),
            now=self.parts.now,
            silenced=silenced_alerts,
            feed=Feed(TrailFeed(self.database)),
            policy=self.policy,
            record=record,
            vault=self.vault,
            send=self.send,
            together=together,
            rulebook=self.rulebook,
        )

    def health(self, queue: Queue, delivery: DeliveryWorker) -> dict[str, bool]:
        """Return whether each part that this process should have works."""
        parts = {"database": self.database.answers()}
        if self.settings.worker:
            parts |= {"worker": queue.working, "model": self.model.ready}
            parts |= {"delivery": delivery.working}
        return parts


@asynccontextmanager
async def opened(settings: Settings, parts: Parts, metrics: Metrics) -> AsyncIterator[Services]:
    """Open every part, yield what endpoints need of them, and close every part.

    Raises
    ------
    SettingError, PolicyError, OutputError, UnavailableError
        A part cannot be opened; those opened before are closed again.
    """
    policy = load_policy(settings.policy)
    rulebook = _rulebook(settings)
    async with AsyncExitStack() as stack:
        url = stack.enter_context(_address(settings))
        database = Database(url, settings.database_pool)
        stack.callback(database.close)
        _prepare(database, settings, parts.now())
        vault = open_vault(_secret(settings.secret_key), settings.data_dir)
        require_readable(database, vault)
        runtime = Runtime(
            settings=settings,
            parts=parts,
            metrics=metrics,
            database=database,
            model=Model(parts.load_model),
            fast=FastModel(parts.load_fast),
            policy=policy,
            rulebook=rulebook,
            vault=vault,
            send=_sender(settings),
        )
        delivery = runtime.delivery()
        queue = Queue(url, runtime.work(delivery), metrics)
        stack.push_async_callback(queue.close)
        await queue.open()
        if settings.worker:
            loading = asyncio.create_task(asyncio.to_thread(runtime.model.prepare))
            stack.push_async_callback(asyncio.wait, [loading])
            stack.push_async_callback(asyncio.to_thread, delivery.close)
            delivery.start()
            queue.start()
            await queue.wake()
        together = Together(database)
        stack.push_async_callback(together.close)
        services = runtime.services(queue, delivery, together)
        await stack.enter_async_context(_fed(services.feed))
        yield services


def _rulebook(settings: Settings) -> Rulebook:
    import tiering
    from tiering.actions import load_actions
    from tiering.tags import load_rules

    scoring, tags = tiering.load_policy(settings.score_policy), load_rules(settings.tag_rules)
    demand_stored(tags)
    return Rulebook(scoring, load_actions(settings.actions_policy, tiers=scoring.tiers), tags)


@asynccontextmanager
async def _fed(feed: Feed) -> AsyncIterator[None]:
    """Let a feed run for as long as it is needed."""
    running = asyncio.create_task(feed.run())
    try:
        yield
    finally:
        feed.close()
        await asyncio.wait([running])


def _sender(settings: Settings) -> Sender:
    """Return what sends messages."""
    url = _secret(settings.smtp_url)
    mail = mail_server(url, settings.smtp_from) if url else None
    return Sender(Wire(allowed=networks(settings.delivery_networks)), mail)


def _secret(value: SecretStr | None) -> str | None:
    return None if value is None else value.get_secret_value()


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
