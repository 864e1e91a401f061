"""What many callers ask for at once, done by one statement: one journey to the database for all.

While one statement is under way, whoever comes waits; the next one is for all who wait. So a
caller alone waits for nobody, nothing is answered before its statement has committed, and under
load the cost of a journey and of a commit is shared.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

from sqlalchemy.orm import Session

from service.database import Database
from service.errors import UnavailableError

MOST_AT_ONCE = 256

Item = TypeVar("Item")
Result = TypeVar("Result")
Work = Callable[[Session, Sequence[Item]], Sequence[Result]]
"""One result for each item, in their order, by one statement (`Database.statement`). It may be
called again with some of the items, where it failed with all."""


class Together:
    """The shared statements of one process, by what is done with them.

    Used in one event loop; `close` waits for what is under way.
    """

    def __init__(self, database: Database) -> None:
        self._database = database
        self._groups: dict[Work[Any, Any], _Group[Any, Any]] = {}

    async def __call__(self, work: Work[Item, Result], item: Item) -> Result:
        """Return what `work` makes of `item`, after the commit.

        Raises
        ------
        Exception
            What `work` raises for this item; others that came with it do not notice.
        UnavailableError
            The database cannot be reached.
        """
        if work not in self._groups:
            self._groups[work] = _Group(self._database, work)
        group: _Group[Item, Result] = self._groups[work]
        return await group.add(item)

    async def close(self) -> None:
        """Finish what is under way."""
        for group in self._groups.values():
            await group.close()


class _Group(Generic[Item, Result]):
    """Those who wait for the same work, and the one thread that does it."""

    def __init__(self, database: Database, work: Work[Item, Result]) -> None:
        self._database = database
        self._work = work
        self._waiting: deque[tuple[Item, asyncio.Future[Result]]] = deque()
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="together")
        self._running: asyncio.Task[None] | None = None

    async def add(self, item: Item) -> Result:
        future: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._waiting.append((item, future))
        if self._running is None:
            self._running = asyncio.create_task(self._run())
        return await future

    async def close(self) -> None:
        if self._running is not None:
            await self._running
        self._thread.shutdown()

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            count = min(len(self._waiting), MOST_AT_ONCE)
            group = [self._waiting.popleft() for _ in range(count)]
            items = [item for item, _ in group]
            outcomes = await loop.run_in_executor(self._thread, self._outcomes, items)
            for (_, future), outcome in zip(group, outcomes, strict=True):
                _settle(future, outcome)
        self._running = None

    def _outcomes(self, items: Sequence[Item]) -> Sequence[Result | BaseException]:
        """Return what became of each item; where all fail together, each is tried alone."""
        try:
            with self._database.statement() as session:
                return self._work(session, items)
        except UnavailableError as error:
            return [error] * len(items)
        except Exception as error:  # noqa: BLE001 - it is raised to whom it belongs
            if len(items) == 1:
                return [error]
        return [self._outcomes([item])[0] for item in items]


def _settle(future: asyncio.Future[Result], outcome: Result | BaseException) -> None:
    if future.done():  # its caller went away
        return
    if isinstance(outcome, BaseException):
        future.set_exception(outcome)
    else:
        future.set_result(outcome)
