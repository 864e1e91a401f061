"""Feedback as it may be kept (masked), what it says, and which products to look at again."""

from datetime import datetime

from sqlalchemy import Computed, ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from service.database.tables.base import Base, JsonObject

# The weights of nlp.surveillance.reach_of, as the database computes them.
REACH = "likes + saves + 2 * replies + 5 * reposts + impressions / 200 + author_followers / 50"


class Feedback(Base):
    """One piece of feedback; its text with personal data masked, the original nowhere.

    `known_at` is when the company came to know of it, where it says so; `received_at` is when we
    did.
    """

    __tablename__ = "feedback"

    id: Mapped[str] = mapped_column(primary_key=True)
    masked_text: Mapped[str]
    created_at: Mapped[datetime]
    channel: Mapped[str | None]
    platform: Mapped[str | None]
    author_id: Mapped[str | None]
    customer_id: Mapped[str | None]
    session_id: Mapped[str | None]
    turn: Mapped[int | None]
    role: Mapped[str | None]
    parent_id: Mapped[str | None]
    product: Mapped[str | None]
    industry: Mapped[str | None]
    region: Mapped[str | None]
    likes: Mapped[int]
    reposts: Mapped[int]
    saves: Mapped[int]
    replies: Mapped[int]
    impressions: Mapped[int] = mapped_column(server_default="0")
    author_followers: Mapped[int]
    rating: Mapped[float | None]
    reach: Mapped[int] = mapped_column(Computed(REACH, persisted=True))
    known_at: Mapped[datetime | None]
    received_at: Mapped[datetime]
    analysed_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(server_default="0")
    failure: Mapped[str | None]
    erased_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_feedback_time", text("created_at DESC"), text("id DESC")),
        Index("ix_feedback_product_time", "product", "created_at"),
        Index(
            "ix_feedback_customer", "customer_id", postgresql_where=text("customer_id IS NOT NULL")
        ),
        Index("ix_feedback_author", "author_id", postgresql_where=text("author_id IS NOT NULL")),
        Index("ix_feedback_waiting", "received_at", postgresql_where=text("analysed_at IS NULL")),
    )


class Signal(Base):
    """What one piece of feedback says: the columns of `nlp.schema.Signals` but the text."""

    __tablename__ = "signals"

    feedback_id: Mapped[str] = mapped_column(
        ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True
    )
    sentiment: Mapped[str]
    p_negative: Mapped[float]
    p_neutral: Mapped[float]
    p_positive: Mapped[float]
    confidence: Mapped[float]
    abstained: Mapped[bool]
    intents: Mapped[list[str]]
    complaint: Mapped[list[str]]
    severity: Mapped[int]
    targets: Mapped[list[JsonObject]]
    evidence: Mapped[list[JsonObject]]
    keyphrases: Mapped[list[str]]
    spam: Mapped[bool]
    model_version: Mapped[str]
    left_open: Mapped[list[str]] = mapped_column(server_default="{}")
    # Whether `evidence` is what it will be: a text read in a hurry gets its words later.
    explained: Mapped[bool] = mapped_column(server_default="true")

    __table_args__ = (
        Index("ix_signals_complaint", "complaint", postgresql_using="gin"),
        Index("ix_signals_unexplained", "feedback_id", postgresql_where=text("NOT explained")),
    )


class WatchMark(Base):
    """A product with new signals between two event times, not yet looked at by surveillance.

    Written in the transaction that stores the signals, and removed in the one that stores the
    alerts: a process that dies in between loses nothing. Looks that failed are counted, and the
    mark is passed over until `rests_until`, a clock time.
    """

    __tablename__ = "watch_marks"

    product: Mapped[str] = mapped_column(primary_key=True)
    since: Mapped[datetime]
    until: Mapped[datetime]
    failures: Mapped[int] = mapped_column(server_default="0")
    rests_until: Mapped[datetime | None]


class WatchLook(Base):
    """How often surveillance looked at a product; an erasure counts as well.

    What a process remembers of a product holds as long as nobody else has counted on.
    """

    __tablename__ = "watch_looks"

    product: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int]
