"""What the sample is made of while it is being made: pieces of feedback and links."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Occasion:
    """When and about which product (its key) something is said.

    `handle` names the piece until all are sorted by time and numbered; `parent` is the handle of
    the piece that it answers or reposts.
    """

    handle: str
    moment: datetime
    product: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of feedback before it has its number; `source` is its hand-written text's key."""

    handle: str
    text: str
    created_at: datetime
    channel: str
    platform: str
    source: str
    product: str
    region: str = ""
    author_id: str = ""
    customer_id: str = ""
    session_id: str = ""
    turn: int | None = None
    role: str = "customer"
    parent: str = ""
    likes: int = 0
    reposts: int = 0
    saves: int = 0
    replies: int = 0
    author_followers: int | None = None
    rating: int | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """`source` follows, reposts or answers `target` (account ids)."""

    source: str
    target: str
    kind: str
    at: datetime
