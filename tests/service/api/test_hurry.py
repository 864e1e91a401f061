"""Reading in a hurry, with the shipped model: fast while many wait, and the words afterwards."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

import nlp
from nlp.errors import ArtifactError
from nlp.schema import Signals
from service.api.metrics import Metrics
from service.database import Database
from service.database.tables import Signal, WatchMark
from service.explaining import AT_ONCE, Explainer
from service.feedback import store
from service.listening import MOST_FULLY, Hurry, Listener
from service.model import Fast, FastModel, shipped_fast, shipped_model
from service.runtime import Parts
from tests.service.api.conftest import serving, settings_for, word_model

NOW = datetime(2026, 7, 1, 9, tzinfo=UTC)
COUNTS = ("likes", "reposts", "saves", "replies", "impressions", "author_followers")
SAYINGS = (
    "壶把手太烫，孩子被烫伤了",
    "颜色好看，很好用，推荐给大家",
    "客服三天没人回，差评",
    "还行吧，一般",
    "快递很快，包装也好",
)
NEVER = 10**9


@pytest.fixture(scope="module")
def full() -> Callable[[Sequence[str]], list[Signals]]:
    analyse = shipped_model()
    return lambda texts: list(analyse(texts))


@pytest.fixture(scope="module")
def fast() -> Fast:
    return shipped_fast()


@pytest.fixture
def database(fresh_url: str) -> Iterator[Database]:
    opened = Database(fresh_url, pool=2)
    yield opened
    opened.close()


def text_of(number: int) -> str:
    return f"{SAYINGS[number % len(SAYINGS)]}，第{number}次"


def said(database: Database, count: int) -> None:
    rows = [
        {
            "id": f"{number:05}",
            "masked_text": text_of(number),
            "created_at": NOW - timedelta(minutes=number),
            "received_at": NOW + timedelta(seconds=number),
            "product": "水壶",
            **dict.fromkeys(COUNTS, 0),
        }
        for number in range(count)
    ]
    with database.transaction() as session:
        store.add(session, rows)


@dataclass
class Rounds:
    """Listens with the real model; looks at no product."""

    database: Database
    full: Callable[[Sequence[str]], list[Signals]]
    above: int
    load: Callable[[], Fast]
    batch: int = 8

    def listen(self) -> None:
        model = FastModel(self.load)
        hurry = Hurry(self.above, model.read, Explainer(self.database, model.explain).explain_some)
        Listener(
            self.database, self.full, lambda: None, Metrics(), lambda: NOW, self.batch, hurry
        ).listen(lambda: False)


def stored(database: Database) -> dict[str, Signal]:
    with database.transaction() as session:
        found = {signal.feedback_id: signal for signal in session.scalars(select(Signal))}
        session.expunge_all()
    return found


def broken() -> Fast:
    raise ArtifactError("no fast.onnx", "没有 fast.onnx")


def test_many_are_read_fast_and_the_last_ones_fully(database, full, fast) -> None:
    said(database, 30)
    Rounds(database, full, above=10, load=lambda: fast).listen()
    ways = [
        signal.model_version.endswith("-fast") for _, signal in sorted(stored(database).items())
    ]
    assert ways == [True] * 24 + [False] * 6


def test_words_come_later_and_nothing_else_changes(database, full, fast) -> None:
    said(database, 12)
    without: dict[str, Signal] = {}

    def explain(texts: Sequence[str]) -> list[Signals]:
        without.update(stored(database))
        return list(fast.explain(texts))

    Rounds(database, full, above=0, load=lambda: Fast(fast.read, explain)).listen()
    now = stored(database)
    assert {signal.explained for signal in without.values()} == {False}
    assert all(signal.evidence == [] for signal in without.values())
    assert all(signal.explained for signal in now.values())
    names = sorted({column.name for column in Signal.__table__.columns} - {"evidence", "explained"})
    for number, (name, signal) in enumerate(sorted(now.items())):
        assert [getattr(signal, n) for n in names] == [getattr(without[name], n) for n in names]
        (alone,) = nlp.analyze(nlp.load(explain=True, fast=True), [text_of(number)])
        assert [one["word"] for one in signal.evidence] == [one.word for one in alone.evidence]
    assert any(signal.evidence for signal in now.values())


@pytest.mark.parametrize(
    ("above", "ends"), [(0, True), (NEVER, False)], ids=["0: always", "huge: never"]
)
def test_the_setting_says_when(database, full, fast, above: int, ends: bool) -> None:
    said(database, 9)
    load = (lambda: fast) if ends else broken
    Rounds(database, full, above, load).listen()
    versions = {signal.model_version for signal in stored(database).values()}
    assert [version.endswith("-fast") for version in versions] == [ends]


def test_where_the_fast_way_is_broken_all_is_read_fully(database, full) -> None:
    said(database, 9)
    Rounds(database, full, above=0, load=broken).listen()
    found = stored(database)
    assert len(found) == 9
    assert all(signal.explained for signal in found.values())
    assert not any(signal.model_version.endswith("-fast") for signal in found.values())


def test_a_text_whose_words_are_not_found_stops_no_other(database, full, fast) -> None:
    def fails(texts: Sequence[str]) -> list[Signals]:
        if text_of(3) in texts:
            raise ValueError
        return list(fast.explain(texts))

    said(database, AT_ONCE + 5)
    Rounds(database, full, 0, lambda: Fast(fast.read, fails)).listen()
    found = stored(database)
    assert [name for name, signal in found.items() if not signal.explained] == ["00003"]


def test_a_full_reading_keeps_nobody_waiting(database, fast) -> None:
    read: list[int] = []

    def counting(texts: Sequence[str]) -> list[Signals]:
        read.append(len(texts))
        return word_model(texts)

    said(database, 150)
    Rounds(database, counting, NEVER, lambda: fast, batch=256).listen()
    assert read == [MOST_FULLY, MOST_FULLY, 150 - 2 * MOST_FULLY]
    with database.transaction() as session:
        assert len(session.scalars(select(WatchMark)).all()) == 1


def test_readiness_waits_for_the_full_model_only(fresh_url: str, tmp_path) -> None:
    settings = settings_for(fresh_url, tmp_path / "data", fast_above=0)
    with serving(settings, Parts(load_model=lambda: word_model, load_fast=broken)) as service:
        service.wait(lambda: service.client(None).get("/health/ready").status_code == 200)
        rows = [{"id": "1", "text": "烫", "created_at": "2026-06-01T09:00:00+08:00"}]
        assert service.post(rows)["accepted"] == 1
        service.settle()
        assert service.get("/v1/feedback/1")["signals"]["model_version"] == "words-1"
