"""One log line and one measurement for each request, and no error that leaves without an answer.

The line names the route as it is declared (`/v1/customers/{customer_id}/score`), never the address
as it was called, which names a person.
"""

import time
import uuid
from dataclasses import dataclass, field

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nlp.errors import TingyinError
from service.api.languages import language_of
from service.api.metrics import Metrics
from service.api.problems import INTERNAL, KINDS, problem
from service.logs import where

UNMATCHED = "(no route)"


@dataclass(slots=True)
class _Seen:
    """What is known of one request so far."""

    request_id: str = field(default_factory=lambda: uuid.uuid4().hex[:16])
    began: float = field(default_factory=time.perf_counter)
    status: int = 0
    failure: dict[str, object] = field(default_factory=dict)


class Observing:
    """ASGI middleware, the outermost one: logs, measures, and answers 500 when all else fails."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics
        self.log = structlog.get_logger("tingyin.http")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and watch how it ends."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen = _Seen()
        try:
            await self.app(scope, receive, _watching(send, seen))
        except Exception as error:  # noqa: BLE001 - the last place that can still answer
            seen.failure = where(error)
            if seen.status == 0:
                await _answer_500(scope, receive, _watching(send, seen))
        finally:
            self._record(scope, seen)

    def _record(self, scope: Scope, seen: _Seen) -> None:
        seconds = time.perf_counter() - seen.began
        route = getattr(scope.get("route"), "path_format", UNMATCHED)
        method = scope["method"] if route != UNMATCHED else "ANY"
        self.metrics.requests.labels(route, method, str(seen.status)).inc()
        self.metrics.latency.labels(route, method).observe(seconds)
        log = self.log.error if seen.failure else self.log.info
        log(
            "request",
            request_id=seen.request_id,
            method=method,
            route=route,
            status=seen.status,
            milliseconds=round(seconds * 1000, 1),
            caller=scope.get("state", {}).get("caller"),
            **seen.failure,
        )


def _watching(send: Send, seen: _Seen) -> Send:
    async def watching(message: Message) -> None:
        if message["type"] == "http.response.start":
            seen.status = message["status"]
            message = {
                **message,
                "headers": [*message["headers"], (b"x-request-id", seen.request_id.encode())],
            }
        await send(message)

    return watching


async def _answer_500(scope: Scope, receive: Receive, send: Send) -> None:
    accepted = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    await problem(KINDS[TingyinError], INTERNAL, language_of(accepted))(scope, receive, send)
