"""Influencers: shown; accounts and edges taken in."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from nlp.message import Language
from service.api.bodies import BadRow, BulkResult, GoodRow, Status, bulk_result
from service.influencers import store
from service.influencers.schemas import AccountIn, EdgeIn, InfluencerOut, InfluencerPage


def show_page(
    session: Session, filters: store.Filters, cursor: str | None, limit: int
) -> InfluencerPage:
    """Return one page of influencers."""
    found = store.listed(session, filters, cursor, limit)
    items = [InfluencerOut.model_validate(row[0], from_attributes=True) for row in found.rows]
    return InfluencerPage(items=items, next_cursor=found.next_cursor)


def take_accounts(
    session: Session,
    rows: tuple[Sequence[GoodRow[AccountIn]], Sequence[BadRow]],
    now: datetime,
    language: Language,
) -> BulkResult:
    """Store accounts; of several rows of one account the last counts."""
    good, bad = rows
    last = {entry.row.account_id: entry.row for entry in good}
    known = store.known_accounts(session, list(last))
    changed = store.put_accounts(
        session, [row.model_dump() | {"received_at": now} for row in last.values()]
    )

    def outcome(entry: GoodRow[AccountIn]) -> tuple[str, Status]:
        own = entry.row.account_id
        if own not in changed or last[own] is not entry.row:
            return own, "duplicate"
        return own, "updated" if own in known else "accepted"

    return bulk_result(good, bad, outcome, language)


def take_edges(
    session: Session,
    rows: tuple[Sequence[GoodRow[EdgeIn]], Sequence[BadRow]],
    now: datetime,
    language: Language,
) -> BulkResult:
    """Store edges; one that is known already is a duplicate."""
    good, bad = rows
    first = {_link(entry.row): entry.row for entry in reversed(good)}
    stored = [row.model_dump() | {"received_at": now} for row in first.values()]
    fresh = set(store.add_edges(session, stored))

    def outcome(entry: GoodRow[EdgeIn]) -> tuple[None, Status]:
        own = _link(entry.row)
        status: Status = "accepted" if own in fresh else "duplicate"
        fresh.discard(own)
        return None, status

    return bulk_result(good, bad, outcome, language)


def _link(row: EdgeIn) -> store.Link:
    return row.source, row.target, row.kind, row.at
