"""Customers: orders and engagement taken in, runs asked for, scores shown."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from nlp.message import Language
from service.api.bodies import BadRow, BulkResult, GoodRow, Status, bulk_result
from service.customers import store
from service.customers.schemas import EngagementIn, OrderIn, RunOut, ScoreOut
from service.database.tables import DIMENSIONS
from service.errors import NotFoundError


def take_orders(
    session: Session,
    rows: tuple[Sequence[GoodRow[OrderIn]], Sequence[BadRow]],
    now: datetime,
    language: Language,
) -> BulkResult:
    """Store orders; one that is known and differs (a refund, say) replaces what was known.

    Where a body names the same order twice, its last row counts.
    """
    good, bad = rows
    last = {entry.row.order_id: entry.row for entry in good}
    known = store.known_orders(session, list(last))
    changed = store.put_orders(
        session, [row.model_dump() | {"received_at": now} for row in last.values()]
    )

    def outcome(entry: GoodRow[OrderIn]) -> tuple[str, Status]:
        own = entry.row.order_id
        if own not in changed or last[own] is not entry.row:
            return own, "duplicate"
        return own, "updated" if own in known else "accepted"

    return bulk_result(good, bad, outcome, language)


def take_engagement(
    session: Session,
    rows: tuple[Sequence[GoodRow[EngagementIn]], Sequence[BadRow]],
    now: datetime,
    language: Language,
) -> BulkResult:
    """Store what customers did; an event that is known already is a duplicate."""
    good, bad = rows
    first = {_moment(entry.row): entry.row for entry in reversed(good)}
    stored = [row.model_dump() | {"received_at": now} for row in first.values()]
    fresh = set(store.add_engagement(session, stored))

    def outcome(entry: GoodRow[EngagementIn]) -> tuple[None, Status]:
        own = _moment(entry.row)
        status: Status = "accepted" if own in fresh else "duplicate"
        fresh.discard(own)
        return None, status

    return bulk_result(good, bad, outcome, language)


def _moment(row: EngagementIn) -> store.Moment:
    return row.customer_id, row.event, row.at


def ask_for_run(session: Session, as_of: datetime, who: str, now: datetime) -> RunOut:
    """Note a run of the tiering job."""
    return RunOut.model_validate(store.add_run(session, as_of, who, now), from_attributes=True)


def show_run(session: Session, run_id: int) -> RunOut:
    """Return one run.

    Raises
    ------
    NotFoundError
        There is no such run.
    """
    run = store.get_run(session, run_id)
    if run is None:
        raise NotFoundError("There is no run with this number.", "没有此编号的运行。")
    return RunOut.model_validate(run, from_attributes=True)


def show_score(session: Session, customer_id: str, as_of: datetime | None) -> ScoreOut:
    """Return the newest score of a customer.

    Raises
    ------
    NotFoundError
        The customer was never scored, or not so early.
    """
    score = store.latest_score(session, customer_id, as_of)
    if score is None:
        raise NotFoundError(
            "This customer has no score yet; post orders and start a run at /v1/scores/run.",
            "该客户尚无评分；请先提交订单，再通过 /v1/scores/run 运行评分。",
        )
    shown = ScoreOut.model_validate(score, from_attributes=True)
    measured = {name: shown.dimensions.get(name) for name in DIMENSIONS}
    return shown.model_copy(update={"dimensions": measured})
