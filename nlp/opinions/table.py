"""One row of the opinion summary: an aspect of a product, counted, compared and quoted."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

from nlp.labels import SENTIMENTS
from nlp.opinions.gathering import OTHER, Key
from nlp.opinions.intervals import Change, Share, change, effective_size, wilson
from nlp.opinions.quotes import Quote, representative
from nlp.opinions.tally import Counts, Tally

TERMS_SHOWN = 8
OTHER_ZH = "其他"
Scope = Literal["all", "product"]
Trend = Literal["better", "worse", "steady", "unknown"]
PLAIN_COLUMNS = (
    *("scope", "product", "aspect", "zh", "known", "mentions"),
    *("negative", "neutral", "positive", "trend"),
)


@dataclass(frozen=True, slots=True)
class Window:
    """A stretch of time: mentions in it and their net sentiment, None where there are none."""

    mentions: int
    net: float | None


@dataclass(frozen=True, slots=True)
class AspectSummary:
    """What the feedback of one product says of one aspect.

    Parameters
    ----------
    scope
        `all` for all products together, else `product`.
    product
        "" where the feedback names none, and for all together.
    aspect, zh
        Key and Chinese name of the lexicon; the customers' own word where `known` is False.
    mentions, negative, neutral, positive
        Pieces of feedback; each counts once for an aspect.
    share
        Of all mentions of the product, by weight, 0 to 1.
    negative_share, neutral_share, positive_share
        Of the mentions of this aspect, by weight, with Wilson's 95 % interval.
    net
        Positive less negative share, -1 to 1.
    recent, before
        Mentions of the last days and of the time before, with their net sentiment.
    negative_change
        How much the negative share rose between both, with Newcombe's 95 % interval; None
        where one of them is empty.
    trend
        `worse` or `better` where that interval leaves 0 out; `unknown` without times.
    complaints
        Complaint categories of the mentions that are not positive, most frequent first.
    terms
        What customers call it, most frequent first.
    quotes
        Sentences that stand for each polarity, with the ids of their feedback.
    """

    scope: Scope
    product: str
    aspect: str
    zh: str
    known: bool
    mentions: int
    negative: int
    neutral: int
    positive: int
    share: float
    negative_share: Share
    neutral_share: Share
    positive_share: Share
    net: float
    recent: Window
    before: Window
    negative_change: Change | None
    trend: Trend
    complaints: tuple[tuple[str, int], ...]
    terms: tuple[tuple[str, int], ...]
    quotes: tuple[tuple[str, Quote], ...]

    def as_row(self) -> dict[str, Any]:
        """Return flat columns of plain scalars and lists, ready for CSV, JSON or Parquet."""
        row = {name: getattr(self, name) for name in PLAIN_COLUMNS}
        for polarity in SENTIMENTS:
            share: Share = getattr(self, f"{polarity}_share")
            row |= {f"{polarity}_{name}": round(each, 4) for name, each in asdict(share).items()}
        for name in ("recent", "before"):
            window: Window = getattr(self, name)
            row |= {f"{name}_mentions": window.mentions, f"{name}_net": _rounded(window.net)}
        told = self.negative_change
        return row | {
            "share": round(self.share, 4),
            "net": round(self.net, 4),
            "negative_change": told and round(told.change, 4),
            "negative_change_low": told and round(told.low, 4),
            "negative_change_high": told and round(told.high, 4),
            "complaints": [{"category": name, "count": n} for name, n in self.complaints],
            "terms": [{"term": term, "count": n} for term, n in self.terms],
            "quotes": [
                {"polarity": polarity, "id": quote.id, "text": quote.text}
                for polarity, quote in self.quotes
            ],
        }


@dataclass(frozen=True, slots=True)
class Place:
    """Where an aspect stands: its product, what all mentions of that weigh, and until when."""

    scope: Scope
    product: str
    weight: float
    until: datetime | None


def summed(place: Place, key: Key, zh: str | None, tally: Tally, quotes: int) -> AspectSummary:
    """Return the summary of what was remembered of one aspect; `zh` None: no lexicon names it."""
    counts, (known, name) = tally.counts, key
    recent, before = tally.days.split(place.until)
    shares = {polarity: _share(counts, polarity) for polarity in SENTIMENTS}
    risen = _risen(recent, before)
    return AspectSummary(
        scope=place.scope,
        product=place.product,
        aspect=name,
        zh=zh or (OTHER_ZH if key == OTHER else name),
        known=known and key != OTHER,
        mentions=counts.voices.total(),
        negative=counts.voices["negative"],
        neutral=counts.voices["neutral"],
        positive=counts.voices["positive"],
        share=counts.weight / place.weight,
        negative_share=shares["negative"],
        neutral_share=shares["neutral"],
        positive_share=shares["positive"],
        net=shares["positive"].share - shares["negative"].share,
        recent=_window(recent),
        before=_window(before),
        negative_change=risen,
        trend=_trend(risen),
        complaints=tuple(tally.complaints.most_common()),
        terms=tuple(tally.terms.most_common(TERMS_SHOWN)),
        quotes=tuple(_quotes(tally, quotes)),
    )


def _share(counts: Counts, polarity: str) -> Share:
    size = effective_size(counts.weight, counts.squares)
    return wilson(counts.weights[polarity] / counts.weight if size else 0.0, size)


def _window(counts: Counts) -> Window:
    weight = counts.weight
    net = (counts.weights["positive"] - counts.weights["negative"]) / weight if weight else None
    return Window(counts.voices.total(), net)


def _risen(recent: Counts, before: Counts) -> Change | None:
    if not recent.weight or not before.weight:
        return None
    return change(_share(recent, "negative"), _share(before, "negative"))


def _trend(risen: Change | None) -> Trend:
    if risen is None:
        return "unknown"
    return "worse" if risen.low > 0 else "better" if risen.high < 0 else "steady"


def _quotes(tally: Tally, count: int) -> Iterator[tuple[str, Quote]]:
    for polarity, sample in tally.samples.items():
        for quote in representative(sample.quotes(), count):
            yield polarity, quote


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
