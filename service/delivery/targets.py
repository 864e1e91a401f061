"""What a target and a secret must be for each kind of channel, and how a target is shown."""

import re
from contextlib import suppress

from service.delivery.signing import is_webhook_secret, new_secret
from service.delivery.ssrf import Networks, Resolve, checked, port_of, resolve, split_url
from service.errors import InputError

MOST_RECIPIENTS = 50
UNSIGNED = ("wecom", "email")
MAILBOX = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9.-]{1,190}\.[A-Za-z0-9-]+")


def usable_target(kind: str, target: str, allowed: Networks, resolving: Resolve = resolve) -> str:
    """Return a target as it is stored.

    A host that has no address now is taken all the same: it may have one when something is sent.

    Raises
    ------
    InputError
        It is no such address, or leads where nothing may be sent.
    """
    if kind == "email":
        return "\n".join(_recipients(target))
    url = split_url(target.strip())
    with suppress(OSError, UnicodeError):
        checked(url.hostname or "", port_of(url), allowed, resolving)
    return target.strip()


def usable_secret(kind: str, secret: str | None) -> str | None:
    """Return the secret as it is stored; for a webhook one is made where none is given.

    Raises
    ------
    InputError
        The channel has none, or one of another form.
    """
    if kind in UNSIGNED and secret is not None:
        raise InputError(
            f"A route of kind {kind} has no secret; leave it out.",
            f"{kind} 类路由没有签名密钥，请省略。",
        )
    if kind != "webhook":
        return secret
    if secret is not None and not is_webhook_secret(secret):
        raise InputError(
            "The secret of a webhook must be `whsec_` and 24 to 64 bytes in base64; leave it out, "
            "and one is made.",
            "webhook 的密钥须为 `whsec_` 加 24 至 64 字节的 base64；省略则自动生成。",
        )
    return secret or new_secret()


def next_secret(kind: str, secret: str | None) -> str | None:
    """Return the secret that takes the place of another; only that of a webhook is made here.

    Raises
    ------
    InputError
        The channel has none, or one that its operator makes and that is not given.
    """
    if kind in UNSIGNED:
        raise InputError(
            f"A route of kind {kind} has no secret to rotate; for another address use PATCH.",
            f"{kind} 类路由没有可更换的密钥；更换地址请用 PATCH。",
        )
    if kind != "webhook" and secret is None:
        raise InputError(
            "Give the robot's new secret in `secret`; only that of a webhook is made here.",
            "请在 `secret` 中填入机器人的新密钥；仅 webhook 的密钥由本服务生成。",
        )
    return usable_secret(kind, secret)


def shown(kind: str, target: str) -> str:
    """Return a target without what may be secret in it: path and query, names of people.

    >>> shown("wecom", "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1")
    'https://qyapi.weixin.qq.com/…'
    >>> shown("email", "wang@example.com")
    'w…@example.com'
    """
    if kind == "email":
        every = (each.partition("@") for each in target.splitlines())
        return ", ".join(f"{name[:1]}…@{host}" for name, _, host in every)
    url = split_url(target)
    return f"{url.scheme}://{url.netloc}/…"


def _recipients(target: str) -> list[str]:
    found = [each.strip() for each in re.split(r"[,;，；]", target) if each.strip()]
    fine = all(MAILBOX.fullmatch(each) for each in found)
    if not fine or not 1 <= len(found) <= MOST_RECIPIENTS:
        raise InputError(
            f"The target of an email route must be 1 to {MOST_RECIPIENTS} addresses such as "
            "name@example.com, separated by commas.",
            f"邮件路由的目标须为 1 至 {MOST_RECIPIENTS} 个形如 name@example.com 的地址，"
            "以逗号分隔。",
        )
    return list(dict.fromkeys(found))
