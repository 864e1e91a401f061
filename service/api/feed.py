"""A feed: entries of the database, streamed to many listeners by one task that asks for news.

Every entry has a position, and positions become visible in their order. So a listener that has
everything up to one position loses nothing and gets nothing twice, whenever it comes back. The
latest entries are kept here; who is further behind reads from the database.
"""

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import structlog

from service.errors import InputError, TooManyError, UnavailableError
from service.logs import where

PAUSE = 0.5
KEPT = 2000
AT_ONCE = 500
MOST_STREAMS = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing that happened: its position, its name, and what is told of it, as JSON."""

    position: int
    name: str
    data: str


class Source(Protocol):
    """Where entries come from; all of it asks the database, and may block."""

    def latest(self) -> int:
        """Return the highest position; 0 where there is no entry."""
        ...

    def after(self, position: int, limit: int) -> Sequence[Entry]:
        """Return the first entries after a position, in order."""
        ...

    def revoked(self, key_ids: Collection[int]) -> Collection[int]:
        """Return those of these keys that are worth nothing any more."""
        ...


class Ticket:
    """The right of one caller to one stream, and where it begins."""

    def __init__(self, key_id: int, position: int) -> None:
        self.key_id = key_id
        self.position = position
        self.ended = False


class Feed:
    """One feed of this process; `run` has to run for as long as it is listened to.

    Parameters
    ----------
    source
        Where entries come from.
    pause
        Seconds between two questions to it; none is asked while nobody listens.
    """

    def __init__(self, source: Source, pause: float = PAUSE) -> None:
        self._source = source
        self._pause = pause
        self._tickets: set[Ticket] = set()
        self._kept: deque[Entry] = deque()
        self._floor: int | None = None
        self._top = 0
        self._news = asyncio.Event()
        self._listened = asyncio.Event()
        self._closing = asyncio.Event()
        self._log = structlog.get_logger("tingyin.feed")

    async def run(self) -> None:
        """Ask for news while somebody listens, until closed.

        It is not to be cancelled: a question to the database is asked in a thread, which would
        go on and find the database closed.
        """
        while True:
            await self._listened.wait()
            if self._closed:
                return
            try:
                await self._ask()
            except Exception as error:  # noqa: BLE001 - the database may be away; it comes back
                self._log.warning("feed not read", **where(error))
            with suppress(TimeoutError):
                await asyncio.wait_for(self._closing.wait(), self._pause)

    @property
    def _closed(self) -> bool:
        return self._closing.is_set()

    def close(self) -> None:
        """End every stream, and open none any more."""
        self._closing.set()
        self._listened.set()
        self._tell()

    async def open(self, key_id: int, after: int | None) -> Ticket:
        """Return the right to a stream of what comes after a position (None: after now).

        Raises
        ------
        TooManyError
            The key has as many streams as it may.
        InputError
            There is no such position yet.
        UnavailableError
            The service is about to stop.
        """
        if self._closed:
            raise UnavailableError("The service is stopping.", "服务正在停止。")
        if Counter(ticket.key_id for ticket in self._tickets)[key_id] >= MOST_STREAMS:
            raise TooManyError(
                f"This key has {MOST_STREAMS} streams open; close one first.",
                f"该密钥已打开 {MOST_STREAMS} 个事件流，请先关闭一个。",
            )
        ticket = Ticket(key_id, 0)
        self._tickets.add(ticket)
        try:
            ticket.position = await self._beginning(after)
        except BaseException:
            self.leave(ticket)
            raise
        self._listened.set()
        return ticket

    def leave(self, ticket: Ticket) -> None:
        """Give the right to a stream back."""
        ticket.ended = True
        self._tickets.discard(ticket)
        if not self._tickets and not self._closed:
            self._listened.clear()
            self._floor = None

    async def entries(self, ticket: Ticket) -> AsyncIterator[Entry]:
        """Yield entries as they come, until the ticket or the feed ends."""
        while not (self._closed or ticket.ended):
            news = self._news
            found = await self._after(ticket.position)
            for entry in found:
                yield entry
                ticket.position = entry.position
            if not found:
                await news.wait()

    async def _beginning(self, after: int | None) -> int:
        latest = await asyncio.to_thread(self._source.latest)
        if after is not None and after > latest:
            raise InputError(
                f"There is no event {after} yet, the last one is {latest}; leave Last-Event-ID "
                "out to begin with the next.",
                f"尚无编号为 {after} 的事件，最后一个是 {latest}；"
                "省略 Last-Event-ID 即从下一个开始。",
            )
        return latest if after is None else after

    async def _after(self, position: int) -> Sequence[Entry]:
        if self._floor is not None and position >= self._floor:
            return [entry for entry in self._kept if entry.position > position]
        return await asyncio.to_thread(self._source.after, position, AT_ONCE)

    async def _ask(self) -> None:
        """Take in what is new, and end the streams of keys that were revoked."""
        keys = {ticket.key_id for ticket in self._tickets}
        revoked = await asyncio.to_thread(self._source.revoked, keys)
        if self._floor is None:
            top = await asyncio.to_thread(self._source.latest)
            self._kept.clear()
            self._floor = self._top = top
            self._tell()
        found = await asyncio.to_thread(self._source.after, self._top, AT_ONCE)
        for ticket in self._tickets:
            ticket.ended = ticket.ended or ticket.key_id in revoked
        self._keep(found)
        if found or revoked:
            self._tell()

    def _keep(self, found: Sequence[Entry]) -> None:
        if self._floor is None:
            return
        self._kept.extend(found)
        self._top = found[-1].position if found else self._top
        while len(self._kept) > KEPT:
            self._floor = self._kept.popleft().position

    def _tell(self) -> None:
        """Wake every stream that waits."""
        self._news.set()
        self._news = asyncio.Event()
