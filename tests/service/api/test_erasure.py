"""Erasure: whose rows go and whose stay, and that no running job brings a person back."""

import hashlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import text

from nlp.surveillance import WatchSettings
from service.api.metrics import Metrics
from service.customers.service import ask_for_run
from service.database import ERASURE_LOCK, Database
from service.database.tables import Alert, WatchMark
from service.erasure.service import erase, forget_in
from service.scoring import score_run
from service.watching import Watcher

NOW = datetime.now(UTC)
PERSON, ACCOUNT, SAID, PRODUCT = "张三丰-erase", "@武当三丰", "壶把手烫伤了手", "抹除"


def said(name: str, author: str, customer: str | None, **changes: object) -> dict[str, object]:
    return {
        "id": name,
        "text": SAID,
        "created_at": (NOW - timedelta(days=2)).isoformat(),
        "author_id": author,
        "customer_id": customer,
        "product": PRODUCT,
        **changes,
    }


def angry_person(service, customer: str | None) -> None:
    """Let a person with an account buy, look, and be so angry that an alert is raised."""
    moments = [NOW - timedelta(days=2, minutes=n) for n in range(30)]
    order = {"order_id": "o-1", "customer_id": PERSON, "ordered_at": NOW.isoformat(), "amount": 1}
    view = {"customer_id": PERSON, "event": "view", "at": NOW.isoformat()}
    account = {"account_id": ACCOUNT, "followers": 3, "customer_id": PERSON}
    service.post([order], "/v1/orders")
    service.post([view], "/v1/engagement")
    service.post([account], "/v1/accounts")
    service.post([{"source": "@fan", "target": ACCOUNT, "kind": "follow"}], "/v1/edges")
    service.post(
        [
            said(f"angry-{n}", ACCOUNT, customer, created_at=at.isoformat(), text=f"{SAID} {n}")
            for n, at in enumerate(moments)
        ]
    )
    service.settle()


@pytest.fixture
def connected() -> Iterator[Callable[[object], Database]]:
    """Open connections of one's own to the database of a service."""
    opened: list[Database] = []

    def connect(service) -> Database:
        opened.append(Database(service.settings.database_url.get_secret_value(), pool=3))
        return opened[-1]

    yield connect
    for database in opened:
        database.close()


def watching(database: Database, clock: Callable[[], datetime]) -> None:
    with database.transaction() as session:
        session.add(WatchMark(product=PRODUCT, since=NOW, until=NOW))
    assert Watcher(database, WatchSettings(), Metrics(), clock).look() == 0.0


def scoring(database: Database, clock: Callable[[], datetime]) -> None:
    with database.transaction() as session:
        run = ask_for_run(session, NOW, "test", NOW)
    score_run(database, clock, run.id)


def erasing(database: Database) -> dict[str, int]:
    with database.transaction() as session:
        return erase(session, PERSON, "admin", NOW).counts


@pytest.mark.parametrize("customer", [PERSON, None], ids=["named", "known-by-the-account"])
def test_an_erased_person_is_nowhere(serve, connected, customer: str | None) -> None:
    with serve() as service:
        angry_person(service, customer)
        scoring(connected(service), lambda: NOW)
        (alert,) = service.get("/v1/alerts", product=PRODUCT)["items"]
        receipt = service.admin.delete(f"/v1/customers/{PERSON}").json()
        assert receipt["counts"] == {
            "orders": 1,
            "engagement": 1,
            "customer_scores": 1,
            "accounts": 1,
            "edges": 1,
            "influencers": 1,
            "feedback": 30,
        }
        proof = hashlib.sha256((receipt["salt"] + PERSON).encode()).hexdigest()
        assert proof == receipt["customer_hash"]
        stored = service.stored()
        assert [word for word in (PERSON, ACCOUNT, SAID) if word in stored] == []
        kept = service.get(f"/v1/alerts/{alert['id']}")
        assert kept["observed"] == alert["observed"]
        assert (kept["quotes"], kept["authors"]) == ([], [])
        assert service.get("/v1/feedback/angry-1")["signals"]["sentiment"] == "negative"
        assert service.admin.delete(f"/v1/customers/{PERSON}").status_code == 404


ME, OTHER = "me", "other"


@pytest.mark.parametrize(
    ("owner", "named", "erased"),
    [
        pytest.param(None, [ME, None, None], [0], id="name-shared-with-nobody-known"),
        pytest.param(None, [ME, OTHER, None], [0], id="name-shared-with-another"),
        pytest.param(None, [ME, ME], [0, 1], id="name-of-one-alone"),
        pytest.param(ME, [None, None], [0, 1], id="account-of-the-customer"),
        pytest.param(ME, [ME, None, OTHER], [0, 1], id="account-lent-to-another"),
        pytest.param(OTHER, [ME, None], [0], id="account-of-another"),
        pytest.param(OTHER, [ME], [0], id="account-of-another-used-once"),
    ],
)
def test_whose_feedback_goes(
    service, request: pytest.FixtureRequest, owner: str | None, named: list, erased: list[int]
) -> None:
    case = request.node.callspec.id
    who = {ME: f"{case}-me", OTHER: f"{case}-other", None: None}
    author = f"@{case}"
    if owner:
        account = {"account_id": author, "followers": 3, "customer_id": who[owner]}
        service.post([account], "/v1/accounts")
    service.post([said(f"{case}-{n}", author, who[name]) for n, name in enumerate(named)])
    counts = service.admin.delete(f"/v1/customers/{who[ME]}").json()["counts"]
    assert counts["feedback"] == len(erased)
    assert counts["accounts"] == (owner == ME)
    texts = [service.get(f"/v1/feedback/{case}-{n}")["text"] for n in range(len(named))]
    assert texts == ["" if n in erased else SAID for n in range(len(named))]


def test_an_alert_forgets_whom_only_this_feedback_names() -> None:
    alert = Alert(
        quotes=[{"id": "1", "text": SAID}, {"id": "2", "text": SAID}],
        authors=[{"author_id": "@one", "ids": ["1"]}, {"author_id": "@two", "ids": ["1", "2"]}],
        reasons=[{"en": "by @one", "zh": "@one 所写"}, {"en": "by @two", "zh": "@two 所写"}],
    )
    forget_in(alert, frozenset({"1"}), frozenset())
    assert [quote["id"] for quote in alert.quotes] == ["2"]
    assert [author["author_id"] for author in alert.authors] == ["@two"]
    assert [reason["en"] for reason in alert.reasons] == ["by @two"]


class HeldClock:
    """A clock that holds who looks at it the nth time, until they may go on."""

    def __init__(self, nth: int) -> None:
        self.nth, self.reached, self.go_on = nth, Event(), Event()

    def __call__(self) -> datetime:
        self.nth -= 1
        if self.nth == 0:
            self.reached.set()
            assert self.go_on.wait(60)
        return NOW


def somebody_waits(database: Database) -> bool:
    waiting = text(
        "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = :lock"
        " AND NOT granted"
    )
    with database.transaction() as session:
        return session.execute(waiting, {"lock": ERASURE_LOCK}).scalar_one() == 1


@pytest.mark.parametrize(
    ("job", "look"),
    [pytest.param(watching, 1, id="watching"), pytest.param(scoring, 2, id="scoring")],
)
def test_an_erasure_waits_for_a_running_job(serve, connected, job, look: int) -> None:
    with serve() as service:
        angry_person(service, None)
    database, clock = connected(service), HeldClock(look)
    with ThreadPoolExecutor(2) as pool:
        running = pool.submit(job, database, clock)
        assert clock.reached.wait(60)
        erased = pool.submit(erasing, database)
        service.wait(lambda: erased.done() or somebody_waits(database))
        waited = not erased.done()
        clock.go_on.set()
        running.result()
    assert waited
    assert erased.result()["feedback"] == 30
    stored = service.stored()
    assert [word for word in (PERSON, ACCOUNT, SAID) if word in stored] == []


@pytest.mark.parametrize("job", [watching, scoring])
def test_a_job_waits_for_an_erasure_and_sees_it(serve, connected, job) -> None:
    with serve() as service:
        angry_person(service, None)
    database = connected(service)
    with ThreadPoolExecutor(1) as pool:
        with database.transaction() as session:
            erase(session, PERSON, "admin", NOW)
            running = pool.submit(job, database, lambda: NOW)
            service.wait(lambda: running.done() or somebody_waits(database))
            waited = not running.done()
        running.result()
    assert waited
    stored = service.stored()
    assert [word for word in (PERSON, ACCOUNT, SAID) if word in stored] == []
