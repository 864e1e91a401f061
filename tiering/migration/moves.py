"""The matrix of moves between two runs, with the rates that go with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from tiering.errors import MovesError
from tiering.migration.intervals import Interval, dirichlet_row, wilson
from tiering.migration.steady import Steady, steady_state


@dataclass(frozen=True, slots=True)
class Migration:
    """Who moved where.

    `counts[i, j]` are customers from tier i to tier j, best tier first; `came` (in none of the
    old) and `left` (in none of the new) are counted by tier apart. `cells` has the intervals of
    each row; `up`, `down` and `stayed` are shares of those in both runs.
    """

    tiers: tuple[str, ...]
    counts: npt.NDArray[np.int64]
    cells: tuple[tuple[Interval, ...], ...]
    up: Interval
    down: Interval
    stayed: Interval
    came: tuple[int, ...]
    left: tuple[int, ...]
    steady: Steady

    def both(self) -> int:
        """Return how many customers are in both runs."""
        return int(self.counts.sum())

    def rows(self) -> list[dict[str, object]]:
        """Return one row a cell: from, to, customers, share, low, high."""
        return [
            {
                "from": start,
                "to": end,
                "customers": int(self.counts[i, j]),
                "share": self.cells[i][j].share,
                "low": self.cells[i][j].low,
                "high": self.cells[i][j].high,
            }
            for i, start in enumerate(self.tiers)
            for j, end in enumerate(self.tiers)
        ]


def migration(
    old: Mapping[str, str], new: Mapping[str, str], tiers: Sequence[str], level: float = 0.95
) -> Migration:
    """Return the moves of customers between two runs.

    Parameters
    ----------
    old, new
        Tier by customer.
    tiers
        Every tier, the best first.
    level
        Of the intervals: Wilson's for the rates, Dirichlet's (prior 1/2) for the cells of a row.

    Raises
    ------
    MovesError
        A tier is not among `tiers`, `tiers` repeat, or the runs have no customer in common.
    """
    place = _places(tiers)
    before, after = (_placed(run, place) for run in (old, new))
    both = sorted(before.keys() & after.keys())
    if not both:
        raise MovesError(
            f"the runs have no customer in common ({len(old)} and {len(new)} customers); "
            "compare two runs over the same customers",
            f"两次结果没有共同的顾客（分别有 {len(old)} 位和 {len(new)} 位）；"
            "请比较同一批顾客的两次结果",
        )
    counts = np.zeros((len(place), len(place)), dtype=np.int64)
    starts, ends = ([run[name] for name in both] for run in (before, after))
    np.add.at(counts, (starts, ends), 1)
    return Migration(
        tiers=tuple(tiers),
        counts=counts,
        cells=tuple(tuple(dirichlet_row(row, level)) for row in counts),
        up=wilson(int(np.tril(counts, -1).sum()), len(both), level),
        down=wilson(int(np.triu(counts, 1).sum()), len(both), level),
        stayed=wilson(int(np.trace(counts)), len(both), level),
        came=_counted(after, before, len(place)),
        left=_counted(before, after, len(place)),
        steady=steady_state(counts),
    )


def _places(tiers: Sequence[str]) -> dict[str, int]:
    place = {tier: number for number, tier in enumerate(tiers)}
    if len(place) < len(tiers) or not tiers:
        raise MovesError(
            f"tiers {list(tiers)} must be names that differ, the best first",
            f"层级 {list(tiers)} 须为互不相同的名称，从高到低",
        )
    return place


def _placed(run: Mapping[str, str], place: Mapping[str, int]) -> dict[str, int]:
    unknown = sorted({str(tier) for tier in run.values() if tier not in place})
    if unknown:
        raise MovesError(
            f"tier {', '.join(unknown)} is not known; known are {', '.join(place)}; "
            "name the policy of these runs with --policy",
            f"未知的层级 {'、'.join(unknown)}；可用的为 {'、'.join(place)}；"
            "请用 --policy 指定这两次结果的策略",
        )
    return {customer: place[tier] for customer, tier in run.items()}


def _counted(run: Mapping[str, int], other: Mapping[str, int], size: int) -> tuple[int, ...]:
    """Return by tier how many customers of a run are not in the other."""
    counts = np.bincount([run[name] for name in run.keys() - other.keys()], minlength=size)
    return tuple(map(int, counts))
