"""The audience of an account: grown or bought, and in which band."""

import narwhals as nw

from tiering.curves import weighted
from tiering.frames import Frame
from tiering.policy import AudiencePolicy, FakeAudiencePolicy, PlatformBands

ANY = "*"


def with_audience(authors: Frame, policy: AudiencePolicy) -> Frame:
    """Return the authors with `audience`, 0 to 100: the marks of a grown account.

    Followers per followed account, age, verification, posts; a mark that is not given counts
    `policy.unknown`. Needs `account_followers following age_days verified account_posts`.
    """
    ratio = nw.col("account_followers") / (nw.col("following") + 1)
    verified = nw.when(nw.col("verified") == 1).then(100.0).otherwise(policy.unverified)
    known = ~nw.col("verified").is_null()
    marks = authors.with_columns(
        mark_ratio=policy.ratio.at(ratio).fill_null(policy.unknown),
        mark_age=policy.age.at(nw.col("age_days")).fill_null(policy.unknown),
        mark_verified=nw.when(known).then(verified).otherwise(policy.unknown),
        mark_posts=policy.posts.at(nw.col("account_posts")).fill_null(policy.unknown),
    )
    weights = policy.weights
    total = weighted(
        {
            "mark_ratio": weights.ratio,
            "mark_age": weights.age,
            "mark_verified": weights.verified,
            "mark_posts": weights.posts,
        }
    )
    return marks.with_columns(total.alias("audience")).drop(
        "mark_ratio", "mark_age", "mark_verified", "mark_posts"
    )


def with_fake_signs(authors: Frame, policy: FakeAudiencePolicy) -> Frame:
    """Return the authors with one 0/1 column per sign of a fake audience.

    `sign_silent`: many followers, hardly a reaction per post and follower; followers beyond
    `followers_counted` raise no expectation, for the largest accounts are answered least per
    follower, and would all be suspects. `sign_likes`: many
    likes, hardly a reply. `sign_newborn`: registered days ago, and many followers at once, or
    following many while hardly followed. Signs are grounds to look, not proof.
    """
    many = nw.col("followers") >= policy.followers_from
    most = policy.followers_counted
    counted = nw.when(nw.col("followers") > most).then(most).otherwise(nw.col("followers"))
    expected = counted * nw.col("posts") * policy.least_reactions_rate
    silent = many & (nw.col("posts") > 0) & (nw.col("reactions") < expected)
    liked = nw.col("likes") >= policy.likes_from
    likes = liked & (nw.col("likes") > nw.col("replies") * policy.likes_per_reply)
    young = (nw.col("age_days") < policy.newborn_days).fill_null(value=False)
    following = nw.col("following").fill_null(0)
    seeking = (following >= policy.newborn_following) & (following > nw.col("followers") * 2)
    return authors.with_columns(
        sign_silent=silent.cast(nw.Int64),
        sign_likes=likes.cast(nw.Int64),
        sign_newborn=(young & (many | seeking)).cast(nw.Int64),
    )


def with_band(authors: Frame, platforms: tuple[PlatformBands, ...]) -> Frame:
    """Return the authors with `band` and `band_zh`, by platform and followers."""
    name, zh = nw.col("no_band"), nw.col("no_band")
    authors = authors.with_columns(
        no_band=nw.lit(""), platform_key=nw.col("platform").str.to_lowercase().fill_null("")
    )
    for group in reversed(platforms):
        here = nw.col("platform_key").is_in(group.platforms) | nw.lit(ANY in group.platforms)
        for band in reversed(group.bands):
            reached = here & (nw.col("followers") >= band.at_least)
            name = nw.when(reached).then(nw.lit(band.name)).otherwise(name)
            zh = nw.when(reached).then(nw.lit(band.zh)).otherwise(zh)
    return authors.with_columns(band=name, band_zh=zh).drop("no_band", "platform_key")
