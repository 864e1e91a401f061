"""WeCom group robots: markdown of 4,096 bytes; the key in the address is the secret.

Facts: work.weixin.qq.com/api/doc/90000/90136/91770: 20 a minute; 45009 is its code for too many.
"""

from collections.abc import Sequence
from datetime import timedelta

from service.delivery.happened import Happened
from service.delivery.letters import HttpRequest, Letter, Outcome, Part, Reply, Style
from service.delivery.messages import body, title
from service.delivery.rates import Limit
from service.delivery.robots import coded, json_request
from service.delivery.splitting import byte_length, split

LIMITS = (Limit(20, timedelta(minutes=1)),)
LARGEST = 4096
CROWDED = {45009: timedelta(minutes=1)}


def parts(events: Sequence[Happened], style: Style) -> list[Part]:
    """Return the message in parts, each under the same title."""
    heading = title(events, style.language)
    left = LARGEST - byte_length(_markdown(heading, ""))
    return [Part(heading, text) for text in split(body(events, style), left)]


def request(letter: Letter) -> HttpRequest:
    """Return the POST."""
    content = _markdown(letter.part.title, letter.part.text)
    return json_request(letter.target, {"msgtype": "markdown", "markdown": {"content": content}})


def verdict(reply: Reply) -> Outcome:
    """Return what the answer means."""
    return coded(reply, "errcode", CROWDED)


def _markdown(heading: str, text: str) -> str:
    return f"**{heading}**\n{text}"
