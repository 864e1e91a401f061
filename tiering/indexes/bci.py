"""BCI, the index of Weibo accounts 微博传播指数.

Source: registrations of provincial data (selectdataset.com/dataset/73d0ed53), as printed there.
"""

from math import log

from tiering.indexes.figures import demand_counts


def bci(*, posts: float, reposts: float, comments: float, likes: float) -> float:
    """Return the BCI of a period: (0.2 ln(posts+1) + 0.8 reactions) times 160; 0 or more.

    Reactions are 0.4 ln(reposts+1) + 0.4 ln(comments+1) + 0.2 ln(likes+1), sums of the period.

    Raises
    ------
    IndexFigureError
        A figure is below 0 or not finite.

    Examples
    --------
    >>> round(bci(posts=30, reposts=1000, comments=1000, likes=1000), 1)
    994.2
    """
    demand_counts(posts=posts, reposts=reposts, comments=comments, likes=likes)
    heard = 0.4 * log(reposts + 1) + 0.4 * log(comments + 1) + 0.2 * log(likes + 1)
    return (0.2 * log(posts + 1) + 0.8 * heard) * 160
