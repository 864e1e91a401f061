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

import numpy as np

from nlp.evaluation import Floats
from tiering.attribution.paths import Path, counts_of
from tiering.attribution.walks import Chain, walks_of


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
    walked = [path for path in paths if path.touches and path.conversions + path.nulls > 0]
    return walks_of(walked, order).chain(*counts_of(walked).T)


def removal_effects(chain: Chain, *rewards: Floats) -> tuple[dict[str, float], ...]:
    """Return by channel what share of each reward of the chain is lost without it, from 0 to 1.

    Parameters
    ----------
    rewards
        Each of shape (states,): `chain.orders`, or `chain.values`.

    Returns
    -------
    tuple of dict[str, float]
        One for each reward; 0 for all channels where there is no reward at all.
    """
    size = len(chain.states)
    fundamental = np.asarray(np.linalg.inv(np.eye(size) - chain.moves), dtype=float)
    visits = chain.start @ fundamental
    ends = np.array([state[-1] for state in chain.states])
    met = {
        name: _met(fundamental, visits, np.flatnonzero(ends == name)) for name in chain.channels()
    }
    return tuple(_lost(chain.start, fundamental @ reward, ends, met) for reward in rewards)


def _met(fundamental: Floats, visits: Floats, of: np.ndarray) -> Floats:
    """Return where paths first meet a channel, whose states are `of`."""
    return np.asarray(np.linalg.solve(fundamental[np.ix_(of, of)].T, visits[of]))


def _lost(
    start: Floats, ahead: Floats, ends: np.ndarray, met: dict[str, Floats]
) -> dict[str, float]:
    whole = float(start @ ahead)
    if whole <= 0:
        return dict.fromkeys(met, 0.0)
    return {
        name: float(np.clip(first @ ahead[ends == name] / whole, 0, 1))
        for name, first in met.items()
    }
