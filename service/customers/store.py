"""Orders, engagement and scores in the database."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.database.tables import CustomerScore, Engagement, Order, ScoreRun

CHANGEABLE = (
    "customer_id",
    "ordered_at",
    "amount",
    "refunded",
    "refunded_at",
    "channel",
    "product",
    "known_at",
)
Moment = tuple[str, str, datetime]


def known_orders(session: Session, ids: Sequence[str]) -> frozenset[str]:
    """Return those of the ids that are stored already."""
    return frozenset(session.scalars(select(Order.order_id).where(Order.order_id.in_(ids))))


def put_orders(session: Session, rows: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """Store the orders that are new or changed, each id once, and return their ids."""
    if not rows:
        return frozenset()
    put = insert(Order)
    put = put.on_conflict_do_update(
        index_elements=["order_id"],
        set_={name: put.excluded[name] for name in (*CHANGEABLE, "received_at")},
        where=or_(
            *(getattr(Order, name).is_distinct_from(put.excluded[name]) for name in CHANGEABLE)
        ),
    )
    ordered = sorted(rows, key=lambda row: str(row["order_id"]))
    return frozenset(session.scalars(put.returning(Order.order_id), ordered).all())


def add_engagement(session: Session, rows: Sequence[Mapping[str, Any]]) -> frozenset[Moment]:
    """Store the events that are new and return them as (customer, event, time)."""
    if not rows:
        return frozenset()
    ordered = sorted(rows, key=lambda row: (row["customer_id"], row["event"], row["at"]))
    new = insert(Engagement).on_conflict_do_nothing()
    returned = new.returning(Engagement.customer_id, Engagement.event, Engagement.at)
    return frozenset((row[0], row[1], row[2]) for row in session.execute(returned, ordered))


def latest_score(
    session: Session, customer_id: str, as_of: datetime | None
) -> CustomerScore | None:
    """Return the newest score of a customer, not later than `as_of` when it is given."""
    wanted = select(CustomerScore).where(CustomerScore.customer_id == customer_id)
    if as_of is not None:
        wanted = wanted.where(CustomerScore.as_of <= as_of)
    return session.scalars(wanted.order_by(CustomerScore.as_of.desc()).limit(1)).one_or_none()


def add_run(session: Session, as_of: datetime, who: str, now: datetime) -> ScoreRun:
    """Note a run that is to be done."""
    run = ScoreRun(as_of=as_of, state="waiting", requested_by=who, requested_at=now)
    session.add(run)
    session.flush()
    return run


def get_run(session: Session, run_id: int) -> ScoreRun | None:
    """Return one run, or None."""
    return session.get(ScoreRun, run_id)
