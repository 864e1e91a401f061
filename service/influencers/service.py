"""Influencers: shown."""

from sqlalchemy.orm import Session

from service.influencers import store
from service.influencers.schemas import InfluencerOut, InfluencerPage


def show_page(
    session: Session, filters: store.Filters, cursor: str | None, limit: int
) -> InfluencerPage:
    """Return one page of influencers."""
    found = store.listed(session, filters, cursor, limit)
    items = [InfluencerOut.model_validate(row[0], from_attributes=True) for row in found.rows]
    return InfluencerPage(items=items, next_cursor=found.next_cursor)
