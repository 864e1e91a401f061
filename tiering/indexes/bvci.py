"""BVCI V2.0, the index of accounts on Bilibili B站传播指数.

Source: gsdata.cn/site/usage-8.
"""

from math import log

from tiering.indexes.figures import demand_counts


def bvci(
    *,
    videos: float,
    mean_plays: float,
    mean_comments: float,
    followers: float,
    new_followers: float,
) -> float:
    """Return the BVCI V2.0 of a period, 0 or more; an account that lost followers gained none.

    Parameters
    ----------
    videos, mean_plays, mean_comments
        Videos of the period; plays and comments of the mean video.
    followers, new_followers
        Followers at its end, and gained in it.

    Raises
    ------
    IndexFigureError
        A figure but `new_followers` is below 0, or one is not finite.

    Examples
    --------
    >>> figures = {"mean_plays": 1e5, "mean_comments": 300, "followers": 5e5}
    >>> round(bvci(videos=10, new_followers=2000, **figures), 1)
    822.4
    """
    demand_counts(
        videos=videos,
        mean_plays=mean_plays,
        mean_comments=mean_comments,
        followers=followers,
        new_followers=abs(new_followers),
    )
    gained = max(new_followers, 0.0)
    return 100 * (
        0.15 * log(videos + 1)
        + 0.25 * log(mean_plays + 1)
        + 0.30 * log(mean_comments + 1)
        + 0.18 * log(followers + 1)
        + 0.12 * log(gained + 1)
    )
