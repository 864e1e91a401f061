"""What is remembered of one aspect while the rows stream by: counts, days, terms, a few quotes."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from nlp.labels import SENTIMENTS, Sentiment
from nlp.opinions.clauses import excerpt
from nlp.opinions.mentions import Opinion
from nlp.opinions.quotes import Sample
from nlp.opinions.rows import Row
from nlp.text import mask

TERMS_KEPT = 64
DAY_SECONDS = 86_400


@dataclass(slots=True)
class Counts:
    """Voices by polarity: how many, and the sums of their weights and of the squares of these."""

    voices: Counter[str] = field(default_factory=Counter)
    weights: dict[str, float] = field(default_factory=lambda: dict.fromkeys(SENTIMENTS, 0.0))
    squares: float = 0.0

    def add(self, polarity: Sentiment, weight: float) -> None:
        """Count one voice."""
        self.voices[polarity] += 1
        self.weights[polarity] += weight
        self.squares += weight * weight

    def update(self, other: "Counts") -> None:
        """Count all the voices of another in."""
        self.voices.update(other.voices)
        for polarity, weight in other.weights.items():
            self.weights[polarity] += weight
        self.squares += other.squares

    @property
    def weight(self) -> float:
        """The sum of all weights."""
        return sum(self.weights.values())


class Days:
    """Counts by day for the last days, and all before in one: as many days as asked, never more."""

    __slots__ = ("_newest", "_recent", "before", "by_day")

    def __init__(self, recent: int) -> None:
        self._recent = recent
        self.by_day: dict[int, Counts] = {}
        self._newest: int | None = None
        self.before = Counts()

    def add(self, at: datetime, polarity: Sentiment, weight: float) -> None:
        """Count one voice on its day."""
        day = _day(at)
        self._newest = day if self._newest is None else max(self._newest, day)
        self.by_day.setdefault(day, Counts()).add(polarity, weight)
        self._fold(self._newest)

    def update(self, other: "Days") -> None:
        """Count all the voices of another in."""
        self.before.update(other.before)
        for day, counts in other.by_day.items():
            self.by_day.setdefault(day, Counts()).update(counts)
            self._newest = day if self._newest is None else max(self._newest, day)
        if self._newest is not None:
            self._fold(self._newest)

    def split(self, until: datetime | None) -> tuple[Counts, Counts]:
        """Return the counts of the last days up to that of `until`, and of the time before."""
        if until is not None:
            self._fold(_day(until))
        recent = Counts()
        for counts in self.by_day.values():
            recent.update(counts)
        return recent, self.before

    def _fold(self, newest: int) -> None:
        old = [day for day in self.by_day if day <= newest - self._recent]
        for day in old:
            self.before.update(self.by_day.pop(day))


class Tally:
    """What is remembered of one aspect of one product."""

    __slots__ = ("complaints", "counts", "days", "samples", "terms")

    def __init__(self, recent_days: int) -> None:
        self.counts = Counts()
        self.days = Days(recent_days)
        self.terms: Counter[str] = Counter()
        self.complaints: Counter[str] = Counter()
        self.samples = {polarity: Sample() for polarity in SENTIMENTS}

    @property
    def mentions(self) -> int:
        """How many pieces of feedback spoke of it."""
        return self.counts.voices.total()

    def add(self, row: Row, opinion: Opinion, weight: float, quote_length: int) -> None:
        """Count what a row says of the aspect.

        The complaint categories of a text count where it does not praise the aspect: praise of
        the screen beside a complaint about service is no complaint about the screen.
        """
        self.counts.add(opinion.polarity, weight)
        if row.at is not None:
            self.days.add(row.at, opinion.polarity, weight)
        self.terms.update(opinion.terms)
        _keep_most(self.terms, TERMS_KEPT)
        if opinion.polarity != "positive":
            self.complaints.update(row.complaint)
        self.samples[opinion.polarity].offer(
            row.id, weight, lambda: excerpt(mask(row.text), *opinion.span, quote_length)
        )

    def update(self, other: "Tally") -> None:
        """Count all of another in; its quotes are left behind."""
        self.counts.update(other.counts)
        self.days.update(other.days)
        self.complaints.update(other.complaints)
        self.terms.update(other.terms)
        _keep_most(self.terms, TERMS_KEPT)


def _keep_most(counts: Counter[str], most: int) -> None:
    """Forget the rarer half of the words where there are twice too many."""
    if len(counts) > 2 * most:
        for word, _ in counts.most_common()[most:]:
            del counts[word]


def _day(at: datetime) -> int:
    """Return the day in UTC, as a number: zones of several authors must not mix."""
    return int(at.timestamp() // DAY_SECONDS)
