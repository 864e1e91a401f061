"""Alerts, the feedback that proves them, and one line for every change."""

from datetime import datetime

from sqlalchemy import ForeignKey, Identity, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from service.database.tables.base import Base, JsonObject


class Alert(Base):
    """One incident of one fingerprint: what the detector found last, and where its life stands.

    `onset`, `until`, `last_evidence_at` and `resolve_point` are event times (when people wrote);
    `raised_at`, `changed_at`, `suppressed_until` and `acknowledged_until` are clock times (when we
    acted).
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
    acknowledged_until: Mapped[datetime | None]
    raised_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    __table_args__ = (
        UniqueConstraint("fingerprint", "incident"),
        Index("ix_alerts_raised", text("raised_at DESC"), text("id DESC")),
        Index("ix_alerts_product_onset", "product", "onset"),
        Index(
            "ix_alerts_suppressed", "suppressed_until", postgresql_where=text("state='suppressed'")
        ),
        Index(
            "ix_alerts_acknowledged",
            "acknowledged_until",
            postgresql_where=text("state='acknowledged'"),
        ),
        Index(
            "ix_alerts_open",
            "raised_at",
            "id",
            postgresql_where=text("state <> 'resolved'"),
        ),
        Index("ix_alerts_product_raised", "product", "raised_at", "id"),
        Index("ix_alerts_category_raised", "category", "raised_at", "id"),
        Index("ix_alerts_level", "level"),
        Index("ix_alerts_onset", "onset"),
        Index("ix_alerts_changed", "changed_at"),
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
    """One line of the audit trail; its number orders the changes of all alerts.

    Lines are only ever added: the database refuses to change one, and to delete one whose alert
    remains. `position` is their place in the order in which they became visible. It is given at
    the commit, by the database: who has read up to one position never finds a lower one later,
    which does not hold of numbers.
    """

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
    position: Mapped[int | None] = mapped_column(unique=True)


class AlertReview(Base):
    """One version of what was learnt from an alert; the highest version is the one that holds."""

    __tablename__ = "alert_reviews"

    alert_id: Mapped[str] = mapped_column(
        ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True
    )
    version: Mapped[int] = mapped_column(primary_key=True)
    what_happened: Mapped[str]
    cause: Mapped[str]
    actions: Mapped[list[str]]
    lessons: Mapped[str]
    who: Mapped[str]
    written_at: Mapped[datetime]

    __table_args__ = (Index("ix_alert_reviews_written", "written_at", "alert_id"),)
