"""The address at which the changes of alerts are streamed."""

from collections.abc import AsyncIterator
from typing import Annotated

import structlog
from fastapi import APIRouter, Header, Query
from sse_starlette import EventSourceResponse, ServerSentEvent
from starlette.types import Receive, Scope, Send

from service.api.described import problems
from service.api.feed import Feed, Ticket
from service.api.rights import Called, allow
from service.api.services import Running
from service.errors import UnavailableError
from service.logs import where

router = APIRouter(prefix="/v1/alerts", tags=["alerts 告警"])
HEARTBEAT = 15
RETRY_MS = 2000
LARGEST = 2**62
EXAMPLE = (
    "id: 42\r\nevent: acknowledge\r\n"
    'data: {"alert_id": "3f0c…", "event": "acknowledge", "from_state": "firing", '
    '"to_state": "acknowledged", "version": 2, "product": "暖风机 A1", "level": 2, …}\r\n\r\n'
)


class _Stream(EventSourceResponse):
    """A response that gives its ticket back however it ends."""

    def __init__(self, feed: Feed, ticket: Ticket) -> None:
        super().__init__(_events(feed, ticket), ping=HEARTBEAT)
        self._feed = feed
        self._ticket = ticket

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send events until the feed, the ticket or the connection ends."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._feed.leave(self._ticket)


@router.get(
    "/stream",
    summary="Stream what happens to alerts 实时推送告警的变动",
    dependencies=[allow("pr", "support")],
    responses=problems(422, 429)
    | {200: {"description": "Events 事件", "content": {"text/event-stream": {"example": EXAMPLE}}}},
    response_class=EventSourceResponse,
)
async def stream_alerts(
    running: Running,
    caller: Called,
    last_event_id: Annotated[
        int | None,
        Header(ge=0, le=LARGEST, description="The last event that you have 已收到的最后事件"),
    ] = None,
    after: Annotated[
        int | None,
        Query(
            ge=0,
            le=LARGEST,
            description="The same, where no header can be sent; 0 for all 同上，0 为全部",
        ),
    ] = None,
) -> EventSourceResponse:
    """Server-Sent Events, one for each line of the audit trail, without names and texts.

    Who comes back with Last-Event-ID gets all that happened since, in order, nothing twice; who
    comes without gets what happens from now on. Five streams for each key.
    审计记录每行一个事件，不含人名与文本；带 Last-Event-ID 重连可续传，不漏不重。
    每个密钥至多五个流。
    """
    begin = last_event_id if last_event_id is not None else after
    ticket = await running.feed.open(caller.key_id, begin)
    return _Stream(running.feed, ticket)


async def _events(feed: Feed, ticket: Ticket) -> AsyncIterator[ServerSentEvent]:
    """Yield the events of a feed; the first only says where the stream begins."""
    yield ServerSentEvent(id=str(ticket.position), retry=RETRY_MS)
    try:
        async for entry in feed.entries(ticket):
            yield ServerSentEvent(id=str(entry.position), event=entry.name, data=entry.data)
    except UnavailableError as error:
        # The stream ends; its reader comes back with the last id that it has.
        structlog.get_logger("tingyin.feed").warning("stream ended", **where(error))
