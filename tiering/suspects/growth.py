"""Followers that came at once: a jump between two snapshots that no posts of the account explain.

Rows of one account in the accounts table, each with its `known_at`, are its snapshots; what
became known after the moment of scoring is not among them.
"""

import narwhals as nw
import pyarrow as pa

from tiering.frames import Frame, attach, one_integer
from tiering.policy import GrowthPolicy
from tiering.times import DAY_US

MINUTES = 24 * 60
MINUTE_US = DAY_US // MINUTES
FIGURES = ("grown_from", "grown_by", "grown_days")
NO_GROWTH = pa.table(
    {
        "author_id": pa.array([], pa.string()),
        **{name: pa.array([], pa.int64()) for name in FIGURES},
    }
)


def with_growth(
    authors: Frame,
    snapshots: Frame | None,
    posts: Frame,
    policy: GrowthPolicy | None,
) -> Frame:
    """Return the authors with `sign_growth`, 1 where followers came at once, else 0.

    A jump is `daily_from` followers a day and `daily_share` of those before a day, between two
    snapshots that follow each other (less than a day counts as one), and more than
    `followers_per_reaction` times the reactions that posts of `lead_days` before it, up to its
    end, found. `grown_from`, `grown_by` and `grown_days` tell the largest one, null without any.

    Parameters
    ----------
    authors
        One row an `author_id`.
    snapshots
        `account_id`, `known_at` (microseconds; null is no snapshot) and `followers`, where known.
    posts
        `author_id`, `created_at` and `reactions`.
    """
    found = attach(NO_GROWTH, authors)
    if policy is not None and snapshots is not None:
        found = _largest(_unexplained(_jumps(snapshots, policy), posts, policy))
    joined = authors.join(found, on="author_id", how="left")
    return joined.with_columns(sign_growth=(~nw.col("grown_by").is_null()).cast(nw.Int64))


def _jumps(snapshots: Frame, policy: GrowthPolicy) -> Frame:
    """Return each sudden growth: `author_id`, `since`, `at`, `before`, `gained`, `minutes`."""
    known = snapshots.filter(~nw.col("known_at").is_null())
    at_once = known.group_by("account_id", "known_at").agg(nw.col("followers").max())
    in_order = {"order_by": ["known_at"]}
    spans = at_once.with_columns(
        since=nw.col("known_at").shift(1).over("account_id", **in_order),
        before=nw.col("followers").shift(1).over("account_id", **in_order),
    ).filter(~nw.col("since").is_null())
    minutes = (nw.col("known_at") - nw.col("since")) // MINUTE_US
    spans = spans.select(
        "since",
        "before",
        author_id=nw.col("account_id"),
        at=nw.col("known_at"),
        gained=nw.col("followers") - nw.col("before"),
        minutes=nw.when(minutes < MINUTES).then(MINUTES).otherwise(minutes),
    )
    a_day = nw.col("gained") * MINUTES
    share = nw.col("before") * policy.daily_share * nw.col("minutes")
    many = a_day >= nw.col("minutes") * policy.daily_from
    return spans.filter(many & (a_day >= share))


def _unexplained(jumps: Frame, posts: Frame, policy: GrowthPolicy) -> Frame:
    """Return the jumps that are more than the reactions of their days explain."""
    lead = policy.lead_days * DAY_US
    near = jumps.join(posts.select("author_id", "created_at", "reactions"), on="author_id")
    near = near.filter(
        (nw.col("created_at") > nw.col("since") - lead) & (nw.col("created_at") <= nw.col("at"))
    )
    found = near.group_by("author_id", "at").agg(nw.col("reactions").sum().alias("found"))
    told = jumps.join(found, on=["author_id", "at"], how="left")
    explained = nw.col("found").fill_null(0) * policy.followers_per_reaction
    return told.filter(nw.col("gained") > explained)


def _largest(jumps: Frame) -> Frame:
    """Return the largest jump of each account; of equal ones the first."""
    ranked = jumps.with_columns(smallness=-nw.col("gained"))
    place = nw.col("at").cum_count().over("author_id", order_by=["smallness", "at"])
    first = ranked.with_columns(place=place).filter(nw.col("place") == 1)
    days = (nw.col("minutes") + MINUTES // 2) // MINUTES
    found = first.select(
        "author_id",
        grown_from=nw.col("before").cast(nw.Int64),
        grown_by=nw.col("gained").cast(nw.Int64),
        grown_days=days.cast(nw.Int64),
    )
    return one_integer(found, FIGURES)
