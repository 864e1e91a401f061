"""Whether an agent has answered what was said: later in its session, or under its post."""

import narwhals as nw

from tiering.frames import Frame
from tiering.schema import MOST_COUNT

BEFORE_ALL, AFTER_ALL = -1, MOST_COUNT + 1
"""Where texts and answers stand whose `turn` is not known."""


def with_waiting(signals: Frame) -> Frame:
    """Return checked signals with `waiting`: 0 where an agent's turn comes after the text, else 1.

    After is by time, and at equal times by `turn`: many transcripts have one time for all turns.
    Where a turn is not known, an agent's turn of the same moment counts as the answer, because
    nothing on record says that the text went without one.
    """
    agents = signals.filter(nw.col("role") == "agent").with_columns(
        turn=nw.col("turn").fill_null(AFTER_ALL)
    )
    in_session, under_post = (_last_by(key, agents) for key in ("session_id", "parent_id"))
    joined = signals.join(in_session, on="session_id", how="left").join(
        under_post.rename({"parent_id": "id"}), on="id", how="left"
    )
    answered = _comes_after("session_id") | _comes_after("parent_id")
    return joined.with_columns(waiting=1 - answered.cast(nw.Int64)).drop(
        "session_id_time", "session_id_turn", "parent_id_time", "parent_id_turn"
    )


def _last_by(key: str, agents: Frame) -> Frame:
    """Return time and turn of the last agent's turn of each session, or under each post."""
    keyed = agents.filter(~nw.col(key).is_null())
    timed = keyed.with_columns(last=nw.col("created_at").max().over(key))
    return (
        timed.filter(nw.col("created_at") == nw.col("last"))
        .group_by(key)
        .agg(nw.col("last").max().alias(f"{key}_time"), nw.col("turn").max().alias(f"{key}_turn"))
    )


def _comes_after(key: str) -> nw.Expr:
    time, turn = nw.col(f"{key}_time"), nw.col(f"{key}_turn")
    same_moment = time == nw.col("created_at")
    later_turn = turn > nw.col("turn").fill_null(BEFORE_ALL)
    after = (time > nw.col("created_at")) | (same_moment & later_turn)
    return after.fill_null(value=False)
