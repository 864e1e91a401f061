"""A desk of deliveries on a real database: alerts, routes, workers, and a clock that can skip."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from cryptography.fernet import Fernet
from sqlalchemy import select

from nlp.surveillance import fingerprint_of
from service.alerts.service import transition
from service.alerts.state import Event
from service.alerts.store import record
from service.api.metrics import Metrics
from service.database import Database
from service.database.tables import Alert, Delivery, DeliveryAttempt, OutboxEvent, Route
from service.delivery import service
from service.delivery.posting import Wire
from service.delivery.schemas import RouteRequest
from service.delivery.sending import Send, Sender
from service.delivery.ssrf import networks
from service.delivery.targets import usable_target
from service.delivery.vault import Vault
from service.delivery.worker import DeliveryWorker, Plan, Room
from service.trail import RAISE, SERVICE, Entry

LOOPBACK = networks("127.0.0.0/8")
QUICK = Plan(poll=0.02, lease=timedelta(seconds=5), measure_every=0.05)
ZONE = ZoneInfo("Asia/Shanghai")


PLAIN_ALERT: dict[str, Any] = {
    "category": "quality",
    "state": "firing",
    "version": 1,
    "level": 3,
    "severity": 2,
    "bins": ["hour"],
    "observed": 40,
    "expected": 2.5,
    "upper": 8,
    "p": 1e-9,
    "categories": [],
    "authors": [],
    "coordinated_share": 0.0,
    "coordinated_ids": [],
    "suspected_coordination": False,
    "keyphrases": [],
    "quotes": [],
    "reasons": [],
}


def alert_row(product: str, at: datetime, **fields: object) -> Alert:
    """Return an alert of a product as the service raises it, with some fields of one's own."""
    own = {"id": uuid.uuid4().hex, "fingerprint": fingerprint_of(product), "product": product}
    times = dict.fromkeys(("onset", "until", "last_evidence_at", "raised_at", "changed_at"), at)
    return Alert(**{**PLAIN_ALERT, **own, **times, **fields})


def raised_before(url: str, product: str, ago: timedelta, level: int = 1, **fields: object) -> str:
    """Raise an alert as if it had been some time ago."""
    at = datetime.now(UTC) - ago
    database = Database(url, pool=1)
    with database.transaction() as session:
        alert = alert_row(product, at, level=level, incident=1, **fields)
        session.add(alert)
        session.flush()
        record(session, alert, Entry(RAISE, SERVICE, at), None)
    database.close()
    return alert.id


SPOKEN_OF: dict[str, Any] = {
    "category": "safety",
    "level": 2,
    "severity": 3,
    "incident": 1,
    "keyphrases": ["烫手"],
    "quotes": [{"id": "1", "text": "壶把太烫"}],
    "reasons": [{"en": "40 where 2.5 are expected", "zh": "40 条，预期 2.5 条"}],
}


@dataclass
class Desk:
    """What a test of delivery needs."""

    database: Database
    vault: Vault = field(default_factory=lambda: Vault(Fernet.generate_key().decode()))
    skipped: timedelta = timedelta(0)
    wire: Wire = field(default_factory=lambda: Wire(allowed=LOOPBACK, timeout=2.0))
    metrics: Metrics = field(default_factory=Metrics)
    send: Send | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) + self.skipped

    def skip(self, **time: float) -> None:
        self.skipped += timedelta(**time)

    def raise_alert(self, product: str = "养生壶", **columns: object) -> str:
        now = self.now()
        with self.database.transaction() as session:
            alert = alert_row(product, now, **SPOKEN_OF | columns)
            session.add(alert)
            session.flush()
            record(session, alert, Entry(RAISE, "tingyin", now), None)
        return alert.id

    def move(self, alert_id: str, event: Event, note: str | None = None) -> None:
        with self.database.transaction() as session:
            alert = session.get_one(Alert, alert_id)
            transition(session, alert, Entry(event, "pr", self.now(), note))

    def route(self, target: str, kind: str = "webhook", **options: object) -> service.NewRoute:
        name = str(options.pop("name", uuid.uuid4().hex))
        wanted = RouteRequest(name=name, kind=kind, target=target, **options)
        with self.database.transaction() as session:
            usable = usable_target(kind, target, LOOPBACK)
            return service.make(session, wanted, usable, self.act())

    def act(self) -> service.Act:
        return service.Act("admin", self.now(), self.vault)

    @contextmanager
    def working(self, plan: Plan = QUICK, **room: object) -> Iterator[DeliveryWorker]:
        usual = Room(
            database=self.database,
            vault=self.vault,
            send=self.send or Sender(self.wire),
            metrics=self.metrics,
            now=self.now,
            zone=ZONE,
        )
        worker = DeliveryWorker(replace(usual, **room), plan)
        worker.start()
        try:
            yield worker
        finally:
            worker.close()

    def deliveries(self, **conditions: object) -> list[Delivery]:
        with self.database.transaction() as session:
            wanted = select(Delivery).filter_by(**conditions).order_by(Delivery.id)
            return list(session.scalars(wanted))

    def attempts(self) -> list[DeliveryAttempt]:
        with self.database.transaction() as session:
            return list(session.scalars(select(DeliveryAttempt).order_by(DeliveryAttempt.number)))

    def events(self) -> list[OutboxEvent]:
        with self.database.transaction() as session:
            return list(session.scalars(select(OutboxEvent).order_by(OutboxEvent.number)))

    def row(self, route_id: int) -> Route:
        with self.database.transaction() as session:
            return session.get_one(Route, route_id)

    def settled(self) -> bool:
        """Whether every event was dispatched and no delivery waits for its first try."""
        fresh = any(event.expanded_at is None for event in self.events())
        return not fresh and not self.deliveries(state="waiting", attempts=0)
