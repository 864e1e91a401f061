"""What is sent and what came of it: the values that channels, posting and worker pass around."""

from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from nlp.message import Language


@dataclass(frozen=True, slots=True)
class Style:
    """How messages are written: language, zone of the times, and the format of a webhook."""

    language: Language
    zone: tzinfo
    format: str = "standard"


@dataclass(frozen=True, slots=True)
class Part:
    """One thing to send: a title, and a text that fits the channel (for a webhook, its body)."""

    title: str
    text: str


@dataclass(frozen=True, slots=True)
class Letter:
    """One part on its way; shown without where it goes and the secrets.

    Attributes
    ----------
    message_id
        The same for every try; receivers know by it what they have seen.
    target
        Address of the webhook or robot; for mail the recipients, one a line.
    secrets
        The newest first; more than one while a rotation overlaps.
    """

    kind: str
    message_id: str
    part: Part
    at: datetime
    target: str
    secrets: tuple[str, ...]

    def __repr__(self) -> str:
        return f"Letter(kind={self.kind!r}, message_id={self.message_id!r})"


@dataclass(frozen=True, slots=True, repr=False)
class HttpRequest:
    """A POST to be made."""

    url: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, repr=False)
class Reply:
    """What a host answered: status, the first bytes of the body, Retry-After where given."""

    status: int
    body: bytes = b""
    retry_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of one try; nothing in it is a text of anybody.

    Attributes
    ----------
    error
        None where it was delivered; else a word such as `timeout`, `refused`, `http 500`,
        `errcode 310000`.
    status
        HTTP status, or the reply code of a mail server; None where none came.
    gone
        The receiver wants nothing any more: the route is switched off.
    crowded
        The receiver takes no more for now.
    """

    error: str | None = None
    status: int | None = None
    retry_after: timedelta | None = None
    gone: bool = False
    crowded: bool = False

    @property
    def delivered(self) -> bool:
        """Whether it arrived."""
        return self.error is None
