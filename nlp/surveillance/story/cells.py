"""Mentions counted by product, category, region and channel, and what the baseline expects."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nlp.surveillance.mention import Mention
from nlp.surveillance.story.surprise import explanatory_power, surprise
from nlp.surveillance.story.usual import Usual

DIMENSIONS = ("product", "category", "region", "channel")

Values = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of one dimension, or one combination of values.

    Attributes
    ----------
    dimensions, values
        Which; a value is None where the mentions name none.
    observed, expected
        Negative mentions, and how many there would be by the baseline; None without a baseline.
    explains
        Its part of the whole rise; None where there is no rise or no baseline.
    surprise
        How unusual its share is, 0 to 0.5 bits; None without a baseline.
    ids, usual_ids
        The observed mentions, and those of the baseline, oldest first.
    """

    dimensions: tuple[str, ...]
    values: Values
    observed: int
    expected: float | None
    explains: float | None
    surprise: float | None
    ids: tuple[str, ...]
    usual_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """Mentions of the surge or of the baseline: ids, weights, and the places of each value."""

    ids: Sequence[str]
    weights: Sequence[float]
    places: Mapping[Values, Sequence[int]]

    def cells(self, chosen: tuple[int, ...]) -> Mapping[Values, Sequence[int]]:
        """Return the places of the mentions by their values in some dimensions, ascending."""
        found: defaultdict[Values, list[int]] = defaultdict(list)
        for values, own in self.places.items():
            found[tuple(values[n] for n in chosen)].extend(own)
        return {values: sorted(own) for values, own in found.items()}


@dataclass(frozen=True, slots=True)
class Counts:
    """What was observed, and the baseline; None where there is none."""

    now: Side
    before: Side | None

    @property
    def observed(self) -> int:
        """How many mentions."""
        return len(self.now.ids)

    @property
    def expected(self) -> float | None:
        """How many the baseline expects."""
        return None if self.before is None else sum(self.before.weights)

    def cells(self, chosen: tuple[int, ...]) -> list[Cell]:
        """Return the observed cells of some dimensions, the most frequent first."""
        names, before = tuple(DIMENSIONS[n] for n in chosen), self.before
        usual = {} if before is None else before.cells(chosen)
        total, found = self.expected, list[Cell]()
        for values, places in self.now.cells(chosen).items():
            ids = tuple(self.now.ids[place] for place in places)
            if before is None or total is None:
                found.append(Cell(names, values, len(ids), None, None, None, ids, ()))
                continue
            own = usual.get(values, ())
            mean, share = sum(before.weights[place] for place in own), len(ids) / self.observed
            found.append(
                Cell(
                    dimensions=names,
                    values=values,
                    observed=len(ids),
                    expected=mean,
                    explains=explanatory_power(len(ids), mean, self.observed, total),
                    surprise=surprise(mean / total if total else 0.0, share),
                    ids=ids,
                    usual_ids=tuple(before.ids[place] for place in own if before.weights[place]),
                )
            )
        return sorted(found, key=lambda one: (-one.observed, str(one.values)))


def values_of(mention: Mention) -> Values:
    """Return the value of a mention in every dimension."""
    category = mention.complaint[0] if mention.complaint else None
    return mention.product or None, category, mention.region, mention.channel or None


def counted(own: Sequence[Mention], usual: Usual | None, start: datetime, end: datetime) -> Counts:
    """Count the mentions of a stretch of time, and those of its baseline by their weights."""
    now = side_of(own, [1.0] * len(own))
    if usual is None:
        return Counts(now, None)
    return Counts(now, side_of(usual.mentions, usual.weights(start, end).tolist()))


def side_of(mentions: Sequence[Mention], weights: Sequence[float]) -> Side:
    """Return mentions, each with its weight, by their values in all dimensions."""
    places: defaultdict[Values, list[int]] = defaultdict(list)
    for place, mention in enumerate(mentions):
        places[values_of(mention)].append(place)
    return Side([mention.id for mention in mentions], weights, places)
