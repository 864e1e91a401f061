"""One run of the tiering job: from the tables of the database to tiers and influencers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.database import Database, keep_off_erasures
from service.database.tables import (
    DIMENSIONS,
    Account,
    Base,
    CustomerScore,
    Edge,
    Engagement,
    Feedback,
    Influencer,
    Order,
    ScoreRun,
    Signal,
)
from service.errors import NotFoundError
from service.logs import where

if TYPE_CHECKING:
    import pandas as pd

    import tiering

Columns = Mapping[str, InstrumentedAttribute[Any]]
CHUNK = 2000
LIFETIME = ("p_alive", "expected_orders_12m", "value_12m")


def _columns(table: type[Base], *names: str) -> dict[str, InstrumentedAttribute[Any]]:
    return {name: getattr(table, name) for name in names}


ORDERS = {
    **_columns(Order, "order_id", "customer_id", "ordered_at", "amount", "refunded_at", "known_at"),
    "refunded_fen": Order.refunded,
}
ENGAGEMENT = _columns(Engagement, "customer_id", "event", "at", "value", "known_at")
ACCOUNTS = _columns(
    Account,
    "account_id",
    "customer_id",
    "platform",
    "followers",
    "following",
    "posts",
    "verified",
    "created_at",
)
EDGES = _columns(Edge, "source", "target", "kind", "at")
SIGNALS = {
    **_columns(
        Feedback,
        "id",
        "created_at",
        "known_at",
        "customer_id",
        "author_id",
        "channel",
        "platform",
        "session_id",
        "turn",
        "role",
        "parent_id",
        "likes",
        "reposts",
        "saves",
        "replies",
        "author_followers",
        "masked_text",
    ),
    **_columns(Signal, "sentiment", "intents", "complaint", "severity", "abstained", "spam"),
}


def score_run(
    database: Database,
    now: Callable[[], datetime],
    run_id: int,
    policy: "tiering.Policy | None" = None,
) -> None:
    """Do one run that was asked for, by the shipped policy if by none; a failure stands in it.

    Raises
    ------
    NotFoundError
        There is no such run.
    """
    as_of = _begin(database, now(), run_id)
    if as_of is None:
        return
    try:
        with database.transaction() as session:
            keep_off_erasures(session)
            found = _score(session, policy, run_id, as_of)
            _end(session, run_id, now(), found)
    except Exception as error:
        structlog.get_logger("tingyin.scoring").warning("run failed", run=run_id, **where(error))
        with database.transaction() as session:
            _fail(session, run_id, now(), error)
        raise


def _begin(database: Database, now: datetime, run_id: int) -> datetime | None:
    """Mark a run as running and return its moment; None where it is done or being done."""
    with database.transaction() as session:
        run = session.get(ScoreRun, run_id, with_for_update=True)
        if run is None:
            raise NotFoundError(f"There is no run {run_id}.", f"没有编号为 {run_id} 的运行。")
        if run.state != "waiting":
            return None
        run.state, run.started_at = "running", now
        return run.as_of


def _end(
    session: Session, run_id: int, now: datetime, found: "tiering.ScoreRun[pd.DataFrame]"
) -> None:
    run = session.get_one(ScoreRun, run_id)
    run.state, run.finished_at, run.failure = "done", now, None
    run.customers = found.customers
    run.rows = {table: asdict(counts) for table, counts in found.rows.items()}


def _fail(session: Session, run_id: int, now: datetime, error: Exception) -> None:
    run = session.get_one(ScoreRun, run_id)
    run.state, run.finished_at, run.failure = "failed", now, type(error).__name__


def _score(
    session: Session, policy: "tiering.Policy | None", run_id: int, as_of: datetime
) -> "tiering.ScoreRun[pd.DataFrame]":
    import tiering

    found = tiering.score_run(
        _frame(session, ORDERS, Order),
        _frame(session, SIGNALS, Feedback),
        as_of=as_of,
        engagement=_frame_or_none(session, ENGAGEMENT, Engagement),
        accounts=_frame_or_none(session, ACCOUNTS, Account),
        edges=_frame_or_none(session, EDGES, Edge),
        policy=policy,
    )
    _store_scores(session, _rows(found.scores), run_id, as_of)
    if _is_newest(session, as_of):
        _store_influencers(session, _rows(found.authors), run_id, as_of)
    return found


def _frame(session: Session, columns: Columns, table: type[Base]) -> "pd.DataFrame":
    import pandas as pd

    wanted = select(*columns.values()).select_from(table)
    if table is Feedback:
        wanted = wanted.join(Signal, Signal.feedback_id == Feedback.id)
    rows = session.execute(wanted.execution_options(yield_per=CHUNK))
    return pd.DataFrame((tuple(row) for row in rows), columns=list(columns))


def _frame_or_none(session: Session, columns: Columns, table: type[Base]) -> "pd.DataFrame | None":
    """Return a table that anybody filled; where nobody did, its dimension is left out for all."""
    frame = _frame(session, columns, table)
    return None if frame.empty else frame


def _rows(frame: "pd.DataFrame") -> Iterator[dict[str, Any]]:
    """Yield the rows with None for what is missing, and reasons as plain lists."""
    plain = frame.astype(object).where(frame.notna(), None)
    for values in plain.itertuples(index=False, name=None):
        yield dict(zip(frame.columns, map(_plain, values), strict=True))


def _plain(value: Any) -> Any:  # noqa: ANN401 - a cell of any column
    return value.tolist() if hasattr(value, "tolist") else value


def _store_scores(
    session: Session, rows: Iterator[dict[str, Any]], run_id: int, as_of: datetime
) -> None:
    put = insert(CustomerScore)
    again = {
        column.key: put.excluded[column.key]
        for column in CustomerScore.__table__.columns
        if not column.primary_key
    }
    put = put.on_conflict_do_update(index_elements=["customer_id", "as_of"], set_=again)
    stored = (
        {
            **{name: row[name] for name in ("customer_id", "tier", "score", "influence", "band")},
            **{name: row[name] for name in ("reasons", "features_version", "policy_version")},
            "care": bool(row["care"]),
            "dimensions": {name: row[name] for name in DIMENSIONS},
            **{name: row.get(name) for name in LIFETIME},
            "as_of": as_of,
            "run_id": run_id,
        }
        for row in rows
    )
    for chunk in _chunks(stored):
        session.execute(put, chunk)


def _is_newest(session: Session, as_of: datetime) -> bool:
    """Return whether no run as of a later time was done: its influencers stay."""
    later = (ScoreRun.state == "done") & (ScoreRun.as_of > as_of)
    return not session.scalar(select(exists().where(later)))


def _store_influencers(
    session: Session, rows: Iterator[dict[str, Any]], run_id: int, as_of: datetime
) -> None:
    session.execute(delete(Influencer))
    columns = Influencer.__table__.columns.keys()
    known = ({name: row[name] for name in columns if name in row} for row in rows)
    stored = ({**row, "run_id": run_id, "as_of": as_of} for row in known)
    for chunk in _chunks(stored):
        session.execute(insert(Influencer), chunk)


def _chunks(rows: Iterator[dict[str, Any]]) -> Iterator[Sequence[dict[str, Any]]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk
