"""No request body larger than the limit, whatever its headers say."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from nlp.message import Message as Sentence
from service.api.languages import language_of
from service.api.problems import KINDS, problem
from service.errors import TooLargeError


class _BodyTooLargeError(Exception):
    """The body went over the limit while it was read."""


class BodyLimit:
    """ASGI middleware that answers 413 as soon as more than `limit` bytes are announced or come."""

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, counting its bytes."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        announced = headers.get(b"content-length", b"0")
        if not announced.isdigit() or int(announced) > self.limit:
            await self._refuse(headers, scope, receive, send)
            return
        await self._counted(headers, scope, receive, send)

    async def _counted(
        self, headers: dict[bytes, bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        seen = 0
        started = False

        async def counting() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > self.limit:
                raise _BodyTooLargeError
            return message

        async def sending(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, counting, sending)
        except _BodyTooLargeError:
            if started:
                raise
            await self._refuse(headers, scope, receive, send)

    async def _refuse(
        self, headers: dict[bytes, bytes], scope: Scope, receive: Receive, send: Send
    ) -> None:
        language = language_of(headers.get(b"accept-language", b"").decode("latin-1"))
        detail = Sentence(
            f"The body may have at most {self.limit:,} bytes; send it in parts.",
            f"请求体最多 {self.limit:,} 字节，请分批发送。",
        )
        answer = problem(KINDS[TooLargeError], detail, language, headers={"Connection": "close"})
        await answer(scope, receive, send)
