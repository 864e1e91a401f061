"""One run of the tiering job: from the tables of the database to tiers and influencers."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import structlog
from sqlalchemy import delete, exists, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from service.database import Database, keep_off_erasures
from service.database.tables import (
    DIMENSIONS,
    Account,
    CustomerScore,
    Edge,
    Engagement,
    Feedback,
    Influencer,
    Order,
    ScoreRun,
)
from service.errors import NotFoundError
from service.logs import where
from service.stored_frames import (
    ACCOUNTS,
    EDGES,
    ENGAGEMENT,
    LIFETIME,
    ORDERS,
    SIGNALS,
    frame_of,
    frame_or_none,
)

if TYPE_CHECKING:
    import pandas as pd

    import tiering

CHUNK = 2000
After = Callable[[Session, datetime], None]


def score_run(
    database: Database,
    now: Callable[[], datetime],
    run_id: int,
    policy: "tiering.Policy | None" = None,
    after: After | None = None,
) -> None:
    """Do one run that was asked for, by the shipped policy if by none; a failure stands in it.

    `after` is called in a transaction of its own once a run is done that none of a later time came
    before; what it cannot do is logged, and costs the run nothing.

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
    if after is not None:
        _go_on(database, run_id, as_of, after)


def _go_on(database: Database, run_id: int, as_of: datetime, after: After) -> None:
    try:
        with database.transaction() as session:
            keep_off_erasures(session)
            if _is_newest(session, as_of):
                after(session, as_of)
    except Exception as error:  # noqa: BLE001 - the run is done and stays so
        log = structlog.get_logger("tingyin.scoring")
        log.warning("what follows a run failed", run=run_id, **where(error))


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
        frame_of(session, ORDERS, Order),
        frame_of(session, SIGNALS, Feedback),
        as_of=as_of,
        engagement=frame_or_none(session, ENGAGEMENT, Engagement),
        accounts=frame_or_none(session, ACCOUNTS, Account),
        edges=frame_or_none(session, EDGES, Edge),
        policy=policy,
    )
    _store_scores(session, _rows(found.scores), run_id, as_of)
    if _is_newest(session, as_of):
        _store_influencers(session, _rows(found.authors), run_id, as_of)
    return found


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
