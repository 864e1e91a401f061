"""Looking at marked products: one that fails stops no other, and a look costs what it must."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
import structlog
from sqlalchemy import delete, event, func, insert, select, text, update
from sqlalchemy.orm import Session

from nlp.surveillance import WatchSettings, surveil
from service.alerts import store as alerts
from service.alerts.incidents import GONE, Absorption, Reading
from service.alerts.service import transition
from service.api.metrics import Metrics
from service.database import Database
from service.database.tables import Alert, AlertEvidence, Feedback, Signal, WatchMark
from service.errors import UnavailableError
from service.feedback import store as feedback
from service.feedback.waiting import mark
from service.listening import Listener
from service.mentions import mentions_of
from service.trail import Entry
from service.watching import Watcher, count_products, rest
from tests.service.heard import SCALDED

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
NOW = datetime(2026, 7, 1, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
COUNTS = ("likes", "reposts", "saves", "replies", "impressions", "author_followers")


@pytest.fixture(scope="module")
def database(database_url: str) -> Iterator[Database]:
    database = Database(database_url, pool=2)
    yield database
    database.close()


def opened(service) -> Database:
    """Return a database of its own for one test: that of a service which does no work."""
    return Database(service.settings.database_url.get_secret_value(), pool=2)


def say(session: Session, product: str, start: datetime = START, number: int = 40) -> None:
    """Store a complaint about a product each minute, as analysed, and mark the product."""
    rows = [
        {
            "id": f"{product}-{start:%m%d%H}-{n}",
            "masked_text": f"烫伤了手，第{n}次",
            "created_at": start + n * MINUTE,
            "received_at": NOW,
            "product": product,
            **dict.fromkeys(COUNTS, 0),
        }
        for n in range(number)
    ]
    ids = feedback.add(session, rows)
    session.execute(update(Feedback).where(Feedback.id.in_(ids)).values(analysed_at=NOW))
    session.execute(insert(Signal), [signal(str(row["id"])) for row in rows])
    mark(session, session.scalars(select(Feedback).where(Feedback.product == product)).all())


def signal(feedback_id: str) -> dict[str, object]:
    return {
        "feedback_id": feedback_id,
        **SCALDED,
        "model_version": "words-1",
    }


def looks_of_a_round(database: Database, now: datetime = NOW) -> int:
    """Look at marked products until there is none, as listening does; return how many looks."""
    looks = 0
    watcher = Watcher(database, WatchSettings(), Metrics(), lambda: now)
    while watcher.look() == 0.0:
        looks += 1
        assert looks < 20, "the round does not end"
    return looks


def alerted(database: Database) -> dict[str, int]:
    """Return how many alerts each product has."""
    counted = select(Alert.product, func.count().label("number")).group_by(Alert.product)
    with database.transaction() as session:
        return {alert.product: alert.number for alert in session.execute(counted)}


def marked(database: Database) -> list[str]:
    with database.transaction() as session:
        return list(session.scalars(select(WatchMark.product)))


def run(database: Database, script: str) -> None:
    with database.transaction() as session:
        session.execute(text(script))


# The last thing that raising an alert writes: everything before it must go too.
TRIGGER = """
CREATE FUNCTION fault() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF (SELECT product FROM alerts WHERE id = NEW.alert_id) = '失败' THEN {fault}; END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER fault BEFORE INSERT ON alert_changes FOR EACH ROW EXECUTE FUNCTION fault()
"""
NO_TRIGGER = "DROP TRIGGER fault ON alert_changes; DROP FUNCTION fault"
FIRST_ROW = "WHERE product = '失败' AND id LIKE '%-0'"
FAULTS = {
    "a row that cannot be read": (
        f"UPDATE feedback SET created_at = 'infinity' {FIRST_ROW}",
        f"UPDATE feedback SET created_at = '{START}' {FIRST_ROW}",
        "DataError",
    ),
    "an alert that the database refuses": (
        TRIGGER.format(fault="RAISE EXCEPTION '烫伤了手'"),
        NO_TRIGGER,
        "ProgrammingError",
    ),
}


@pytest.mark.parametrize(("breaks", "repairs", "error"), FAULTS.values(), ids=FAULTS)
def test_a_product_that_fails_stops_no_other(serve, breaks, repairs, error) -> None:
    with serve(worker=False) as service:
        database = opened(service)
    with database.transaction() as session:
        for hours, product in enumerate(("失败", "之一", "之二")):
            say(session, product, START + hours * HOUR)
    run(database, breaks)
    with structlog.testing.capture_logs() as logs:
        assert looks_of_a_round(database) == 3
    assert alerted(database) == {"之一": 1, "之二": 1}
    assert marked(database) == ["失败"]
    (line,) = logs
    assert line["log_level"] == "warning"
    assert error in str(line["error"])
    assert not any(word in str(logs) for word in ("失败", "烫伤"))

    assert looks_of_a_round(database, NOW + rest(1) - MINUTE / 60) == 0
    assert looks_of_a_round(database, NOW + rest(1)) == 1
    run(database, repairs)
    assert looks_of_a_round(database, NOW + rest(1) + rest(2) - MINUTE / 60) == 0
    assert looks_of_a_round(database, NOW + rest(1) + rest(2)) == 1
    assert alerted(database) == {"失败": 1, "之一": 1, "之二": 1}
    assert marked(database) == []
    database.close()


def test_a_round_of_listening_ends_though_a_product_fails(database: Database) -> None:
    with database.transaction() as session:
        for product in ("坏", "好"):
            say(session, product)
        broken = update(Feedback).where(Feedback.product == "坏")
        session.execute(broken.values(created_at=text("'infinity'")))
    looks = count()
    watch = Watcher(database, WatchSettings(), Metrics(), lambda: NOW).look
    Listener(database, lambda texts: [], watch, Metrics(), lambda: NOW).listen(
        lambda: next(looks) > 50
    )
    assert next(looks) < 20
    assert marked(database) == ["坏"]
    run(database, "DELETE FROM feedback WHERE product = '坏'; DELETE FROM watch_marks")


def test_one_that_has_failed_waits_for_those_that_have_not(database: Database) -> None:
    with database.transaction() as session:
        say(session, "失败过", START)
        session.execute(update(WatchMark).values(failures=1, rests_until=NOW))
        say(session, "没有", START + DAY)
    assert Watcher(database, WatchSettings(), Metrics(), lambda: NOW).look() == 0.0
    assert marked(database) == ["失败过"]
    assert looks_of_a_round(database) == 1


def test_where_the_database_goes_the_round_ends_and_no_product_is_blamed(serve) -> None:
    with serve(worker=False) as service:
        database = opened(service)
    with database.transaction() as session:
        say(session, "失败")
    run(database, TRIGGER.format(fault="PERFORM pg_terminate_backend(pg_backend_pid())"))
    with structlog.testing.capture_logs() as logs, pytest.raises(UnavailableError):
        Watcher(database, WatchSettings(), Metrics(), lambda: NOW).look()
    assert logs == []
    with database.transaction() as session:
        assert session.scalars(select(WatchMark)).one().failures == 0
    run(database, NO_TRIGGER)
    assert looks_of_a_round(database) == 1
    assert alerted(database) == {"失败": 1}
    database.close()


@pytest.mark.parametrize(
    ("later", "state"), [(timedelta(0), "resolved"), (timedelta(seconds=1), "firing")]
)
def test_what_was_not_judged_is_not_gone(database: Database, later, state) -> None:
    product = f"未判断 {state}"
    with database.transaction() as session:
        say(session, product)
    looks_of_a_round(database)
    with database.transaction() as session:
        (alert,) = alerts.of_product(session, product)
        reading = Reading(product, (), {}, alert.onset + later, DAY)
        assert Absorption(session, reading, NOW).run() == ["withdraw"] * (state == "resolved")
        assert alert.state == state
        notes = [change.note for change in alerts.changes(session, alert.id)]
        assert (any(GONE.zh in note for note in notes if note)) is (state == "resolved")


@pytest.mark.parametrize("moves", [("acknowledge", "lapse"), ("suppress", "expire")])
def test_what_a_person_has_touched_is_not_withdrawn(database: Database, moves) -> None:
    product = f"碰过 {moves[0]}"
    with database.transaction() as session:
        say(session, product)
    looks_of_a_round(database)
    with database.transaction() as session:
        (alert,) = alerts.of_product(session, product)
        for each in moves:
            transition(session, alert, Entry(each, "pr", NOW))
        reading = Reading(product, (), {}, alert.onset, DAY)
        assert Absorption(session, reading, NOW).run() == []
        assert alert.state == "firing"


def test_evidence_is_read_only_of_alerts_that_a_surge_can_meet(database: Database) -> None:
    with database.transaction() as session:
        say(session, "两次")
        say(session, "两次", START + 5 * DAY)
    looks_of_a_round(database)
    with database.transaction() as session, asked(database) as statements:
        first, second = alerts.of_product(session, "两次")
        mentions = mentions_of(session, "两次", WatchSettings().memory)
        surges = surveil(mentions, as_of=max(mention.at for mention in mentions))
        times = {mention.id: mention.at for mention in mentions}
        reading = Reading("两次", surges[1:], times, second.onset, DAY)
        assert Absorption(session, reading, NOW).run() == []
    (parameters,) = [p for s, p in statements if s.startswith("SELECT alert_evidence")]
    assert second.id in parameters.values()
    assert first.id not in parameters.values()


@contextmanager
def asked(database: Database) -> Iterator[list[tuple[str, dict[str, object]]]]:
    """Collect the statements that the database is sent, with their parameters."""
    found: list[tuple[str, dict[str, object]]] = []

    def note(connection, cursor, statement, parameters, context, many) -> None:
        found.append((statement, parameters))

    event.listen(database.engine, "before_cursor_execute", note)
    yield found
    event.remove(database.engine, "before_cursor_execute", note)


def test_the_evidence_of_an_alert_has_no_limit(database: Database) -> None:
    with database.transaction() as session:
        say(session, "很多")
    looks_of_a_round(database)
    run(
        database,
        "INSERT INTO feedback (id, masked_text, created_at, received_at, likes, reposts, saves,"
        " replies, author_followers)"
        " SELECT 'many-' || n, '', now(), now(), 0, 0, 0, 0, 0 FROM generate_series(1, 70000) n",
    )
    ids = [f"many-{n}" for n in range(1, 70_001)]
    with database.transaction() as session:
        (alert,) = alerts.of_product(session, "很多")
        alerts.set_evidence(session, alert.id, ids, NOW)
        assert alerts.evidence_of(session, [alert.id]) == {alert.id: frozenset(ids)}
        alerts.set_evidence(session, alert.id, [*ids[2:], ids[0]], NOW + DAY)
        assert alerts.evidence_of(session, [alert.id]) == {alert.id: frozenset(ids) - {ids[1]}}
        added = select(AlertEvidence.added_at).where(AlertEvidence.alert_id == alert.id)
        assert set(session.scalars(added)) == {NOW}


def test_products_are_counted_once_each(database: Database) -> None:
    with database.transaction() as session:
        session.execute(delete(Feedback))
        assert count_products(session) == 0
        for product in ("水壶", "风扇", "", "a", "B"):
            say(session, product, number=3)
        session.execute(update(Feedback).where(Feedback.product == "").values(product=None))
        assert count_products(session) == 4
        session.rollback()
