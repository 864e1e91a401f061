"""The plain figures of accounts: sums over their posts, and what the accounts table knows."""

import narwhals as nw
import pyarrow as pa

from tiering.authors import with_author
from tiering.coordination import with_coordination
from tiering.curves import decayed
from tiering.frames import Frame, attach
from tiering.opinion import SUMS as OPINIONS
from tiering.opinion import opinion_of
from tiering.policy import InfluencePolicy
from tiering.quality import SUMS as QUALITIES
from tiering.quality import quality_of
from tiering.reactions import all_reactions, counted, worth_of
from tiering.times import Moment, day_of


def posts_of_authors(
    signals: Frame, accounts: Frame | None, moment: Moment, policy: InfluencePolicy
) -> Frame:
    """Return the posts of checked signals with their author and what is summed of each.

    Turns of agents and support transcripts are no posts, and who is not known has none.
    """
    said = signals.filter(
        (nw.col("role").fill_null("") != "agent")
        & (nw.col("channel").fill_null("") != "transcript")
    )
    written = with_author(said, accounts).filter(~nw.col("author").is_null())
    posts = with_coordination(written, policy.coordination)
    weight = decayed(moment.day - day_of(nw.col("created_at")), policy.half_life_days)
    return posts.select(
        "customer_id",
        "platform",
        "created_at",
        "spam",
        "coordinated",
        author_id=nw.col("author"),
        reactions=all_reactions(),
        impressions=counted("impressions"),
        fresh=worth_of(policy.reactions) * weight,
        likes=counted("likes"),
        replies=counted("replies"),
        seen_followers=nw.col("author_followers"),
        **quality_of(policy.depth),
        **opinion_of(weight),
    )


SUMS = (
    "reactions",
    "impressions",
    "fresh",
    "likes",
    "replies",
    "spam",
    "coordinated",
    *QUALITIES,
    *OPINIONS,
)


def figures_of_authors(posts: Frame, accounts: Frame | None, moment: Moment) -> Frame:
    """Return the plain figures of every account that posted or that the accounts name."""
    figures = (
        posts.group_by("author_id")
        .agg(
            nw.len().alias("posts"),
            nw.col(*SUMS).sum(),
            nw.col("seen_followers").max(),
            nw.col("customer_id", "platform").min(),
        )
        .rename({"customer_id": "posts_customer", "platform": "posts_platform"})
    )
    known = attach(NO_ACCOUNTS, posts) if accounts is None else _known(accounts, moment)
    everyone = nw.concat([figures.select("author_id"), known.select("author_id")]).unique()
    joined = everyone.join(figures, on="author_id", how="left")
    joined = joined.join(known, on="author_id", how="left")
    return joined.with_columns(
        nw.col("posts", *SUMS).fill_null(0).cast(nw.Int64),
        customer_id=nw.coalesce("account_customer", "posts_customer"),
        platform=nw.coalesce("account_platform", "posts_platform"),
        followers=nw.coalesce("account_followers", "seen_followers").fill_null(0).cast(nw.Int64),
    )


NO_ACCOUNTS = pa.table(
    {
        "author_id": pa.array([], pa.string()),
        "account_customer": pa.array([], pa.string()),
        "account_platform": pa.array([], pa.string()),
        **{
            name: pa.array([], pa.int64())
            for name in ("account_followers", "following", "account_posts", "verified", "age_days")
        },
    }
)


def _known(accounts: Frame, moment: Moment) -> Frame:
    return accounts.select(
        "following",
        "verified",
        author_id=nw.col("account_id"),
        account_customer=nw.col("customer_id"),
        account_platform=nw.col("platform"),
        account_followers=nw.col("followers"),
        account_posts=nw.col("posts"),
        age_days=moment.day - day_of(nw.col("created_at")),
    )
