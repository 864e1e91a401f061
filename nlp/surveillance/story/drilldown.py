"""Where it happens: the combination of product, category, region and channel that explains it.

After Adtributor (Bhagwan et al. 2014, NSDI): in every dimension the elements are taken by surprise,
those that explain at least a tenth of the rise, until two thirds are explained. Adtributor looks at
one dimension at a time; here every combination of dimensions is one, and they compete by score.
The winner is narrowed down: where what was never seen before explains it already, its score does
not tell that it all comes from one region.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import combinations

from nlp.surveillance.mention import Mention
from nlp.surveillance.places import GROWN, share_growth
from nlp.surveillance.story.cells import DIMENSIONS, Cell, Counts, counted
from nlp.surveillance.story.usual import Usual

LEAST_EXPLAINED_EACH, LEAST_EXPLAINED = 0.1, 0.67
MOST_CELLS = 3
NARROW = 0.9
"""Of the mentions of an explanation, how many share a value that then belongs to it."""
PER_CELL, PER_DIMENSION = 0.9, 0.97
"""What every further cell or dimension must at least win: the shortest explanation is the best."""


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
    counts = counted(own, usual, start, end)
    elements = [cell for n in range(len(DIMENSIONS)) for cell in counts.cells((n,))]
    return Drilldown(
        observed=counts.observed,
        expected=counts.expected,
        elements=tuple(elements),
        explanation=_best(counts),
        ids=tuple(counts.now.ids),
    )


def _best(counts: Counts) -> Explanation | None:
    if counts.expected is None or counts.observed <= counts.expected:
        return None
    found = [one for chosen in _subsets() if (one := _explanation(counts, counts.cells(chosen)))]
    best = max(found, key=lambda one: one.score, default=None)
    return best if best is None or len(best.cells) > 1 else _narrowed(counts, best)


def _narrowed(counts: Counts, found: Explanation) -> Explanation:
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


def _typical(counts: Counts, alone: Cell, narrow: Cell, wide: Cell) -> bool:
    """Return whether a value is more frequent within a cell than it was in the baseline."""
    share, usual = _before(counts, alone)
    return share_growth(share, usual, narrow.observed / wide.observed, wide.observed) >= GROWN


def _subsets() -> Iterator[tuple[int, ...]]:
    for size in range(1, len(DIMENSIONS) + 1):
        yield from combinations(range(len(DIMENSIONS)), size)


def _explanation(counts: Counts, cells: Sequence[Cell]) -> Explanation | None:
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


def _grown(counts: Counts, cell: Cell) -> bool:
    """Return whether the share of a cell is larger than before, by more than chance explains."""
    share, usual = _before(counts, cell)
    now = cell.observed / counts.observed
    return share_growth(share, usual, now, counts.observed) >= GROWN


def _before(counts: Counts, cell: Cell) -> tuple[float, int]:
    """Return the share of a cell in the baseline, and how many mentions tell of it."""
    before, total = counts.before, counts.expected
    usual = 0 if before is None else sum(weight > 0 for weight in before.weights)
    return ((cell.expected or 0.0) / total if total else 0.0), usual


def _score(chosen: Sequence[Cell], explained: float) -> float:
    told = sum(cell.surprise or 0.0 for cell in chosen) * min(explained, 1.0)
    further = len(chosen[0].dimensions) - 1
    return float(told * PER_CELL ** (len(chosen) - 1) * PER_DIMENSION**further)
