"""DingTalk custom robots: markdown, signed in the query.

Facts: open.dingtalk.com, "custom robot": 20 a minute, beyond it shut for about 10 minutes (130101).
"""

from collections.abc import Sequence
from datetime import timedelta
from urllib.parse import urlencode, urlsplit, urlunsplit

from service.delivery.happened import Happened
from service.delivery.letters import HttpRequest, Letter, Outcome, Part, Reply, Style
from service.delivery.messages import body, title
from service.delivery.rates import Limit
from service.delivery.robots import coded, json_request, json_size
from service.delivery.signing import dingtalk_signature
from service.delivery.splitting import split

LIMITS = (Limit(20, timedelta(minutes=1)),)
LARGEST_TEXT = 18_000
CROWDED = {130101: timedelta(minutes=10), 410100: timedelta(minutes=10)}


def parts(events: Sequence[Happened], style: Style) -> list[Part]:
    """Return the message in parts; a blank line after each, or markdown would join them."""
    heading = title(events, style.language)
    text = body(events, style).replace("\n", "\n\n")
    return [Part(heading, part) for part in split(text, LARGEST_TEXT, json_size)]


def request(letter: Letter) -> HttpRequest:
    """Return the POST, signed where the robot has a secret."""
    text = f"### {letter.part.title}\n\n{letter.part.text}"
    value = {"msgtype": "markdown", "markdown": {"title": letter.part.title, "text": text}}
    return json_request(_signed(letter), value)


def verdict(reply: Reply) -> Outcome:
    """Return what the answer means."""
    return coded(reply, "errcode", CROWDED)


def _signed(letter: Letter) -> str:
    if not letter.secrets:
        return letter.target
    milliseconds = int(letter.at.timestamp() * 1000)
    signature = dingtalk_signature(letter.secrets[0], milliseconds)
    proof = urlencode({"timestamp": milliseconds, "sign": signature})
    url = urlsplit(letter.target)
    return urlunsplit(url._replace(query=f"{url.query}&{proof}" if url.query else proof))
