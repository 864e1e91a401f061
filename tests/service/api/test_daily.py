"""The daily run: due once a day from its hour on, again after a failure, and told."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from service.api.metrics import Metrics
from service.daily import MOST_TRIES, REQUESTED_BY, tell_how_it_went
from service.database import Database
from service.database.tables import ScoreRun
from service.settings import Settings
from service.sweeping import sweep

THREE = datetime(2026, 3, 1, 19, 0, tzinfo=UTC)
"""03:00 on 2 March in China."""
END_OF_FIRST = datetime(2026, 3, 1, 15, 59, 59, 999_999, tzinfo=UTC)


@pytest.fixture
def database(fresh_url: str) -> Iterator[Database]:
    database = Database(fresh_url, pool=2)
    yield database
    database.close()


def swept(database: Database, now: datetime, hour: int | None = 3) -> int:
    """Return how many runs wait after a sweep."""
    return len(sweep(database, Settings(score_hour=hour), lambda: now))


def runs(database: Database) -> list[ScoreRun]:
    with database.transaction() as session:
        return list(session.scalars(select(ScoreRun).order_by(ScoreRun.id)))


def end(database: Database, state: str, at: datetime) -> None:
    with database.transaction() as session:
        for run in session.scalars(select(ScoreRun).where(ScoreRun.state == "waiting")):
            run.state, run.finished_at = state, at


@pytest.mark.parametrize(
    ("now", "hour", "expected"),
    [
        pytest.param(THREE - timedelta(seconds=1), 3, 0, id="before-its-hour"),
        pytest.param(THREE, 3, 1, id="at-its-hour"),
        pytest.param(THREE + timedelta(hours=20), 3, 1, id="the-service-was-down-at-its-hour"),
        pytest.param(THREE, None, 0, id="not-set"),
        pytest.param(THREE - timedelta(hours=3), 0, 1, id="midnight"),
    ],
)
def test_when_it_is_due(database: Database, now: datetime, hour: int | None, expected: int) -> None:
    assert swept(database, now, hour) == expected
    assert swept(database, now + timedelta(minutes=1), hour) >= expected
    for run in runs(database)[:expected]:
        assert (run.as_of, run.requested_by, run.daily) == (END_OF_FIRST, REQUESTED_BY, True)


def test_one_run_a_day_whoever_sweeps(database: Database) -> None:
    for minute in range(5):
        assert swept(database, THREE + timedelta(minutes=minute)) == 1
    end(database, "done", THREE)
    assert swept(database, THREE + timedelta(hours=5)) == 0
    assert swept(database, THREE + timedelta(days=1)) == 1
    assert [run.as_of for run in runs(database)] == [
        END_OF_FIRST,
        END_OF_FIRST + timedelta(days=1),
    ]


def test_a_run_that_somebody_asked_for_is_not_the_daily_one(database: Database) -> None:
    with database.transaction() as session:
        session.add(
            ScoreRun(as_of=END_OF_FIRST, state="done", requested_by="kim", requested_at=THREE)
        )
    assert swept(database, THREE) == 1


def test_a_failure_is_tried_again_and_then_left_until_tomorrow(database: Database) -> None:
    now = THREE
    for tries in range(1, MOST_TRIES + 1):
        assert swept(database, now) == 1
        end(database, "failed", now)
        assert swept(database, now + timedelta(minutes=59)) == 0
        assert len(runs(database)) == tries
        now += timedelta(hours=1)
    assert swept(database, now) == 0
    assert swept(database, THREE + timedelta(days=1)) == 1


def test_how_it_went_is_told(database: Database) -> None:
    metrics = Metrics()

    def told() -> tuple[float, float]:
        tell_how_it_went(database, metrics)
        lines = dict(line.rsplit(" ", 1) for line in metrics.text().decode().splitlines())
        names = ("tingyin_daily_score_failed", "tingyin_daily_score_as_of_seconds")
        return float(lines[names[0]]), float(lines[names[1]])

    assert told() == (0, 0)
    swept(database, THREE)
    end(database, "done", THREE)
    assert told() == (0, END_OF_FIRST.timestamp())
    swept(database, THREE + timedelta(days=1))
    end(database, "failed", THREE + timedelta(days=1))
    assert told() == (1, END_OF_FIRST.timestamp())


def test_the_worker_does_it(serve) -> None:
    now = datetime.now(UTC)
    with serve(score_hour=0) as service:
        bought = {"order_id": "o", "customer_id": "c", "amount": 50_000}
        at = (now - timedelta(days=3)).isoformat()
        service.post([bought | {"ordered_at": at}], "/v1/orders")
        database = Database(service.settings.database_url.get_secret_value(), pool=1)
        service.wait(lambda: [run.state for run in runs(database)] == ["done"])
        database.close()
        score = service.get("/v1/customers/c/score")
        assert score["dimensions"]["commercial"] > 0
        assert score["dimensions"]["risk"] is None
        service.wait(lambda: "tingyin_daily_score_as_of_seconds 0.0" not in metrics_of(service))
        assert "tingyin_daily_score_failed 0.0" in metrics_of(service)


def metrics_of(service) -> str:
    return service.admin.get("/metrics").text
