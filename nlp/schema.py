"""The contracts of the text room: what a piece of feedback is, and what a signal is.

The signals table is one row per piece of feedback: the columns of `FEEDBACK_CONTEXT` (who, when,
where, how far it reached), carried through unchanged, and the columns of `Signals`.
"""

from dataclasses import asdict, dataclass
from typing import Any

from nlp.labels import Sentiment

FEEDBACK_REQUIRED = ("id", "text", "created_at")
FEEDBACK_CONTEXT = (
    "created_at",
    "channel",
    "platform",
    "author_id",
    "customer_id",
    "session_id",
    "turn",
    "role",
    "parent_id",
    "product",
    "industry",
    "region",
    "likes",
    "reposts",
    "saves",
    "replies",
    "impressions",
    "author_followers",
    "rating",
)
FEEDBACK_COUNTS = ("likes", "reposts", "saves", "replies", "impressions", "author_followers")
CHANNELS = ("comment", "review", "note", "transcript")
ROLES = ("customer", "agent")


@dataclass(frozen=True, slots=True)
class Target:
    """What an attitude is about: a span copied from the text, and its polarity."""

    span: str
    polarity: Sentiment


@dataclass(frozen=True, slots=True)
class Evidence:
    """One word that made the verdict.

    `start` and `end` are character offsets into the masked text (half-open); `weight` is the
    word's share of the sentiment score: above 0 it speaks for the verdict, below 0 against it.
    """

    start: int
    end: int
    word: str
    weight: float


@dataclass(frozen=True, slots=True)
class Signals:
    """What one text says. Probabilities are calibrated and sum to 1; severity is 0 to 3.

    `left_open` names the questions whose answer is too unsure to act on alone: `sentiment` (then
    `abstained` holds), `intents`, `complaint`, `severity`. Signals of versions before 0.2 lack it.
    """

    sentiment: Sentiment
    p_negative: float
    p_neutral: float
    p_positive: float
    confidence: float
    abstained: bool
    intents: tuple[str, ...]
    complaint: tuple[str, ...]
    severity: int
    targets: tuple[Target, ...]
    evidence: tuple[Evidence, ...]
    keyphrases: tuple[str, ...]
    spam: bool
    masked_text: str
    model_version: str
    left_open: tuple[str, ...] = ()

    def as_row(self) -> dict[str, Any]:
        """Return the columns as plain lists, dicts and scalars, ready for JSON or Parquet."""
        row = asdict(self)
        for column in ("intents", "complaint", "targets", "evidence", "keyphrases", "left_open"):
            row[column] = list(row[column])
        return row


SIGNAL_COLUMNS = tuple(Signals.__dataclass_fields__)
LATER_COLUMNS = ("left_open",)
