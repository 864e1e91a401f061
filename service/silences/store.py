"""Silences in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from service.api.cursors import Slice, page
from service.database.tables import Silence
from service.silences.matching import Matchers, SilenceSpan
from service.silences.schemas import SilenceState

NEWEST_FIRST = {"created_at": Silence.created_at, "id": Silence.id}


def listed(
    session: Session,
    state: SilenceState | None,
    now: datetime,
    cursor: str | None,
    limit: int,
) -> Slice:
    """Return one page of silences that are in a state now (None: in any), the newest first."""
    query = select(Silence)
    if state is not None:
        query = query.where(_conditions(now)[state])
    return page(session, query, NEWEST_FIRST, cursor, limit)


def active(session: Session, now: datetime) -> list[SilenceSpan]:
    """Return the silences that hold now, the oldest first."""
    wanted = select(Silence).where(_conditions(now)["active"])
    found: Sequence[Silence] = session.scalars(wanted.order_by(Silence.created_at)).all()
    return [span_of(silence) for silence in found]


def span_of(row: Silence) -> SilenceSpan:
    """Return what the rules need of a row; one that was ended early is over from then on."""
    matchers = Matchers(row.product, row.product_glob, row.category, row.level)
    return SilenceSpan(row.id, matchers, row.starts_at, row.ended_at or row.ends_at)


def _conditions(now: datetime) -> Mapping[SilenceState, ColumnElement[bool]]:
    open_ended = Silence.ended_at.is_(None) & (Silence.ends_at > now)
    return {
        "pending": open_ended & (Silence.starts_at > now),
        "active": open_ended & (Silence.starts_at <= now),
        "expired": Silence.ended_at.is_not(None) | (Silence.ends_at <= now),
    }
