"""The absorbing Markov chain of paths, and what is lost when a channel is taken out of it.

States are the last `order` channels of a path; a path starts, moves from state to state, and ends
in an order or in nothing. With Q the moves among states, N = (I - Q)^-1 is the fundamental matrix
(Kemeny and Snell 1960, ch. 3): with s the starts and r the chance (or the value) of an order from
each state, the chain brings s N r. A channel that is taken out sends whoever comes to it nowhere.
With C its states, s N_C (N_CC)^-1 is where paths first meet it, and what it takes away is that
times what the chain brings from there: all in closed form, nothing is simulated (Anderl, Becker,
von Wangenheim and Schumann 2016, Mapping the customer journey, removal effect).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.evaluation import Floats
from tiering.attribution.paths import Path
from tiering.errors import JourneyError

MOST_STATES = 3000
"""The chain is solved as a dense matrix: 3,000 states take 70 MB and a second."""


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A chain of `states`; `start` sums to 1 with the paths that have no touch left out.

    `moves` are the chances from state to state, `orders` the chance of an order next, `values`
    the fen of an order expected next.
    """

    states: tuple[tuple[str, ...], ...]
    start: Floats
    moves: Floats
    orders: Floats
    values: Floats

    def channels(self) -> tuple[str, ...]:
        """Return the channels, sorted."""
        return tuple(sorted({state[-1] for state in self.states}))


def chain_of(paths: Sequence[Path], order: int = 1) -> Chain:
    """Return the chain of paths that have a touch.

    Parameters
    ----------
    paths
        With their conversions, values and nulls.
    order
        How many of the last touches decide what comes next: 1, 2 or 3.

    Raises
    ------
    JourneyError
        The order is another one, no path has a touch, or there are more states than fit.
    """
    if order not in (1, 2, 3):
        raise JourneyError(f"order {order} must be 1, 2 or 3", f"阶数 {order} 须为 1、2 或 3")
    walked = [path for path in paths if path.touches and path.conversions + path.nulls > 0]
    if not walked:
        raise JourneyError(
            "no path has a touch; give touches from before the orders, or more days",
            "没有任何路径含有触点；请提供订单之前的触点，或增加天数",
        )
    places = _places(walked, order)
    size = len(places)
    counts, start = np.zeros((size, size)), np.zeros(size)
    ends, values = np.zeros((size, 2)), np.zeros(size)
    for path in walked:
        weight, way = path.conversions + path.nulls, _way(path.touches, order, places)
        start[way[0]] += weight
        np.add.at(counts, (way[:-1], way[1:]), weight)
        ends[way[-1]] += path.conversions, path.nulls
        values[way[-1]] += path.value
    left = counts.sum(axis=1) + ends.sum(axis=1)
    return Chain(
        tuple(places),
        start / start.sum(),
        counts / left[:, None],
        ends[:, 0] / left,
        values / left,
    )


def removal_effects(chain: Chain, rewards: Floats) -> dict[str, float]:
    """Return by channel what share of the chain's reward is lost without it, from 0 to 1.

    Parameters
    ----------
    rewards
        Shape (states,): `chain.orders`, or `chain.values`.

    Returns
    -------
    dict[str, float]
        0 for all channels where there is no reward at all.
    """
    size = len(chain.states)
    fundamental = np.linalg.inv(np.eye(size) - chain.moves)
    visits, ahead = chain.start @ fundamental, fundamental @ rewards
    whole = float(chain.start @ ahead)
    ends = np.array([state[-1] for state in chain.states])
    effects = {}
    for channel in chain.channels():
        of = np.flatnonzero(ends == channel)
        met = np.linalg.solve(fundamental[np.ix_(of, of)].T, visits[of])
        effects[channel] = float(np.clip(met @ ahead[of] / whole, 0, 1)) if whole > 0 else 0.0
    return effects


def _places(paths: Sequence[Path], order: int) -> dict[tuple[str, ...], int]:
    """Return the number of each state that a path passes, sorted."""
    states = sorted(
        {
            path.touches[max(0, end - order) : end]
            for path in paths
            for end in range(1, len(path.touches) + 1)
        }
    )
    if len(states) > MOST_STATES:
        raise JourneyError(
            f"{len(states)} states of order {order} are more than {MOST_STATES}; take a lower "
            "order, or join channels",
            f"{order} 阶共有 {len(states)} 个状态，超过 {MOST_STATES}；请降低阶数，或合并渠道",
        )
    return {state: number for number, state in enumerate(states)}


def _way(touches: tuple[str, ...], order: int, places: dict[tuple[str, ...], int]) -> list[int]:
    ends = range(1, len(touches) + 1)
    return [places[touches[max(0, end - order) : end]] for end in ends]
