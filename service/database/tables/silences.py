"""Silences: which alerts nobody wants to hear of, from when to when."""

from datetime import datetime

from sqlalchemy.orm import Mapped, mapped_column

from service.database.tables.base import Base


class Silence(Base):
    """Matchers that must all hold (NULL holds always), a span of time, who wants it, and why.

    `ended_at` says that somebody ended it before its time.
    """

    __tablename__ = "silences"

    id: Mapped[str] = mapped_column(primary_key=True)
    product: Mapped[str | None]
    product_glob: Mapped[str | None]
    category: Mapped[str | None]
    level: Mapped[int | None]
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime] = mapped_column(index=True)
    who: Mapped[str]
    comment: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(index=True)
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str | None]
