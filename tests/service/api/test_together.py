"""Many callers at once: one statement for all who wait, to each its own answer."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DataError
from sqlalchemy.orm import Session

from service.api.together import MOST_AT_ONCE, Together
from service.database import Database
from service.errors import UnavailableError


@pytest.fixture
def database(fresh_url: str) -> Iterator[Database]:
    database = Database(fresh_url, pool=2)
    yield database
    database.close()


def used(database: Database, ask: Callable[[Together], Awaitable[object]]) -> object:
    """Return what a coroutine finds with a Together that is closed after it."""

    async def run() -> object:
        together = Together(database)
        try:
            return await ask(together)
        finally:
            await together.close()

    return asyncio.run(run())


def halves(session: Session, items: Sequence[int]) -> list[int]:
    """Divide 100 by every item, in the database: 0 fails for all of a statement."""
    rows = session.execute(
        text(
            "SELECT 100 / n FROM unnest(CAST(:items AS int[])) WITH ORDINALITY u(n, i) ORDER BY i"
        ),
        {"items": list(items)},
    )
    return [row[0] for row in rows]


def test_each_caller_gets_its_own_answer(database: Database) -> None:
    items = [1, 2, 4, 5, 10, 20] * 10
    found = used(database, lambda together: asyncio.gather(*(together(halves, n) for n in items)))
    assert found == [100 // n for n in items]


def test_an_error_is_raised_to_whom_it_belongs_only(database: Database) -> None:
    items = [5, 0, 10, 0, 20]

    async def ask(together: Together) -> object:
        calls = (together(halves, n) for n in items)
        return await asyncio.gather(*calls, return_exceptions=True)

    found = used(database, ask)
    assert [found[0], found[2], found[4]] == [20, 10, 5]
    assert isinstance(found[1], DataError)
    assert isinstance(found[3], DataError)


def test_those_who_wait_go_together_and_who_comes_alone_at_once(database: Database) -> None:
    groups: list[int] = []
    let_go = threading.Event()

    def counted(_session: Session, items: Sequence[int]) -> list[int]:
        groups.append(len(items))
        assert let_go.wait(30)
        return list(items)

    async def ask(together: Together) -> None:
        first = asyncio.create_task(together(counted, 0))
        while not groups:
            await asyncio.sleep(0.001)
        rest = [asyncio.create_task(together(counted, n)) for n in range(MOST_AT_ONCE + 5)]
        await asyncio.sleep(0)
        let_go.set()
        assert await asyncio.gather(first, *rest) == [0, *range(MOST_AT_ONCE + 5)]

    used(database, ask)
    assert groups == [1, MOST_AT_ONCE, 5]


def test_a_caller_that_goes_away_takes_nobody_along(database: Database) -> None:
    async def ask(together: Together) -> object:
        leaver = asyncio.create_task(together(halves, 2))
        stayer = asyncio.create_task(together(halves, 4))
        await asyncio.sleep(0)
        leaver.cancel()
        return await stayer

    assert used(database, ask) == 25


def test_a_database_that_is_away_is_told_to_all() -> None:
    nowhere = Database("postgresql://nobody@127.0.0.1:9/none", pool=1)

    async def ask(together: Together) -> object:
        calls = (together(halves, n) for n in (1, 2))
        return await asyncio.gather(*calls, return_exceptions=True)

    assert [type(error) for error in used(nowhere, ask)] == [UnavailableError] * 2


def test_a_connection_that_was_cut_while_it_lay_idle_is_replaced(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("service.database.engine.IDLE_SECONDS", 0.0)
    with database.transaction() as session:
        own = session.scalar(text("SELECT pg_backend_pid()"))
    other = Database(database.url, pool=1)
    with other.statement() as session:
        session.execute(text("SELECT pg_terminate_backend(:own, 5000)"), {"own": own})
    other.close()
    with database.transaction() as session:
        assert session.scalar(text("SELECT pg_backend_pid()")) != own


def test_an_id_that_many_send_at_once_is_taken_in_once(service) -> None:
    row = {"id": "the same", "text": "很好用", "created_at": "2026-03-01T09:30:00+08:00"}
    client = service.admin

    def post(number: int) -> dict[str, int]:
        return client.post("/v1/feedback", json=[row, row | {"id": f"own {number}"}]).json()

    with ThreadPoolExecutor(16) as callers:
        answers = list(callers.map(post, range(48)))
    assert sum(answer["accepted"] for answer in answers) == 49
    assert sum(answer["duplicates"] for answer in answers) == 47


def test_each_of_many_callers_hears_of_its_own_faults(service) -> None:
    client = service.admin

    def post(number: int) -> object:
        rows = [
            {"id": f"mine {number}", "text": "好", "created_at": "2026-03-01"},
            {"id": f"bad {number}", "text": "", "created_at": "2026-03-01"},
        ]
        language = "zh-CN" if number % 2 else "en"
        answer = client.post("/v1/feedback", json=rows, headers={"Accept-Language": language})
        return [(row["id"], row["status"]) for row in answer.json()["results"]]

    with ThreadPoolExecutor(16) as callers:
        answers = list(callers.map(post, range(48)))
    assert answers == [[(f"mine {n}", "accepted"), (f"bad {n}", "invalid")] for n in range(48)]
