"""Where it happens: the combination of product, category, region and channel that explains it.

After Adtributor (Bhagwan et al. 2014, NSDI): in every dimension the elements are taken by surprise,
those that explain at least a tenth of the rise, until two thirds are explained. Adtributor looks at
one dimension at a time; here every combination of dimensions is one, and they compete by score.
The winner is narrowed down: where what was never seen before explains it already, its score does
not tell that it all comes from one region.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from nlp.surveillance.mention import Mention
from nlp.surveillance.story.surprise import explanatory_power, share_growth, surprise
from nlp.surveillance.story.usual import Usual

DIMENSIONS = ("product", "category", "region", "channel")
LEAST_EXPLAINED_EACH, LEAST_EXPLAINED = 0.1, 0.67
MOST_CELLS = 3
NARROW = 0.9
"""Of the mentions of an explanation, how many share a value that then belongs to it."""
GROWN = 3.29
"""z-score of a share that has grown: by chance once in 2,000 cells, for there are many."""
PER_CELL, PER_DIMENSION = 0.9, 0.97
"""What every further cell or dimension must at least win: the shortest explanation is the best."""

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
class Explanation:
    """The few cells that explain the rise best.

    Attributes
    ----------
    cells
        At most three of the same dimensions, the most surprising first.
    explains
        Their part of the rise together.
    score
        Their surprise × `explains` (at most 1) × 0.9 for each cell and 0.97 for each dimension
        after the first.
    """

    cells: tuple[Cell, ...]
    explains: float
    score: float


@dataclass(frozen=True, slots=True)
class Drilldown:
    """A surge taken apart.

    Attributes
    ----------
    observed, expected
        Negative mentions of all products in its time, and how many the baseline expects.
    elements
        Every value of every dimension, the most frequent first within each dimension.
    explanation
        None where nothing explains two thirds of the rise, as when all grow alike; and where there
        is no baseline or no rise.
    ids
        The observed mentions.
    """

    observed: int
    expected: float | None
    elements: tuple[Cell, ...]
    explanation: Explanation | None
    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Side:
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
class _Counts:
    """What was observed, and the baseline; None where there is none."""

    now: _Side
    before: _Side | None

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


def drill_down(
    mentions: Sequence[Mention], usual: Usual | None, start: datetime, end: datetime
) -> Drilldown:
    """Take the negative mentions of a stretch of time apart.

    A mention counts once in every dimension: under its most central category, and under "unknown"
    (None) where it names no region. An unknown value explains nothing.

    Parameters
    ----------
    mentions
        Of all products, oldest first; only the negative ones from `start` to before `end` count.
    usual
        The baseline of all products; None where there is none.
    start, end
        The stretch.
    """
    own = [m for m in mentions if m.negative and start <= m.at < end]
    counts = _counted(own, usual, start, end)
    elements = [cell for n in range(len(DIMENSIONS)) for cell in counts.cells((n,))]
    return Drilldown(
        observed=counts.observed,
        expected=counts.expected,
        elements=tuple(elements),
        explanation=_best(counts),
        ids=tuple(counts.now.ids),
    )


def values_of(mention: Mention) -> Values:
    """Return the value of a mention in every dimension."""
    category = mention.complaint[0] if mention.complaint else None
    return mention.product or None, category, mention.region, mention.channel or None


def _counted(
    own: Sequence[Mention], usual: Usual | None, start: datetime, end: datetime
) -> _Counts:
    now = _side(own, [1.0] * len(own))
    if usual is None:
        return _Counts(now, None)
    return _Counts(now, _side(usual.mentions, usual.weights(start, end).tolist()))


def _side(mentions: Sequence[Mention], weights: Sequence[float]) -> _Side:
    places: defaultdict[Values, list[int]] = defaultdict(list)
    for place, mention in enumerate(mentions):
        places[values_of(mention)].append(place)
    return _Side([mention.id for mention in mentions], weights, places)


def _best(counts: _Counts) -> Explanation | None:
    if counts.expected is None or counts.observed <= counts.expected:
        return None
    found = [one for chosen in _subsets() if (one := _explanation(counts, counts.cells(chosen)))]
    best = max(found, key=lambda one: one.score, default=None)
    return best if best is None or len(best.cells) > 1 else _narrowed(counts, best)


def _narrowed(counts: _Counts, found: Explanation) -> Explanation:
    """Add to a single cell the values that nearly all its mentions share, and few did before."""
    cell = found.cells[0]
    for place, dimension in enumerate(DIMENSIONS):
        if dimension in cell.dimensions:
            continue
        chosen = tuple(sorted((place, *map(DIMENSIONS.index, cell.dimensions))))
        usual = {one.values: one for one in counts.cells((place,))}
        for one in counts.cells(chosen):
            value = one.values[chosen.index(place)]
            enough = one.observed >= NARROW * cell.observed and set(one.ids) <= set(cell.ids)
            if enough and value is not None and _typical(counts, usual[(value,)], one, cell):
                cell = one
                break
    part = cell.explains or 0.0
    return Explanation((cell,), part, _score([cell], part)) if part >= LEAST_EXPLAINED else found


def _typical(counts: _Counts, alone: Cell, narrow: Cell, wide: Cell) -> bool:
    """Return whether a value is more frequent within a cell than it was in the baseline."""
    share, usual = _before(counts, alone)
    return share_growth(share, usual, narrow.observed / wide.observed, wide.observed) >= GROWN


def _subsets() -> Iterator[tuple[int, ...]]:
    for size in range(1, len(DIMENSIONS) + 1):
        yield from combinations(range(len(DIMENSIONS)), size)


def _explanation(counts: _Counts, cells: Sequence[Cell]) -> Explanation | None:
    """Return the shortest set of surprising cells that explains enough; None where none does."""
    chosen: list[Cell] = []
    explained = 0.0
    for cell in sorted(cells, key=lambda one: (-(one.surprise or 0.0), str(one.values))):
        part = cell.explains or 0.0
        if part < LEAST_EXPLAINED_EACH or None in cell.values or not _grown(counts, cell):
            continue
        chosen.append(cell)
        explained += part
        if explained >= LEAST_EXPLAINED:
            return Explanation(tuple(chosen), explained, _score(chosen, explained))
        if len(chosen) == MOST_CELLS:
            break
    return None


def _grown(counts: _Counts, cell: Cell) -> bool:
    """Return whether the share of a cell is larger than before, by more than chance explains."""
    share, usual = _before(counts, cell)
    now = cell.observed / counts.observed
    return share_growth(share, usual, now, counts.observed) >= GROWN


def _before(counts: _Counts, cell: Cell) -> tuple[float, int]:
    """Return the share of a cell in the baseline, and how many mentions tell of it."""
    before, total = counts.before, counts.expected
    usual = 0 if before is None else sum(weight > 0 for weight in before.weights)
    return ((cell.expected or 0.0) / total if total else 0.0), usual


def _score(chosen: Sequence[Cell], explained: float) -> float:
    told = sum(cell.surprise or 0.0 for cell in chosen) * min(explained, 1.0)
    further = len(chosen[0].dimensions) - 1
    return float(told * PER_CELL ** (len(chosen) - 1) * PER_DIMENSION**further)
