"""An export on its way to a webhook: signed, tried again, and gone on with where it stopped.

How far a receiver has it is noted beside the file after every chunk. A chunk that arrived while
its answer was lost goes out again under its old id, by which the receiver knows it.
"""

import hashlib
import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from service.delivery.letters import HttpRequest, Outcome
from service.delivery.posting import Wire, post
from service.delivery.signing import is_webhook_secret, webhook_headers
from service.delivery.ssrf import split_url
from service.delivery.webhook import verdict
from service.errors import InputError, OutputError
from service.export.messages import Chunk
from service.files.replacing import replacing

WAITS = (timedelta(seconds=1), timedelta(seconds=5))
"""Waits between the tries of one chunk; the receiver may ask for longer ones."""
LONGEST_WAIT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True, repr=False)
class Target:
    """Where an export goes; shown without address and secrets, which may both be secret."""

    url: str
    secrets: tuple[str, ...]

    @property
    def host(self) -> str:
        """The host, which is told in reports."""
        return split_url(self.url).hostname or ""

    def fingerprint(self) -> str:
        """Return what tells this address from others, and does not tell the address."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:16]


@dataclass(frozen=True, slots=True)
class Sent:
    """How many messages went out now, and how many an earlier run had brought there."""

    now: int
    before: int


@dataclass(frozen=True, slots=True)
class Clock:
    """The time, and how to wait; given, so that a test need not."""

    now: Callable[[], datetime]
    sleep: Callable[[float], None]


def read_target(url: str, secret_file: Path) -> Target:
    """Return a target with the secrets of a file, one a line: several while they are changed.

    Raises
    ------
    InputError
        The file cannot be read, or a line is no `whsec_` secret; it is not shown.
    AddressRefusedError
        The address cannot be one to post to.
    """
    split_url(url)
    try:
        lines = secret_file.read_text(encoding="utf-8").split()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(
            f"{secret_file} cannot be read as a file of secrets; write whsec_… on one line",
            f"{secret_file} 无法作为密钥文件读取；请在一行内写入 whsec_…",
        ) from error
    if not lines or not all(map(is_webhook_secret, lines)):
        raise InputError(
            f"{secret_file} must hold whsec_ and 24 to 64 bytes in base64 on every line",
            f"{secret_file} 的每一行须为 whsec_ 加 24 至 64 字节的 base64",
        )
    return Target(url, tuple(lines))


def sent_path(output: Path) -> Path:
    """Return where it is noted how far an export was sent: `OUT.sent.json`."""
    return output.with_name(output.name + ".sent.json")


def send_export(
    messages: Iterable[Chunk], export_id: str, target: Target, wire: Wire, place: Path, clock: Clock
) -> Sent:
    """Send the messages that the target does not have yet, in their order.

    Parameters
    ----------
    place
        Where it is noted how far it went, see `sent_path`.

    Raises
    ------
    OutputError
        The receiver does not take a message; the same call goes on from there.
    """
    known = {"export_id": export_id, "target": target.fingerprint()}
    before, now = _known(place, known), 0
    for chunk in messages:
        if chunk.number < before:
            continue
        outcome = _tried(chunk, target, wire, clock)
        if not outcome.delivered:
            raise _not_delivered(chunk, target, outcome)
        now += 1
        with replacing(place) as stream:
            stream.write(json.dumps(known | {"sent": chunk.number + 1}).encode() + b"\n")
    return Sent(now, before)


def _known(place: Path, wanted: dict[str, str]) -> int:
    """Return how many messages of this export the target has by the note; 0 without one."""
    try:
        found = json.loads(place.read_bytes())
    except (OSError, ValueError):
        return 0
    if not isinstance(found, dict) or any(found.get(key) != wanted[key] for key in wanted):
        return 0
    sent = found.get("sent")
    return sent if isinstance(sent, int) and sent >= 0 else 0


def _tried(chunk: Chunk, target: Target, wire: Wire, clock: Clock) -> Outcome:
    outcome = _posted(chunk, target, wire, clock.now())
    for wait in WAITS:
        longer = max(wait, outcome.retry_after or timedelta(0))
        hopeless = outcome.gone or outcome.error == "address refused" or longer > LONGEST_WAIT
        if outcome.delivered or hopeless:
            break
        clock.sleep(longer.total_seconds())
        outcome = _posted(chunk, target, wire, clock.now())
    return outcome


def _posted(chunk: Chunk, target: Target, wire: Wire, at: datetime) -> Outcome:
    signed = webhook_headers(chunk.body, chunk.message_id, at, target.secrets)
    headers = {"content-type": "application/json"} | signed
    answer = post(HttpRequest(target.url, headers, chunk.body.encode()), wire)
    return answer if isinstance(answer, Outcome) else verdict(answer)


def _not_delivered(chunk: Chunk, target: Target, outcome: Outcome) -> OutputError:
    wait = "" if outcome.retry_after is None else f", Retry-After {outcome.retry_after}"
    private = outcome.error == "address refused"
    en = "; allow its network in TINGYIN_DELIVERY_NETWORKS" if private else ""
    zh = "；请在 TINGYIN_DELIVERY_NETWORKS 中放行其网络" if private else ""
    return OutputError(
        f"{target.host} did not take message {chunk.number} ({outcome.error}{wait}){en}; the same "
        "command goes on from there",
        f"{target.host} 未接收第 {chunk.number} 条消息（{outcome.error}{wait}）{zh}；"
        "重新运行同一命令即从此处继续",
    )
