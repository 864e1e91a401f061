"""Feishu (Lark) custom robots: a rich-text post, signed in the body.

Facts: open.feishu.cn, "custom bot": 5 a second and 100 a minute, 20 KB, codes 11232 (too many) and
19021 (signature); full and half hours are crowded and better avoided.
"""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from service.delivery.happened import Happened
from service.delivery.letters import HttpRequest, Letter, Outcome, Part, Reply, Style
from service.delivery.messages import body, title
from service.delivery.rates import Limit
from service.delivery.robots import coded, json_request, json_size
from service.delivery.signing import feishu_signature
from service.delivery.splitting import split

LIMITS = (Limit(5, timedelta(seconds=1)), Limit(100, timedelta(minutes=1)))
LARGEST_TEXT = 18_000
LINGER = timedelta(seconds=90)
CROWDED = {11232: timedelta(minutes=1), 9499: timedelta(minutes=1)}


def parts(events: Sequence[Happened], style: Style) -> list[Part]:
    """Return the message in parts; 2,000 bytes of the 20,000 are for what stands around it."""
    heading = title(events, style.language)
    return [Part(heading, text) for text in split(body(events, style), LARGEST_TEXT, json_size)]


def request(letter: Letter) -> HttpRequest:
    """Return the POST, signed where the robot has a secret."""
    content = [[{"tag": "text", "text": letter.part.text}]]
    value: dict[str, Any] = {
        "msg_type": "post",
        "content": {"post": {"zh_cn": {"title": letter.part.title, "content": content}}},
    }
    if letter.secrets:
        seconds = int(letter.at.timestamp())
        signature = feishu_signature(letter.secrets[0], seconds)
        value |= {"timestamp": str(seconds), "sign": signature}
    return json_request(letter.target, value)


def verdict(reply: Reply) -> Outcome:
    """Return what the answer means."""
    return coded(reply, "code", CROWDED)
