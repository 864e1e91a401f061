"""Influencers in the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.api.cursors import Slice, asked, page
from service.database.tables import Account, Edge, Influencer

STRONGEST_FIRST = {"influence": Influencer.influence, "author_id": Influencer.author_id}
CHANGEABLE = (
    "customer_id",
    "platform",
    "followers",
    "following",
    "posts",
    "verified",
    "created_at",
)
Link = tuple[str, str, str, datetime | None]


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


def known_accounts(session: Session, ids: Sequence[str]) -> frozenset[str]:
    """Return those of the ids that are stored already."""
    return frozenset(session.scalars(select(Account.account_id).where(Account.account_id.in_(ids))))


def put_accounts(session: Session, rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Store the accounts that are new or changed, each id once, and return their ids."""
    if not rows:
        return frozenset()
    put = insert(Account)
    put = put.on_conflict_do_update(
        index_elements=["account_id"],
        set_={name: put.excluded[name] for name in (*CHANGEABLE, "received_at")},
        where=or_(
            *(getattr(Account, name).is_distinct_from(put.excluded[name]) for name in CHANGEABLE)
        ),
    )
    ordered = sorted(rows, key=lambda row: str(row["account_id"]))
    return frozenset(session.scalars(put.returning(Account.account_id), ordered).all())


def add_edges(session: Session, rows: Sequence[Mapping[str, Any]]) -> frozenset[Link]:
    """Store the edges that are new and return them as (source, target, kind, time)."""
    if not rows:
        return frozenset()
    ordered = sorted(rows, key=lambda row: (row["source"], row["target"], row["kind"]))
    new = insert(Edge).on_conflict_do_nothing()
    returned = new.returning(Edge.source, Edge.target, Edge.kind, Edge.at)
    return frozenset((r[0], r[1], r[2], r[3]) for r in session.execute(returned, ordered))
