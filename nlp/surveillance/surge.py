"""A surge: what surveillance tells people, with the ids that prove every figure."""

from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

from nlp.message import Message
from nlp.surveillance.detectors.contract import Width

KIND = "negative-surge"


@dataclass(frozen=True, slots=True)
class CategoryCount:
    """How many mentions of a surge are about one complaint category, and which."""

    category: str
    count: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Author:
    """What one author contributes to a surge; `reach` adds up over the posts."""

    author_id: str
    posts: int
    reach: int
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """A masked text that speaks for the surge."""

    id: str
    text: str


@dataclass(frozen=True, slots=True)
class Surge:
    """One incident of one product.

    Attributes
    ----------
    fingerprint
        Identity, the same for every surge of this product, whenever it happens.
    product
        "" where the mentions name none.
    category
        The complaint category that it is mainly about; None where none stands out.
    onset
        Time of the first mention of the rise, in the zone of the watch.
    until
        End of the last bin that alarms; `as_of` while it goes on.
    bins
        The bin widths that alarmed, the finest first: "10min", "hour", "day".
    observed
        Negative mentions from onset to until: exactly those in `ids`. Where only a category
        alarms, those of that category.
    expected, upper
        How many there would be if nothing were wrong, and how many chance could explain.
    p
        Probability by chance of the clearest of its bins.
    level
        1 (I, the worst) to 4 (IV); see `nlp.surveillance.levels`.
    severity
        0 to 3: the highest that at least a tenth of the mentions reach.
    categories, authors
        The most frequent first; the widest reaching first.
    coordinated_share
        Share, 0 to 1, of near-duplicates posted close in time by different authors.
    coordinated_ids
        Those mentions.
    suspected_coordination
        Whether the share is large enough to suspect an organised action.
    keyphrases
        What it is about, in words, against what is usual.
    quotes
        A few masked texts.
    ids
        Every mention that proves it, oldest first.
    reasons
        All of it in sentences.
    """

    fingerprint: str
    product: str
    category: str | None
    onset: datetime
    until: datetime
    bins: tuple[Width, ...]
    observed: int
    expected: float
    upper: int
    p: float
    level: int
    severity: int
    categories: tuple[CategoryCount, ...]
    authors: tuple[Author, ...]
    coordinated_share: float
    coordinated_ids: tuple[str, ...]
    suspected_coordination: bool
    keyphrases: tuple[str, ...]
    quotes: tuple[Quote, ...]
    ids: tuple[str, ...]
    reasons: tuple[Message, ...]

    def as_row(self) -> dict[str, Any]:
        """Return the fields as plain lists, dicts and scalars, times in ISO form, for JSON."""
        row: dict[str, Any] = asdict(self)
        row |= {"onset": self.onset.isoformat(), "until": self.until.isoformat()}
        return {name: _plain(value) for name, value in row.items()}


def fingerprint_of(product: str) -> str:
    """Return the identity of a product's surges: a hash of product and kind, not of the time."""
    return sha256(f"{KIND}\n{product}".encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _plain(value: Any) -> Any:  # noqa: ANN401 - any field of a surge
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, tuple) else value
