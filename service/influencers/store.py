"""Influencers in the database."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from service.api.cursors import Slice, asked, page
from service.database.tables import Influencer

STRONGEST_FIRST = {"influence": Influencer.influence, "author_id": Influencer.author_id}


@dataclass(frozen=True, slots=True)
class Filters:
    """Which influencers are asked for; None asks for all."""

    platform: str | None = None
    band: str | None = None
    at_least: float | None = None


def listed(session: Session, filters: Filters, cursor: str | None, limit: int) -> Slice:
    """Return one page of rows (influencer), the strongest first."""
    conditions = asked(
        (filters.platform, Influencer.platform.__eq__),
        (filters.band, Influencer.band.__eq__),
        (filters.at_least, Influencer.influence.__ge__),
    )
    return page(session, select(Influencer).where(*conditions), STRONGEST_FIRST, cursor, limit)
