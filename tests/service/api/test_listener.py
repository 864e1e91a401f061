"""Rounds of listening: whose fault a failure is, and that nothing keeps marks from being seen."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from nlp.errors import ArtifactError
from nlp.schema import Signals
from nlp.surveillance import WatchSettings
from service.api.metrics import Metrics
from service.database import Database
from service.database.tables import Alert, Feedback, WatchMark
from service.feedback import store, waiting
from service.listening import Analyse, Listener
from service.watching import Watcher

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
COUNTS = ("likes", "reposts", "saves", "replies", "impressions", "author_followers")
FAULTS = [
    ArtifactError("no model", "没有模型"),
    ImportError("libonnxruntime.so"),
    MemoryError(),
    OSError("too many open files"),
    RuntimeError("bad allocation"),
]


@pytest.fixture
def database(fresh_url: str) -> Iterator[Database]:
    opened = Database(fresh_url, pool=2)
    yield opened
    opened.close()


def said(database: Database, texts: Sequence[str], product: str = "水壶") -> None:
    """Store texts of a product, one written each minute, to be analysed in this order."""
    with database.transaction() as session:
        start = session.scalars(select(func.count()).select_from(Feedback)).one()
        rows = [
            {
                "id": f"{number:05}",
                "masked_text": said,
                "created_at": NOW + timedelta(minutes=number - 10_000),
                "received_at": NOW,
                "product": product,
                **dict.fromkeys(COUNTS, 0),
            }
            for number, said in enumerate(texts, start)
        ]
        store.add(session, rows)


def read(texts: Sequence[str]) -> list[Signals]:
    """Read texts as a model does that one of them breaks."""
    if any("[breaks]" in one for one in texts):
        raise ValueError
    return [signals(one) for one in texts]


def signals(one: str) -> Signals:
    bad = "烫" in one
    return Signals(
        sentiment="negative" if bad else "positive",
        p_negative=0.9 if bad else 0.05,
        p_neutral=0.05,
        p_positive=0.05 if bad else 0.9,
        confidence=0.9,
        abstained=False,
        intents=("complaint",) if bad else ("praise",),
        complaint=("safety",) if bad else (),
        severity=3 if bad else 0,
        targets=(),
        evidence=(),
        keyphrases=(),
        spam=False,
        masked_text=one,
        model_version="words-1",
    )


def listener(
    database: Database, analyse: Analyse, now: Callable[[], datetime] = lambda: NOW, batch: int = 4
) -> Listener:
    metrics = Metrics()
    watch = Watcher(database, WatchSettings(), metrics, now).look
    return Listener(database, analyse, watch, metrics, now, batch)


def never() -> bool:
    return False


def tried(database: Database) -> list[tuple[int, bool]]:
    """Return of each text how often it failed, and whether that, or its analysis, is the end."""
    query = select(Feedback.attempts, Feedback.analysed_at.is_not(None)).order_by(Feedback.id)
    with database.transaction() as session:
        return [(row[0], row[1]) for row in session.execute(query)]


@pytest.mark.parametrize("rows", [1, 6])
@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: type(fault).__name__)
def test_a_fault_of_the_model_costs_no_text_an_attempt(
    database: Database, fault: Exception, rows: int
) -> None:
    def broken(texts: Sequence[str]) -> list[Signals]:
        raise fault

    said(database, ["很好用"] * rows)
    for _ in range(waiting.MOST_ATTEMPTS + 1):
        with pytest.raises(type(fault)):
            listener(database, broken).listen(never)
    assert tried(database) == [(0, False)] * rows
    listener(database, read).listen(never)
    assert tried(database) == [(0, True)] * rows


def test_a_fault_that_comes_while_rows_are_tried_alone_counts_nothing(database: Database) -> None:
    calls: list[int] = []

    def tires(texts: Sequence[str]) -> list[Signals]:
        calls.append(len(texts))
        if len(calls) > 2:
            raise MemoryError
        return read(texts)

    said(database, ["很好用", "很好用", "[breaks]"])
    with pytest.raises(MemoryError):
        listener(database, tires).listen(never)
    assert tried(database) == [(0, False)] * 3


def test_a_text_that_breaks_the_model_is_tried_once_in_each_round(database: Database) -> None:
    said(database, [*["[breaks]"] * 5, "很好用"])
    own = listener(database, read, batch=2)
    for attempts in (1, 2, 3, 3):
        own.listen(never)
        last = attempts == waiting.MOST_ATTEMPTS
        assert tried(database) == [*[(attempts, last)] * 5, (0, True)]


def test_a_model_that_fails_keeps_nobody_from_looking(database: Database) -> None:
    def broken(texts: Sequence[str]) -> list[Signals]:
        raise MemoryError

    said(database, [f"烫伤了手，{n}" for n in range(40)])
    listener(database, read, batch=40).analyse_some(set())
    said(database, ["很好用"])
    with pytest.raises(MemoryError):
        listener(database, broken).listen(never)
    assert alerts(database) == 1


def test_a_flow_that_never_ends_keeps_nobody_from_looking(database: Database) -> None:
    seconds = iter(range(10_000))
    passed: list[int] = []

    def ticking() -> datetime:
        passed.append(next(seconds))
        return NOW + timedelta(seconds=passed[-1])

    def flowing(texts: Sequence[str]) -> list[Signals]:
        said(database, ["很好用"], "别的")
        return read(texts)

    said(database, [f"烫伤了手，{n}" for n in range(40)])
    listener(database, flowing, ticking, batch=40).listen(lambda: passed[-1:] > [120])
    assert alerts(database) == 1
    assert (0, False) in tried(database)


def test_a_round_ends_when_there_is_nothing_to_analyse_and_nothing_to_look_at(
    database: Database,
) -> None:
    said(database, ["烫伤了手", "[breaks]"])
    listener(database, read).listen(never)
    with database.transaction() as session:
        assert session.scalars(select(WatchMark)).all() == []


def alerts(database: Database) -> int:
    with database.transaction() as session:
        return session.scalars(select(func.count()).select_from(Alert)).one()
