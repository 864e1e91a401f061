"""The best way to part a falling row of groups into ordered tiers, exactly.

Dynamic programming over tiers t and prefixes j of the groups, best first:

    best[t][j] = max over i <= j with customers(i..j) <= capacity[t] of
                 best[t - 1][i] + gain of groups i..j in tier t

The gain of a stretch is a difference of prefix sums, so the inner maximum runs over a window whose
both ends only move on. Windows are answered from blocks of powers of two, one power at a time:
O(tiers x groups x log groups) time and O(tiers x groups) memory, in whole fen, with no rounding.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tiering.thresholds.gains import Grid

Whole = npt.NDArray[np.int64]
NEVER = -(2**62)


def best_segments(grid: Grid, capacities: Sequence[int | None]) -> tuple[int, ...] | None:
    """Return where each tier ends: `ends[t]` groups lie in tier t and above; None: impossible.

    Of equally good ways it takes that with the fewest customers in the better tiers. A tier may
    be empty. `ends[-1]` is the number of groups. Who scores 0 is in the last tier, whose cut is 0.
    """
    people = np.append(0, np.cumsum(grid.customers))
    best, choices = _first(grid, people, capacities[0]), []
    for tier in range(1, len(capacities)):
        if grid.scores[-1] <= 0:
            best[-1] = NEVER
        best, choice = _next(grid, people, capacities[tier], tier, best)
        choices.append(choice)
    if best[-1] <= NEVER:
        return None
    ends = [len(grid.customers)]
    for choice in reversed(choices):
        ends.append(int(choice[ends[-1]]))
    return tuple(reversed(ends))


def _prefix(grid: Grid, tier: int) -> Whole:
    return np.append(0, np.cumsum(grid.gains[:, tier]))


def _first(grid: Grid, people: Whole, capacity: int | None) -> Whole:
    fits = np.ones(len(people), dtype=bool) if capacity is None else people <= capacity
    return np.where(fits, _prefix(grid, 0), NEVER)


def _next(
    grid: Grid, people: Whole, capacity: int | None, tier: int, before: Whole
) -> tuple[Whole, Whole]:
    """Return the best of every prefix with one tier more, and where that tier starts."""
    sums = _prefix(grid, tier)
    open_values = np.where(before <= NEVER, NEVER, before - sums)
    low = np.zeros(len(people), dtype=np.int64)
    if capacity is not None:
        low = np.searchsorted(people, people - capacity, side="left").astype(np.int64)
    value, start = _window_best(open_values, low)
    return np.where(value <= NEVER, NEVER, value + sums), start


def _window_best(values: Whole, low: Whole) -> tuple[Whole, Whole]:
    """Return the largest of `values[low[j] : j + 1]` and its first place, for every j."""
    places = np.arange(len(values), dtype=np.int64)
    block, where = values.copy(), places.copy()
    power = np.frexp(places - low + 1)[1] - 1  # the window holds at least 2 ** power
    best, first = np.full_like(values, NEVER), places.copy()
    for level in range(int(power.max()) + 1):
        asked = np.flatnonzero(power == level)
        left, right = low[asked], asked - (1 << level) + 1
        take = np.where(block[left] >= block[right], left, right)
        best[asked], first[asked] = block[take], where[take]
        block, where = _doubled(block, where, 1 << level)
    return best, first


def _doubled(block: Whole, where: Whole, width: int) -> tuple[Whole, Whole]:
    """Return the maxima of blocks twice as wide, from those of `width`."""
    if len(block) <= width:
        return block, where
    left, right = block[:-width], block[width:]
    better = left >= right
    return np.where(better, left, right), np.where(better, where[:-width], where[width:])
