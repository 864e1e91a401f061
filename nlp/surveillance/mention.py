"""One voice as surveillance counts it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, get_args

from nlp.surveillance.errors import MentionError

FOLLOWERS_PER_VIEW = 50
IMPRESSIONS_PER_LIKE = 200
HEAVIEST = 5
Weight = Literal["mentions", "reach"]
WEIGHTS: tuple[Weight, ...] = get_args(Weight)
REACH_WEIGHTS: Mapping[str, int] = {"likes": 1, "saves": 1, "replies": 2, "reposts": 5}


@dataclass(frozen=True, slots=True)
class Mention:
    """One piece of feedback about a product.

    Parameters
    ----------
    id
        Its id in the feedback and signals tables.
    at
        When it was said, timezone-aware.
    product
        What it is about; "" when unknown, which is a series of its own.
    negative
        Whether it speaks ill of the product; only these are counted, the others are the audience.
    complaint
        Complaint categories, the most central first.
    severity
        0 to 3, of the label guide.
    author_id
        Who said it; None when unknown.
    reach
        How far it carries, 0 or more; see `reach_of`.
    text
        The masked text: it is quoted in alerts.
    channel
        comment, review, note or transcript.
    region
        Where it comes from; None when unknown.
    session_id
        The support chat that it is a turn of; None where it is none.
    parent_id
        The piece of feedback that it reposts or answers; None where it stands alone.

    Raises
    ------
    MentionError
        Where `at` has no time zone.
    """

    id: str
    at: datetime
    product: str
    negative: bool
    complaint: tuple[str, ...]
    severity: int
    author_id: str | None
    reach: int
    text: str
    channel: str
    region: str | None
    session_id: str | None = None
    parent_id: str | None = None

    def __post_init__(self) -> None:
        if self.at.utcoffset() is None:
            raise MentionError(
                f"mention {self.id!r}: the time {self.at} has no zone; attach one, for instance "
                "at.replace(tzinfo=ZoneInfo('Asia/Shanghai'))",
                f"反馈 {self.id!r}：时间 {self.at} 没有时区；请补上，例如 "
                "at.replace(tzinfo=ZoneInfo('Asia/Shanghai'))",
            )


def reach_of(counts: Mapping[str, Any]) -> int:
    """Return a weight for how many people a piece of feedback gets to.

    Likes and saves count 1, replies 2, reposts 5 (each opens an audience of its own), one in fifty
    followers of the author is taken to see a post, and 200 impressions count as one like, as they
    do in tiering's policy as shipped. A convention that puts posts in order, not a measured
    audience. Negative counts are taken as 0.

    >>> reach_of({"likes": 10, "reposts": 2, "author_followers": 5000, "impressions": 4000})
    140
    """
    reactions = sum(weight * max(counts.get(name, 0), 0) for name, weight in REACH_WEIGHTS.items())
    shown = max(counts.get("impressions", 0), 0) // IMPRESSIONS_PER_LIKE
    followers = max(counts.get("author_followers", 0), 0) // FOLLOWERS_PER_VIEW
    return int(reactions + shown + followers)


def weight_of(mention: Mention, weight: Weight) -> int:
    """Return how much a mention counts: 1, or by its reach from 1 to `HEAVIEST`.

    By reach it is one more for every factor of ten, `1 + log10(1 + reach)` rounded down: reach
    spans five orders of magnitude, and counted as it is, a series would be that of its one or two
    widest posts. Capped, so that the variance of the sum stays within `HEAVIEST` times its mean
    whatever the reach (a compound Poisson sum has `E[w²] / E[w]`), which the dispersion that is
    learned carries. Whole numbers, so that all that counts goes on counting.
    """
    if weight == "mentions":
        return 1
    return min(len(str(1 + mention.reach)), HEAVIEST)
