"""Alerts, the feedback that proves them, and one line for every change."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.database.tables.base import Base, JsonObject


class Alert(Base):
    """One incident of one fingerprint: what the detector found last, and where its life stands.

    `onset`, `until`, `last_evidence_at` and `resolve_point` are event times (when people wrote);
    `raised_at`, `changed_at` and `suppressed_until` are clock times (when we acted).
    """

    __tablename__ = "alerts"

    id: Mapped[str] = mapped_column(primary_key=True)
    fingerprint: Mapped[str]
    incident: Mapped[int]
    product: Mapped[str]
    category: Mapped[str | None]
    state: Mapped[str]
    version: Mapped[int]
    level: Mapped[int]
    severity: Mapped[int]
    onset: Mapped[datetime]
    until: Mapped[datetime]
    bins: Mapped[list[str]]
    observed: Mapped[int]
    expected: Mapped[float]
    upper: Mapped[int]
    p: Mapped[float]
    categories: Mapped[list[JsonObject]]
    authors: Mapped[list[JsonObject]]
    coordinated_share: Mapped[float]
    coordinated_ids: Mapped[list[str]]
    suspected_coordination: Mapped[bool]
    keyphrases: Mapped[list[str]]
    quotes: Mapped[list[JsonObject]]
    reasons: Mapped[list[JsonObject]]
    last_evidence_at: Mapped[datetime]
    resolve_point: Mapped[datetime | None]
    suppressed_until: Mapped[datetime | None]
    raised_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("fingerprint", "incident"),
        Index("ix_alerts_raised", text("raised_at DESC"), text("id DESC")),
        Index("ix_alerts_product_onset", "product", "onset"),
        Index(
            "ix_alerts_suppressed", "suppressed_until", postgresql_where=text("state='suppressed'")
        ),
    )


class AlertEvidence(Base):
    """One piece of feedback that proves one alert."""

    __tablename__ = "alert_evidence"

    alert_id: Mapped[str] = mapped_column(
        ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True
    )
    feedback_id: Mapped[str] = mapped_column(
        ForeignKey("feedback.id", ondelete="CASCADE"), primary_key=True, index=True
    )
    added_at: Mapped[datetime]


class AlertChange(Base):
    """One line of the audit trail; its number orders the changes of all alerts."""

    __tablename__ = "alert_changes"

    number: Mapped[int] = mapped_column(Identity(), primary_key=True)
    alert_id: Mapped[str] = mapped_column(ForeignKey("alerts.id", ondelete="CASCADE"), index=True)
    at: Mapped[datetime]
    who: Mapped[str]
    event: Mapped[str]
    from_state: Mapped[str | None]
    to_state: Mapped[str]
    version: Mapped[int]
    note: Mapped[str | None]
    level: Mapped[int | None]
