"""A real service for the tests: real PostgreSQL, real server on loopback, real worker."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

import httpx
import psycopg
import pytest
import uvicorn
from psycopg import sql
from pydantic import SecretStr
from sqlalchemy import func, select

from nlp.schema import Signals
from nlp.surveillance import fingerprint_of
from service.alerts.store import record
from service.app import create_app
from service.database import Database, embedded_postgres, migrate
from service.database.tables import Alert
from service.model import Analyse, Fast
from service.runtime import Parts
from service.serving import Server
from service.settings import Settings
from service.trail import RAISE, Entry
from tests.service.api.desk import Desk, alert_row

TEMPLATE = "tingyin_template"
NUMBERS = count(1)
SAFETY, QUALITY, LATE = ("烫", "烧"), ("坏", "裂"), ("快递", "物流")


def word_model(texts: Sequence[str]) -> list[Signals]:
    """Say what a few words say: enough to test everything around a model, always the same."""
    return [_signals(text) for text in texts]


def _signals(text: str) -> Signals:
    if "[breaks the model]" in text:
        raise ValueError(text)
    named = {"safety": SAFETY, "quality": QUALITY, "logistics": LATE}
    complaint = tuple(name for name, words in named.items() if any(w in text for w in words))
    severity = 3 if "safety" in complaint else 2 if complaint else 0
    negative = 0.9 if complaint else 0.05
    return Signals(
        sentiment="negative" if complaint else "positive",
        p_negative=negative,
        p_neutral=0.05,
        p_positive=0.95 - negative,
        confidence=0.9,
        abstained=False,
        intents=("complaint",) if complaint else ("praise",),
        complaint=complaint,
        severity=severity,
        targets=(),
        evidence=(),
        keyphrases=("烫手",) if "烫" in text else (),
        spam="加微信" in text,
        masked_text=text,
        model_version="words-1",
    )


@pytest.fixture(scope="session")
def server_url() -> Iterator[str]:
    """The URL of one PostgreSQL for the session, with a migrated template database.

    Its folder is none of pytest's: those are closed to other users, and where the tests run as
    root the server runs as a user of its own.
    """
    with (
        tempfile.TemporaryDirectory(prefix="tingyin-test-") as folder,
        embedded_postgres(Path(folder)) as url,
    ):
        _create(url, TEMPLATE, "template0")
        database = Database(_named(url, TEMPLATE), pool=1)
        migrate(database)
        database.close()
        yield url


def _named(url: str, name: str) -> str:
    return url.replace("/postgres?", f"/{name}?")


def _create(url: str, name: str, template: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )


@pytest.fixture(scope="module")
def database_url(server_url: str) -> str:
    """The URL of a fresh database for the module."""
    name = f"module_{next(NUMBERS)}"
    _create(server_url, name, TEMPLATE)
    return _named(server_url, name)


@dataclass
class Service:
    """A running service and its callers."""

    base: str
    admin_key: str
    settings: Settings
    keys: dict[str, str] = field(default_factory=dict)
    clients: list[httpx.Client] = field(default_factory=list)

    def client(self, key: str | None, **headers: str) -> httpx.Client:
        """Return a caller with a key (None: without)."""
        own = {"Authorization": f"Bearer {key}"} if key else {}
        client = httpx.Client(base_url=self.base, headers=own | headers, timeout=30)
        self.clients.append(client)
        return client

    def scoped(self, scope: str) -> httpx.Client:
        """Return a caller whose key has one scope."""
        if scope not in self.keys:
            name = "second admin" if scope == "admin" else scope
            made = self.admin.post("/v1/keys", json={"name": name, "scopes": [scope]})
            self.keys[scope] = made.json()["key"]
        return self.client(self.keys[scope])

    @property
    def admin(self) -> httpx.Client:
        """A caller with the first key."""
        return self.client(self.admin_key)

    def post(self, rows: object, path: str = "/v1/feedback", **headers: str) -> dict[str, Any]:
        """Post rows as admin and return what became of them."""
        answer = self.admin.post(path, json=rows, headers=headers)
        assert answer.status_code in (200, 202), answer.text
        return answer.json()

    def get(self, path: str, **params: str | int) -> dict[str, Any]:
        """Return what an address shows to the admin."""
        answer = self.admin.get(path, params=params)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def stored(self) -> str:
        """Return every row of every table, as text."""
        with psycopg.connect(self.settings.database_url.get_secret_value()) as connection:
            names = connection.execute(
                "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"
            ).fetchall()
            tables = (connection.execute(f'SELECT t::text FROM "{name}" t') for (name,) in names)
            return "\n".join(row for table in tables for (row,) in table.fetchall())

    def wait(self, condition: Callable[[], bool]) -> None:
        """Wait until a condition holds."""
        wait_until(condition)

    def settle(self) -> None:
        """Wait until nothing waits to be analysed and no product is to be looked at."""
        database = Database(self.settings.database_url.get_secret_value(), pool=1)
        query = (
            "SELECT (SELECT count(*) FROM feedback WHERE analysed_at IS NULL AND attempts < 3)"
            " + (SELECT count(*) FROM watch_marks)"
        )
        try:
            wait_until(lambda: _single(database, query) == 0)
        finally:
            database.close()


def _single(database: Database, query: str) -> int:
    with database.engine.connect() as connection:
        return connection.exec_driver_sql(query).scalar_one()


def wait_until(condition: Callable[[], bool], seconds: float = 600.0) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.02)


def parts_of(model: Analyse) -> Parts:
    """Return the parts of a service that reads by this model, also in a hurry."""
    return Parts(load_model=lambda: model, load_fast=lambda: Fast(model, model))


@contextmanager
def serving(settings: Settings, parts: Parts) -> Iterator[Service]:
    """Run the application on a free port of loopback."""
    config = uvicorn.Config(
        create_app(settings, parts), port=0, log_config=None, access_log=False, lifespan="on"
    )
    server = Server(config)
    thread = threading.Thread(target=server.run, name="service")
    thread.start()
    wait_until(lambda: server.started or not thread.is_alive())
    assert server.started, "the service did not start"
    port = server.servers[0].sockets[0].getsockname()[1]
    key = (settings.data_dir / "admin-key").read_text().strip()
    service = Service(f"http://127.0.0.1:{port}", key, settings)
    try:
        yield service
    finally:
        for client in service.clients:
            client.close()
        server.should_exit = True
        thread.join()


def settings_for(url: str, folder: Path, **options: object) -> Settings:
    """Return the settings of a service on a database."""
    return Settings(database_url=SecretStr(url), data_dir=folder, database_pool=8, **options)


@pytest.fixture(scope="module")
def service(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service on a fresh database, with the model of words."""
    settings = settings_for(database_url, tmp_path_factory.mktemp("data"))
    with serving(settings, parts_of(word_model)) as running:
        yield running


@pytest.fixture
def fresh_url(server_url: str) -> Iterator[str]:
    """The URL of a fresh database for one test; it goes with the test."""
    name = f"test_{next(NUMBERS)}"
    _create(server_url, name, TEMPLATE)
    yield _named(server_url, name)
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def serve(fresh_url: str, tmp_path: Path) -> Callable[..., AbstractContextManager[Service]]:
    """Start services on one fresh database: `serve(model=…, worker=False)`, one after another."""

    def start(model: Analyse = word_model, **options: object) -> AbstractContextManager[Service]:
        settings = settings_for(fresh_url, tmp_path / "data", **options)
        return serving(settings, parts_of(model))

    return start


@pytest.fixture
def desk(fresh_url: str) -> Iterator[Desk]:
    """A desk of deliveries on a fresh database."""
    database = Database(fresh_url, pool=12)
    yield Desk(database)
    database.close()


@pytest.fixture
def put_alert(service: Service) -> Iterator[Callable[..., str]]:
    """Raise alerts at once, without feedback that proves them: `put_alert("壶", level=2)`."""
    database = Database(service.settings.database_url.get_secret_value(), pool=2)

    def put(product: str, **fields: object) -> str:
        now = datetime.now(UTC)
        with database.transaction() as session:
            own = Alert.fingerprint == fingerprint_of(product)
            last = session.scalars(select(func.max(Alert.incident)).where(own)).one() or 0
            alert = alert_row(product, now, **{"incident": last + 1, **fields})
            session.add(alert)
            session.flush()
            record(session, alert, Entry(RAISE, "tingyin", now), None)
            return alert.id

    yield put
    database.close()
