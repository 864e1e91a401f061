"""What the people that a text reached did with it, and what that counts."""

from functools import reduce
from operator import add

import narwhals as nw

from tiering.policy import Reactions

REACTIONS = ("likes", "saves", "replies", "reposts")


def counted(name: str) -> nw.Expr:
    """Return how many of one reaction a text found, 0 where nobody knows."""
    return nw.col(name).fill_null(0)


def all_reactions() -> nw.Expr:
    """Return how many reactions a text found, of every kind."""
    return reduce(add, map(counted, REACTIONS))


def worth_of(worth: Reactions) -> nw.Expr:
    """Return what the reactions and impressions of a text count together, in likes.

    So many impressions as the policy says count as one more like; with 0 none counts.
    """
    found = (
        counted("likes") * worth.likes
        + counted("saves") * worth.saves
        + counted("replies") * worth.replies
        + counted("reposts") * worth.reposts
    )
    if worth.impressions_per_like:
        found = found + counted("impressions") // worth.impressions_per_like * worth.likes
    return found
