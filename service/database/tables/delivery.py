"""What happened to alerts, whom it is told to, and how far that has come."""

from datetime import datetime

from sqlalchemy import DateTime, ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from service.database.tables.base import Base, JsonObject


class OutboxEvent(Base):
    """One change of one alert, written in the transaction that made it.

    `snapshot` holds what a message needs, masked. `expanded_at` says when its deliveries were made.
    `untold` marks news that was kept back, and that nobody has heard since.
    """

    __tablename__ = "outbox_events"

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), index=True)
    event: Mapped[str]
    level: Mapped[int]
    at: Mapped[datetime]
    snapshot: Mapped[JsonObject]
    expanded_at: Mapped[datetime | None]
    untold: Mapped[bool]

    __table_args__ = (
        Index("ix_outbox_events_untold", "alert_id", postgresql_where=text("untold")),
        Index("ix_outbox_events_fresh", "number", postgresql_where=text("expanded_at IS NULL")),
    )


class Route(Base):
    """Who is told what, and by which channel.

    `sealed_…` columns are encrypted. `bucket` names the target for the channel's limit; routes with
    the same target share it. The columns from `lease` on belong to the worker: a lease keeps two
    messages of one route from being sent at once, and ends by itself when its worker is killed.
    """

    __tablename__ = "routes"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    name: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]
    sealed_target: Mapped[str]
    target_hint: Mapped[str]
    bucket: Mapped[str]
    sealed_secret: Mapped[str | None]
    sealed_old_secret: Mapped[str | None]
    old_secret_until: Mapped[datetime | None]
    format: Mapped[str]
    language: Mapped[str]
    products: Mapped[list[str]]
    categories: Mapped[list[str]]
    level: Mapped[int]
    events: Mapped[list[str]]
    roles: Mapped[list[str]]
    quiet_hours: Mapped[JsonObject | None]
    window_seconds: Mapped[int]
    rate_per_minute: Mapped[int | None]
    enabled: Mapped[bool]
    disabled_because: Mapped[str | None]
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    changed_at: Mapped[datetime]
    lease: Mapped[str | None]
    leased_until: Mapped[datetime | None]
    not_before: Mapped[datetime | None]
    failures: Mapped[int]
    served_at: Mapped[datetime | None]


class Delivery(Base):
    """One event on its way to one route.

    Deliveries that are sent as one message share `message_id`, which is set before the first try
    and never changes.
    """

    __tablename__ = "deliveries"

    id: Mapped[int] = mapped_column(Identity(), primary_key=True)
    event_number: Mapped[int] = mapped_column(
        ForeignKey("outbox_events.number", ondelete="CASCADE")
    )
    route_id: Mapped[int] = mapped_column(ForeignKey("routes.id", ondelete="CASCADE"))
    state: Mapped[str]
    message_id: Mapped[str | None]
    parts_sent: Mapped[int]
    attempts: Mapped[int]
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    delivered_at: Mapped[datetime | None]
    last_error: Mapped[str | None]
    last_status: Mapped[int | None]

    __table_args__ = (
        UniqueConstraint("event_number", "route_id"),
        Index("ix_deliveries_due", "route_id", "due_at", postgresql_where=text("state='waiting'")),
        Index("ix_deliveries_message", "message_id"),
        Index("ix_deliveries_state", "state", "id"),
    )


class DeliveryAttempt(Base):
    """One try to send one message: how long it took and what came of it; no text, no address."""

    __tablename__ = "delivery_attempts"

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    route_id: Mapped[int] = mapped_column(ForeignKey("routes.id", ondelete="CASCADE"), index=True)
    message_id: Mapped[str] = mapped_column(index=True)
    at: Mapped[datetime] = mapped_column(index=True)
    seconds: Mapped[float]
    status: Mapped[int | None]
    error: Mapped[str | None]


class RateWindow(Base):
    """When the last messages went to one target."""

    __tablename__ = "rate_windows"

    bucket: Mapped[str] = mapped_column(primary_key=True)
    sent_at: Mapped[list[datetime]] = mapped_column(ARRAY(DateTime(timezone=True)))
