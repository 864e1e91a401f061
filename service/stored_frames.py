"""The stored tables as frames with the columns of their contracts, of everybody or of some."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.database.tables import (
    DIMENSIONS,
    Account,
    Base,
    CustomerScore,
    Edge,
    Engagement,
    Feedback,
    Order,
    Signal,
)

if TYPE_CHECKING:
    import pandas as pd

Columns = Mapping[str, InstrumentedAttribute[Any]]
CHUNK = 2000


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
        "impressions",
        "author_followers",
        "masked_text",
    ),
    **_columns(Signal, "sentiment", "intents", "complaint", "severity", "abstained", "spam"),
}


SCORE = ("customer_id", "tier", "score", "influence", "band", "care")
LIFETIME = ("p_alive", "expected_orders_12m", "value_12m")
PROFILE = (*SCORE, *LIFETIME, *DIMENSIONS)
"""The columns of a score that are stored, as `tiering.score` names them."""


def frame_of(
    session: Session, columns: Columns, table: type[Base], *of: ColumnElement[bool]
) -> "pd.DataFrame":
    """Return the rows of a table for which all conditions hold; feedback as far as analysed."""
    import pandas as pd

    wanted = select(*columns.values()).select_from(table).where(*of)
    if table is Feedback:
        wanted = wanted.join(Signal, Signal.feedback_id == Feedback.id)
    rows = session.execute(wanted.execution_options(yield_per=CHUNK))
    return pd.DataFrame((tuple(row) for row in rows), columns=list(columns))


def frame_or_none(
    session: Session, columns: Columns, table: type[Base], *of: ColumnElement[bool]
) -> "pd.DataFrame | None":
    """Return a table that anybody filled; where nobody did, its dimension is left out for all."""
    frame = frame_of(session, columns, table, *of)
    return None if frame.empty else frame


def frame_of_scores(scores: Iterable[CustomerScore]) -> "pd.DataFrame":
    """Return stored scores with the columns of `PROFILE`, and `as_of` as text."""
    import pandas as pd

    rows = [
        {name: getattr(score, name) for name in (*SCORE, *LIFETIME)}
        | {name: score.dimensions.get(name) for name in DIMENSIONS}
        | {"as_of": score.as_of.isoformat()}
        for score in scores
    ]
    frame = pd.DataFrame(rows, columns=[*PROFILE, "as_of"])
    return frame.astype(dict.fromkeys(("score", "influence", *LIFETIME, *DIMENSIONS), "float64"))
