"""What is remembered of a product gives what reading all of it gives, whatever came when."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from nlp.surveillance import Listener, Mention, WatchSettings
from service.alerts.incidents import Reading
from service.api.metrics import Metrics
from service.database import Database
from service.database.tables import Feedback, Signal, WatchLook, WatchMark
from service.erasure.store import count_looks
from service.feedback import store
from service.feedback.waiting import mark
from service.listening import Listener as Listening
from service.watch_memory import Known, WatchMemory
from service.watching import Watcher, known_of

START = datetime(2026, 5, 4, 9, tzinfo=UTC)
NOW = datetime(2026, 7, 1, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
COUNTS = ("likes", "reposts", "saves", "replies", "impressions", "author_followers")
PRODUCT = "水壶"
SETTINGS = WatchSettings()


@pytest.fixture
def database(fresh_url: str) -> Iterator[Database]:
    opened = Database(fresh_url, pool=2)
    yield opened
    opened.close()


def post(number: int, at: datetime, angry: bool, rng: Random) -> dict[str, object]:
    chat = rng.random() < 0.05
    return {
        "id": f"{number:04}",
        "masked_text": f"烫伤了手，第{number}次" if angry else f"很好用，第{number}次",
        "created_at": at,
        "received_at": NOW,
        "analysed_at": NOW,
        "product": PRODUCT,
        "author_id": f"a-{number % 37}",
        "session_id": f"s-{number % 5}" if chat else None,
        "role": "customer" if chat else None,
        "parent_id": f"{rng.randrange(number or 1):04}" if rng.random() < 0.1 else None,
        **dict.fromkeys(COUNTS, 0),
    }


def history(seed: int) -> list[dict[str, object]]:
    """Return twelve days of posts with two evenings of anger, in the order of writing."""
    rng = Random(seed)
    moments = [(START + HOUR * rng.uniform(0, 288), rng.random() < 0.1) for _ in range(150)]
    for evening in (60, 250):
        moments += [(START + HOUR * evening + n * MINUTE, True) for n in range(30)]
    return [post(number, at, angry, rng) for number, (at, angry) in enumerate(sorted(moments))]


def arrivals(seed: int, lateness: float) -> list[list[dict[str, object]]]:
    """Return the posts in batches as they come: some late, some a second time."""
    rng = Random(seed)
    posts = history(seed)
    late = sorted(range(len(posts)), key=lambda n: n + lateness * len(posts) * rng.random() ** 4)
    come = [posts[n] for n in late]
    come += [rng.choice(posts) for _ in range(20)] if lateness else []
    batches = []
    while come:
        size = rng.choice((1, 2, 5, 30))
        batches.append(come[:size])
        come = come[size:]
    return batches


def analysed(session: Session, posts: Sequence[dict[str, object]]) -> None:
    """Store posts that are new as analysed, and mark their product."""
    rows = {str(one["id"]): one for one in posts}
    fresh = store.add(session, list(rows.values()))
    if fresh:
        session.execute(insert(Signal), [signal(rows[name]) for name in fresh])
    mark(session, session.scalars(select(Feedback).where(Feedback.id.in_(rows))).all())


def signal(row: dict[str, object]) -> dict[str, object]:
    angry = "烫" in str(row["masked_text"])
    return {
        "feedback_id": row["id"],
        "sentiment": "negative" if angry else "positive",
        "p_negative": 0.9 if angry else 0.05,
        "p_neutral": 0.05,
        "p_positive": 0.05 if angry else 0.9,
        "confidence": 0.9,
        "abstained": False,
        "intents": ["complaint"] if angry else ["praise"],
        "complaint": ["safety"] if angry else [],
        "severity": 3 if angry else 0,
        "targets": [],
        "evidence": [],
        "keyphrases": [],
        "spam": False,
        "model_version": "words-1",
    }


def watcher(database: Database) -> Watcher:
    return Watcher(database, SETTINGS, Metrics(), lambda: NOW)


def read_anew(database: Database) -> Reading:
    """Return what a process sees that remembers nothing; it leaves no trace."""
    with database.transaction() as session:
        marked = session.get_one(WatchMark, PRODUCT)
        reading = known_of(session, marked, SETTINGS, WatchMemory()).reading(PRODUCT)
        session.rollback()
    assert reading is not None
    return reading


def remembered(one: Watcher) -> Reading:
    (known,) = one.memory._known.values()
    reading = known.reading(PRODUCT)
    assert reading is not None
    return reading


def looks(one: Watcher) -> bool:
    one.calm_until.clear()
    return one.look() == 0.0


def assert_same(found: Reading, expected: Reading) -> None:
    assert tuple(found.surges) == tuple(expected.surges)
    assert dict(found.times) == dict(expected.times)
    assert (found.judged_since, found.gap) == (expected.judged_since, expected.gap)


@pytest.mark.parametrize("lateness", [0.0, 0.3], ids=["in order", "late and repeated"])
@pytest.mark.parametrize("seed", [1, 2])
def test_going_on_is_reading_anew(database: Database, seed: int, lateness: float) -> None:
    """At every look; a process starts again now and then, or another one looks in between."""
    rng, one = Random(seed), watcher(database)
    seen = 0
    for batch in arrivals(seed, lateness):
        with database.transaction() as session:
            analysed(session, batch)
        expected = read_anew(database)
        chance = rng.random()
        if chance < 0.1:
            assert looks(watcher(database))
            continue
        one = watcher(database) if chance < 0.2 else one
        assert looks(one)
        assert_same(remembered(one), expected)
        seen = max(seen, len(expected.surges))
    assert seen >= 2


@pytest.mark.parametrize(
    ("meanwhile", "read"),
    [(None, 1), ("another process", 41), ("an erasure", 41)],
    ids=lambda value: str(value),
)
def test_a_look_reads_what_is_new(database: Database, meanwhile: str | None, read: int) -> None:
    rng, one = Random(1), watcher(database)
    with database.transaction() as session:
        analysed(session, [post(n, START + n * MINUTE, True, rng) for n in range(39)])
    assert looks(one)
    with database.transaction() as session:
        analysed(session, [post(39, START + 39 * MINUTE, True, rng)])
    assert looks(watcher(database) if meanwhile == "another process" else one)
    with database.transaction() as session:
        if meanwhile == "an erasure":
            count_looks(session)
        analysed(session, [post(40, START + 40 * MINUTE, True, rng)])
    with database.transaction() as session:
        marked = session.get_one(WatchMark, PRODUCT)
        before = len(next(iter(one.memory._known.values())).mentions)
        known = known_of(session, marked, SETTINGS, one.memory)
        assert len(known.mentions) == 41
        assert known.number == session.get_one(WatchLook, PRODUCT).number
        assert 41 - (before if known.listener._heard and read == 1 else 0) == read
        session.rollback()


def test_a_look_that_fails_is_forgotten(database: Database) -> None:
    rng, one = Random(1), watcher(database)
    with database.transaction() as session:
        analysed(session, [post(n, START + n * MINUTE, True, rng) for n in range(10)])
    assert looks(one)
    with database.transaction() as session:
        analysed(session, [post(10, START + HOUR, True, rng)])
        session.execute(update(Feedback).where(Feedback.id == "0010").values(masked_text="很好用"))

    def fails(session: Session, product: str) -> None:
        raise ValueError

    failing = Watcher(database, SETTINGS, Metrics(), lambda: NOW, own=fails, memory=one.memory)
    assert looks(failing)
    assert one.memory.held == 0
    expected = read_anew(database)
    with database.transaction() as session:
        session.execute(update(WatchMark).values(rests_until=None))
    assert looks(one)
    assert_same(remembered(one), expected)


def test_in_a_stream_a_product_rests_and_another_is_looked_at(database: Database) -> None:
    rng, one = Random(1), watcher(database)
    with database.transaction() as session:
        analysed(session, [post(0, START, True, rng)])
    assert one.look() == 0.0
    assert one.look() is None
    with database.transaction() as session:
        analysed(session, [post(1, START + MINUTE, True, rng)])
    wait = one.look()
    assert wait is not None
    assert 0.0 < wait <= 5.0
    with database.transaction() as session:
        analysed(session, [{**post(2, START, True, rng), "product": "风扇"}])
    assert one.look() == 0.0
    Listening(database, lambda texts: [], one.look, Metrics(), lambda: NOW).listen(lambda: False)
    with database.transaction() as session:
        assert session.scalars(select(WatchMark)).all() == []


def test_what_was_erased_is_not_kept_in_mind(database: Database) -> None:
    rng, one = Random(1), watcher(database)
    with database.transaction() as session:
        analysed(session, [post(0, START, True, rng)])
    assert looks(one)
    assert one.look() is None
    assert one.memory.held == 1
    with database.transaction() as session:
        count_looks(session)
    assert one.look() is None
    assert one.memory.held == 0


@pytest.mark.parametrize(
    ("sizes", "kept"),
    [([3, 3], ["0", "1"]), ([5, 5, 5], ["1", "2"]), ([1, 11], ["0"]), ([11, 4], ["1"])],
    ids=["all", "the oldest goes", "one too large alone", "after one too large"],
)
def test_memory_is_bounded(sizes: list[int], kept: list[str]) -> None:
    memory = WatchMemory(most=10)
    for product, size in enumerate(sizes):
        known = Known(1, SETTINGS, Listener(SETTINGS))
        known.hear(
            Mention(f"{n}", START, str(product), True, ("safety",), 3, None, 0, "", "", None)
            for n in range(size)
        )
        memory.keep(str(product), known)
    assert memory.held <= 10
    assert [name for name in "0123" if memory.take(name, 2, SETTINGS)] == kept
