"""One POST to a host that is not trusted: checked address, no redirect, bounded time and answer."""

import asyncio
import ssl
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult

import httpx

from service.delivery.letters import HttpRequest, Outcome, Reply
from service.delivery.ssrf import Networks, Resolve, checked, port_of, resolve, split_url
from service.delivery.trust import trusted
from service.errors import AddressRefusedError

MOST_READ = 64 * 1024


@dataclass(frozen=True, slots=True)
class Wire:
    """How to get out.

    Attributes
    ----------
    allowed
        Own networks that may be called.
    timeout, connect_timeout
        Seconds: of all together, and of the connection.
    """

    allowed: Networks = ()
    timeout: float = 15.0
    connect_timeout: float = 5.0
    resolving: Resolve = resolve
    trusted: ssl.SSLContext = field(default_factory=trusted)


def post(request: HttpRequest, wire: Wire) -> Reply | Outcome:
    """Return what the host answered, or why it did not; never raises for what a host does.

    The words of errors are left out: they hold the address, which may hold a secret.
    """
    try:
        return asyncio.run(_in_time(request, wire))
    except AddressRefusedError:
        return Outcome("address refused")
    except (TimeoutError, httpx.TimeoutException):
        return Outcome("timeout")
    except ssl.SSLError:
        return Outcome("tls")
    except httpx.ConnectError as error:
        return Outcome("tls" if _is_tls(error) else "connection")
    except (OSError, UnicodeError):
        return Outcome("host not found")
    except (httpx.HTTPError, httpx.InvalidURL):
        return Outcome("broken answer")


def _is_tls(error: BaseException | None) -> bool:
    """Return whether an error comes of one of TLS, however deep."""
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


async def _in_time(request: HttpRequest, wire: Wire) -> Reply:
    async with asyncio.timeout(wire.timeout):
        url = split_url(request.url)
        host, port = url.hostname or "", port_of(url)
        addresses = await asyncio.to_thread(checked, host, port, wire.allowed, wire.resolving)
        return await _first_that_connects(request, wire, url, addresses)


async def _first_that_connects(
    request: HttpRequest, wire: Wire, url: SplitResult, addresses: tuple[str, ...]
) -> Reply:
    for address in addresses[:-1]:
        with suppress(httpx.ConnectError, httpx.ConnectTimeout):
            return await _posted(request, wire, url, address)
    return await _posted(request, wire, url, addresses[-1])


async def _posted(request: HttpRequest, wire: Wire, url: SplitResult, address: str) -> Reply:
    """Post to an address under the name of its host: Host header and certificate are the name's."""
    host = f"[{address}]" if ":" in address else address
    there = url._replace(netloc=f"{host}:{port_of(url)}", fragment="").geturl()
    headers = {
        "host": url.netloc,
        "user-agent": "Tingyin",
        "accept-encoding": "identity",
        **request.headers,
    }
    timeout = httpx.Timeout(wire.timeout, connect=wire.connect_timeout)
    async with (
        httpx.AsyncClient(verify=wire.trusted, timeout=timeout, trust_env=False) as client,
        client.stream(
            "POST",
            there,
            content=request.body,
            headers=headers,
            follow_redirects=False,
            extensions={"sni_hostname": url.hostname},
        ) as answer,
    ):
        return Reply(answer.status_code, await _head(answer), retry_after(answer.headers))


async def _head(answer: httpx.Response) -> bytes:
    body = b""
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) >= MOST_READ:
            break
    return body[:MOST_READ]


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> timedelta | None:
    """Return what `Retry-After` asks for, in seconds or as a date; None where it says neither."""
    text = headers.get("retry-after", "").strip()
    if text.isascii() and text.isdigit() and len(text) < 10:
        return timedelta(seconds=int(text))
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return max(moment.astimezone(UTC) - (now or datetime.now(UTC)), timedelta(0))
