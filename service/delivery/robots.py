"""What the three chat robots share: bodies in JSON, and answers with a code beside the status."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from service.delivery.letters import HttpRequest, Outcome, Reply
from service.delivery.webhook import verdict

JSON_TYPE = {"content-type": "application/json; charset=utf-8"}


def json_request(url: str, value: Mapping[str, Any]) -> HttpRequest:
    """Return a POST of JSON."""
    return HttpRequest(url, dict(JSON_TYPE), dumped(value).encode())


def dumped(value: object) -> str:
    """Return JSON as it is sent."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def json_size(text: str) -> int:
    """Return the bytes of a text inside a JSON body, its quotes and escapes counted."""
    return len(dumped(text).encode())


def coded(reply: Reply, field: str, crowded: Mapping[int, timedelta]) -> Outcome:
    """Return what an answer means: arrived only with status 200 and a code of 0.

    Parameters
    ----------
    field
        Where the code stands: `code` at Feishu, `errcode` elsewhere.
    crowded
        The codes that say "too many", and how long to wait then.
    """
    by_status = verdict(reply)
    if not by_status.delivered:
        return by_status
    code = _code(reply.body, field)
    if code is None:
        return Outcome("no code in the answer", reply.status)
    if code == 0:
        return Outcome(status=reply.status)
    wait = crowded.get(code)
    return Outcome(f"{field} {code}", reply.status, wait or reply.retry_after, crowded=bool(wait))


def _code(body: bytes, field: str) -> int | None:
    try:
        value = json.loads(body)
    except ValueError:
        return None
    code = value.get(field) if isinstance(value, dict) else None
    return code if isinstance(code, int) and not isinstance(code, bool) else None
