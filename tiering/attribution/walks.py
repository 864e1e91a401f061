"""Paths as ways through the states of a chain: what a chain is counted from, again and again."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.evaluation import Floats
from tiering.attribution.paths import Path
from tiering.errors import JourneyError

MOST_STATES = 3000
"""The chain is solved as a dense matrix: 3,000 states take 70 MB and a second."""

State = tuple[str, ...]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True, eq=False)
class Chain:
    """A chain of `states`; `start` sums to 1 with the paths that have no touch left out.

    `moves` are the chances from state to state, `orders` the chance of an order next, `values`
    the fen of an order expected next. A state that no counted path passes leads nowhere.
    """

    states: tuple[State, ...]
    start: Floats
    moves: Floats
    orders: Floats
    values: Floats

    def channels(self) -> tuple[str, ...]:
        """Return the channels, sorted."""
        return tuple(sorted({state[-1] for state in self.states}))


@dataclass(frozen=True, slots=True, eq=False)
class Walks:
    """Ways of paths through `states`, one entry a path: where it starts and ends.

    `path`, `source` and `target` have one entry a step: of which path, from where to where.
    """

    states: tuple[State, ...]
    starts: Places
    ends: Places
    path: Places
    source: Places
    target: Places

    def chain(self, conversions: Floats, values: Floats, nulls: Floats) -> Chain:
        """Return the chain of the paths, each counted so often (one entry a path)."""
        size, weight = len(self.states), conversions + nulls
        step = weight[self.path]
        flat = np.bincount(self.source * size + self.target, step, minlength=size * size)
        counts = flat.reshape(size, size)
        start = np.bincount(self.starts, weight, minlength=size)
        left = counts.sum(axis=1) + np.bincount(self.ends, weight, minlength=size)
        orders, worth = (np.bincount(self.ends, each, size) for each in (conversions, values))
        # a state without a count is divided by 1: it leads nowhere
        per, whole = np.where(left > 0, left, 1.0), start.sum() or 1.0
        return Chain(self.states, start / whole, counts / per[:, None], orders / per, worth / per)


def walks_of(paths: Sequence[Path], order: int = 1) -> Walks:
    """Return the ways of paths, each of which has a touch.

    Parameters
    ----------
    paths
        What is counted of them stands apart, see `Walks.chain`.
    order
        How many of the last touches decide what comes next: 1, 2 or 3.

    Raises
    ------
    JourneyError
        The order is another one, there is no path, or there are more states than fit.
    """
    if order not in (1, 2, 3):
        raise JourneyError(f"order {order} must be 1, 2 or 3", f"阶数 {order} 须为 1、2 或 3")
    if not paths:
        raise JourneyError(
            "no path has a touch; give touches from before the orders, or more days",
            "没有任何路径含有触点；请提供订单之前的触点，或增加天数",
        )
    passed = [_states(path.touches, order) for path in paths]
    places = _places(passed, order)
    ways = [np.array([places[state] for state in way], dtype=np.intp) for way in passed]
    return Walks(
        states=tuple(places),
        starts=np.array([way[0] for way in ways], dtype=np.intp),
        ends=np.array([way[-1] for way in ways], dtype=np.intp),
        path=np.repeat(np.arange(len(ways)), [len(way) - 1 for way in ways]),
        source=np.concatenate([way[:-1] for way in ways]),
        target=np.concatenate([way[1:] for way in ways]),
    )


def _states(touches: State, order: int) -> list[State]:
    """Return the states that a path passes: after each touch the last ones, up to `order`."""
    return [touches[max(0, end - order) : end] for end in range(1, len(touches) + 1)]


def _places(passed: Sequence[Sequence[State]], order: int) -> dict[State, int]:
    """Return the number of each state that a path passes, sorted."""
    states = sorted({state for way in passed for state in way})
    if len(states) > MOST_STATES:
        raise JourneyError(
            f"{len(states)} states of order {order} are more than {MOST_STATES}; take a lower "
            "order, or join channels",
            f"{order} 阶共有 {len(states)} 个状态，超过 {MOST_STATES}；请降低阶数，或合并渠道",
        )
    return {state: number for number, state in enumerate(states)}
