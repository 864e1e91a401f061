"""The kinds of channel, in one table: limits, parts, and what an answer means."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType

from service.delivery import dingtalk, feishu, mail, webhook, wecom
from service.delivery.happened import Happened
from service.delivery.letters import HttpRequest, Letter, Outcome, Part, Reply, Style
from service.delivery.rates import Limit
from service.errors import InputError


@dataclass(frozen=True, slots=True)
class Channel:
    """One kind of channel.

    Attributes
    ----------
    limits
        What its operator allows.
    parts
        Events to what is sent, each part within the operator's size.
    linger
        How much later than asked quiet hours end: what they held back goes out after the rush.
    request, verdict
        How it is posted, and what the answer means; None for mail.
    """

    limits: tuple[Limit, ...]
    parts: Callable[[Sequence[Happened], Style], list[Part]]
    request: Callable[[Letter], HttpRequest] | None
    verdict: Callable[[Reply], Outcome] | None
    linger: timedelta = timedelta(0)


CHANNELS: Mapping[str, Channel] = MappingProxyType(
    {
        "webhook": Channel((), webhook.parts, webhook.request, webhook.verdict),
        "feishu": Channel(
            feishu.LIMITS, feishu.parts, feishu.request, feishu.verdict, feishu.LINGER
        ),
        "dingtalk": Channel(dingtalk.LIMITS, dingtalk.parts, dingtalk.request, dingtalk.verdict),
        "wecom": Channel(wecom.LIMITS, wecom.parts, wecom.request, wecom.verdict),
        "email": Channel(mail.LIMITS, mail.parts, None, None),
    }
)


def channel(kind: str) -> Channel:
    """Return a kind of channel by its name.

    Raises
    ------
    InputError
        There is none of this name.
    """
    if kind not in CHANNELS:
        known = ", ".join(CHANNELS)
        raise InputError(
            f"There is no channel {kind!r}; known are {known}.",
            f"没有渠道 {kind!r}；已知的有 {known}。",
        )
    return CHANNELS[kind]
