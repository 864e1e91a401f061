"""Who may call: keys, remembered replies, and receipts of erasure."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity
from sqlalchemy.orm import Mapped, mapped_column

from service.database.tables.base import Base, JsonObject


class ApiKey(Base):
    """A key, as its hash; the key itself is shown once and never stored."""

    __tablename__ = "api_keys"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    key_hash: Mapped[str] = mapped_column(unique=True)
    scopes: Mapped[list[str]]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    revoked_at: Mapped[datetime | None]


class RememberedReply(Base):
    """What was answered to a request that carried an Idempotency-Key."""

    __tablename__ = "remembered_replies"

    key_id: Mapped[int] = mapped_column(
        ForeignKey("api_keys.id", ondelete="CASCADE"), primary_key=True
    )
    idempotency_key: Mapped[str] = mapped_column(primary_key=True)
    request_hash: Mapped[str]
    reply: Mapped[JsonObject | None]
    created_at: Mapped[datetime] = mapped_column(index=True)


class Erasure(Base):
    """The receipt of one erasure: how many rows, and a hash in place of the person's id."""

    __tablename__ = "erasures"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    customer_hash: Mapped[str] = mapped_column(index=True)
    salt: Mapped[str]
    erased_at: Mapped[datetime]
    erased_by: Mapped[str]
    counts: Mapped[JsonObject]
