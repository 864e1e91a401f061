"""What customers did, and which tier they are in."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from service.database.tables.base import Base, JsonObject

DIMENSIONS = (
    "commercial",
    "social",
    "experience",
    "engagement",
    "content",
    "community",
    "risk",
)


class Order(Base):
    """One order; amounts in fen.

    `known_at` is when the company came to know of it, where it says so; `received_at` is when we
    did, which for a history sent later says nothing about what was known when.
    """

    __tablename__ = "orders"

    order_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str] = mapped_column(index=True)
    ordered_at: Mapped[datetime] = mapped_column(index=True)
    amount: Mapped[int]
    refunded: Mapped[int]
    refunded_at: Mapped[datetime | None]
    channel: Mapped[str | None]
    product: Mapped[str | None]
    known_at: Mapped[datetime | None]
    received_at: Mapped[datetime]


class Engagement(Base):
    """One thing a customer did: view, search, share, login, nps and the like."""

    __tablename__ = "engagement"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    customer_id: Mapped[str]
    event: Mapped[str]
    at: Mapped[datetime] = mapped_column(index=True)
    value: Mapped[float | None]
    known_at: Mapped[datetime | None]
    received_at: Mapped[datetime]

    __table_args__ = (UniqueConstraint("customer_id", "event", "at"),)


class Account(Base):
    """One social account."""

    __tablename__ = "accounts"

    account_id: Mapped[str] = mapped_column(primary_key=True)
    customer_id: Mapped[str | None] = mapped_column(index=True)
    platform: Mapped[str | None]
    followers: Mapped[int]
    following: Mapped[int | None]
    posts: Mapped[int | None]
    verified: Mapped[bool | None]
    created_at: Mapped[datetime | None]
    received_at: Mapped[datetime]


class Edge(Base):
    """One account follows, reposts or answers another."""

    __tablename__ = "edges"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    source: Mapped[str]
    target: Mapped[str]
    kind: Mapped[str]
    at: Mapped[datetime | None]
    received_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("source", "target", "kind", "at", postgresql_nulls_not_distinct=True),
    )


class ScoreRun(Base):
    """One run of the tiering job: who asked, as of when, and how it went.

    `rows` is, by table, what became of its rows: `tiering.RowCounts`; `daily` that the service
    asked by itself.
    """

    __tablename__ = "score_runs"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    as_of: Mapped[datetime]
    state: Mapped[str]
    requested_by: Mapped[str]
    requested_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    customers: Mapped[int | None]
    rows: Mapped[JsonObject | None]
    failure: Mapped[str | None]
    daily: Mapped[bool] = mapped_column(server_default="false")


class CustomerScore(Base):
    """The tier of one customer as of one time, with the reasons.

    `dimensions` holds `DIMENSIONS`, null where not measured; rows of older versions lack some.
    """

    __tablename__ = "customer_scores"

    customer_id: Mapped[str] = mapped_column(primary_key=True)
    as_of: Mapped[datetime] = mapped_column(primary_key=True)
    tier: Mapped[str]
    score: Mapped[float]
    dimensions: Mapped[JsonObject]
    influence: Mapped[float | None]
    band: Mapped[str | None]
    care: Mapped[bool]
    reasons: Mapped[list[JsonObject]]
    features_version: Mapped[str]
    policy_version: Mapped[str]
    p_alive: Mapped[float | None]
    expected_orders_12m: Mapped[float | None]
    value_12m: Mapped[int | None]
    run_id: Mapped[int] = mapped_column(ForeignKey("score_runs.id"))

    __table_args__ = (Index("ix_customer_scores_latest", "customer_id", "as_of"),)


class Influencer(Base):
    """How far one account is heard, by the last run; parts are 0 to 100, `kept` is 0 to 1."""

    __tablename__ = "influencers"

    author_id: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("score_runs.id"))
    as_of: Mapped[datetime]
    customer_id: Mapped[str | None]
    platform: Mapped[str | None]
    band: Mapped[str | None]
    followers: Mapped[int | None]
    posts: Mapped[int]
    reactions: Mapped[int]
    reach: Mapped[float]
    depth: Mapped[float]
    audience: Mapped[float | None]
    network: Mapped[float | None]
    kept: Mapped[float]
    influence: Mapped[float]
    reasons: Mapped[list[JsonObject]]

    __table_args__ = (Index("ix_influencers_influence", "influence", "author_id"),)
