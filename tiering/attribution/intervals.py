"""How sure the credits of channels are: bootstrap intervals over who walked the paths.

Customers are drawn again, each with all paths it walked, because what one customer does twice is
not told twice (a cluster bootstrap). Where nobody knows whose paths they are, every order and every
path without one is drawn for itself, with the mean value of the orders of its path: the spread of
values within a path is then not in the intervals. Percentiles, Efron 1979.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from nlp.evaluation import Floats
from tiering.attribution.chain import removal_effects
from tiering.attribution.paths import Path, counts_of, merged
from tiering.attribution.walks import Chain, walks_of
from tiering.errors import JourneyError

Ends = tuple[float, float]
LOW, HIGH = 0.025, 0.975
MOST_DRAWS = 10_000


@dataclass(frozen=True, slots=True)
class Spread:
    """The 95 % intervals of one channel: share lost without it, orders and fen it earned."""

    removal: Ends
    conversions: Ends
    value: Ends


def spreads(
    paths: Sequence[Path],
    order: int = 1,
    *,
    walkers: Sequence[str] | None = None,
    draws: int = 200,
    seed: int = 1,
) -> dict[str, Spread]:
    """Return the intervals of each channel.

    Parameters
    ----------
    paths
        Of which at least one has a touch. With `walkers` as they were walked, not merged.
    order
        As for `attribution`.
    walkers
        The customer of each path; None draws each order by itself.
    draws, seed
        How often is drawn, from which seed. Each draw solves the chain: a second or more where
        there are thousands of states.

    Raises
    ------
    JourneyError
        As for `attribution`; `draws` is not from 2 to `MOST_DRAWS`, or not one walker a path.
    """
    if not 2 <= draws <= MOST_DRAWS:
        raise JourneyError(
            f"draws {draws} must be from 2 to {MOST_DRAWS}, or 0 for no intervals",
            f"重抽次数 {draws} 须为 2 至 {MOST_DRAWS}，或以 0 表示不给区间",
        )
    whole = [path for path in merged(paths) if path.touches and path.conversions + path.nulls > 0]
    walks, chance = walks_of(whole, order), np.random.default_rng(seed)
    drawn = (
        _by_order(whole, chance) if walkers is None else _by_walker(whole, paths, walkers, chance)
    )
    found = [_earned(walks.chain(*cells.T), cells) for cells in (drawn() for _ in range(draws))]
    ends = np.quantile(np.array(found), [LOW, HIGH], axis=0)
    channels = walks.chain(*counts_of(whole).T).channels()
    return {
        channel: Spread(*((float(low), float(high)) for low, high in ends[:, :, place].T))
        for place, channel in enumerate(channels)
    }


def _earned(chain: Chain, cells: Floats) -> Floats:
    """Return removal, orders and value, shape (3, channels)."""
    orders, values = (
        np.array(list(each.values())) for each in removal_effects(chain, chain.orders, chain.values)
    )
    shares = (each / (each.sum() or 1.0) for each in (orders, values))
    earned = [share * total for share, total in zip(shares, cells[:, :2].sum(axis=0), strict=True)]
    return np.stack([orders, *earned])


def _by_order(paths: Sequence[Path], chance: np.random.Generator) -> Callable[[], Floats]:
    """Return what draws orders and paths without one: cells as `counts_of` gives them."""
    counts = counts_of(paths)
    units = np.concatenate([counts[:, 0], counts[:, 2]])
    number, share = max(1, round(float(units.sum()))), units / units.sum()
    each = counts[:, 1] / np.where(counts[:, 0] > 0, counts[:, 0], 1.0)

    def draw() -> Floats:
        ordered, left = chance.multinomial(number, share).astype(float).reshape(2, -1)
        return np.column_stack([ordered, ordered * each, left])

    return draw


def _by_walker(
    whole: Sequence[Path],
    paths: Sequence[Path],
    walkers: Sequence[str],
    chance: np.random.Generator,
) -> Callable[[], Floats]:
    """Return what draws customers with all they walked."""
    if len(walkers) != len(paths):
        raise JourneyError(
            f"{len(walkers)} walkers for {len(paths)} paths; give one for each path",
            f"{len(paths)} 条路径对应 {len(walkers)} 位顾客；每条路径须有一位",
        )
    place = {path.touches: number for number, path in enumerate(whole)}
    rows = [number for number, path in enumerate(paths) if path.touches in place]
    names, who = np.unique([walkers[row] for row in rows], return_inverse=True)
    walked = np.array([place[paths[row].touches] for row in rows])
    counts = counts_of([paths[row] for row in rows])
    shape = (len(whole), len(names))
    kinds = [sparse.csr_array((column, (walked, who)), shape=shape) for column in counts.T]

    def draw() -> Floats:
        often = chance.multinomial(len(names), np.full(len(names), 1 / len(names))).astype(float)
        return np.column_stack([kind @ often for kind in kinds])

    return draw
