"""Whose an alert is, and who was told that a clock of it ran out."""

from datetime import datetime

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from service.database.tables.base import Base


class AlertOwner(Base):
    """The owner of an alert now; who had it before stands in the audit trail.

    `by_person` is false where a rule of the policy chose it.
    """

    __tablename__ = "alert_owners"

    alert_id: Mapped[str] = mapped_column(
        ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True
    )
    owner: Mapped[str] = mapped_column(index=True)
    team: Mapped[str | None]
    by_person: Mapped[bool]
    since: Mapped[datetime]


class AlertEscalation(Base):
    """One step of one run of a clock that is done: no worker does it again.

    `run` is the number of the audit line that started the clock. Where `told` is false the step
    was passed over, because something graver was due at the same time.
    """

    __tablename__ = "alert_escalations"

    alert_id: Mapped[str] = mapped_column(
        ForeignKey("alerts.id", ondelete="CASCADE"), primary_key=True
    )
    clock: Mapped[str] = mapped_column(primary_key=True)
    run: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[str] = mapped_column(primary_key=True)
    told: Mapped[bool]
    at: Mapped[datetime]
