"""Posts that open alike, from several accounts, in a short time: one campaign, not many voices."""

import narwhals as nw

from tiering.frames import Frame
from tiering.policy import CoordinationPolicy
from tiering.times import DAY_US

MINUTE_US = DAY_US // (24 * 60)
NOT_LETTERS = r"\[[^\[\]]{1,8}\]|[\s\p{P}\p{S}]"
"""Blanks, punctuation, emoji, and platform faces such as [怒]: what a copy is varied with."""


def with_coordination(posts: Frame, policy: CoordinationPolicy) -> Frame:
    """Return the posts with `coordinated`: 1 where a post is part of a burst, else 0.

    A burst is at least `least_authors` accounts whose posts open with the same
    `opening_characters` letters within `window_minutes`. Time is cut into windows twice, the
    second time shifted by half a window, so that a burst of half the length is never missed.
    Posts with fewer than `least_characters` letters are too short to prove anything.

    Parameters
    ----------
    posts
        Needs `author`, `created_at` (microseconds) and `masked_text`; other columns are kept.
    """
    letters = nw.col("masked_text").str.replace_all(NOT_LETTERS, "").str.to_lowercase()
    window = policy.window_minutes * MINUTE_US
    posts = posts.with_columns(
        letters=letters,
        whole_window=nw.col("created_at") // window,
        half_window=(nw.col("created_at") + window // 2) // window,
    ).with_columns(opening=nw.col("letters").str.slice(0, policy.opening_characters))
    long_enough = (nw.col("letters").str.len_chars() >= policy.least_characters).fill_null(
        value=False
    )
    for name in ("whole_window", "half_window"):
        posts = posts.join(
            _bursts(posts.filter(long_enough), name, policy), on=["opening", name], how="left"
        )
    found = (
        nw.col("burst_whole_window").fill_null(0) + nw.col("burst_half_window").fill_null(0)
    ) > 0
    return posts.with_columns((found & long_enough).cast(nw.Int64).alias("coordinated")).drop(
        "letters",
        "opening",
        "whole_window",
        "half_window",
        "burst_whole_window",
        "burst_half_window",
    )


def _bursts(posts: Frame, window: str, policy: CoordinationPolicy) -> Frame:
    counted = posts.group_by("opening", window).agg(nw.col("author").n_unique().alias("authors"))
    bursts = counted.filter(nw.col("authors") >= policy.least_authors)
    return bursts.select("opening", window, nw.lit(1).alias(f"burst_{window}"))
