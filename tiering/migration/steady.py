"""Where the tiers end up when customers go on to move as they did."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Steady:
    """The shares that do not change any more, by tier; None with the reason where undetermined.

    `reason` is `unique`, or `several` (more than one group of tiers that nobody leaves, so that
    the end depends on the start), or `unseen` (nobody started in a tier that people move to).
    """

    shares: tuple[float, ...] | None
    reason: str


def steady_state(counts: npt.NDArray[np.int64]) -> Steady:
    """Return the stationary distribution of the moves.

    Parameters
    ----------
    counts
        Shape (tiers, tiers): customers from the row's tier to the column's.
    """
    counts = np.asarray(counts, dtype=np.int64)
    started = counts.sum(axis=1)
    used = np.flatnonzero((started > 0) | (counts.sum(axis=0) > 0))
    if (started[used] == 0).any() or len(used) == 0:
        return Steady(None, "unseen")
    chain = counts[np.ix_(used, used)] / started[used][:, None]
    if _closed_groups(chain) > 1:
        return Steady(None, "several")
    shares = np.zeros(len(counts))
    shares[used] = _stationary(chain)
    return Steady(tuple(map(float, shares)), "unique")


def _stationary(chain: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Solve pi P = pi with the sum 1, by least squares over the n + 1 equations."""
    size = len(chain)
    equations = np.vstack([chain.T - np.eye(size), np.ones(size)])
    found = np.linalg.lstsq(equations, np.append(np.zeros(size), 1.0), rcond=None)[0]
    positive: npt.NDArray[np.float64] = np.clip(found, 0.0, None)
    positive /= positive.sum()
    return positive


def _closed_groups(chain: npt.NDArray[np.float64]) -> int:
    """Return how many groups of tiers nobody leaves."""
    reach = (chain > 0) | np.eye(len(chain), dtype=bool)
    for _ in range(len(chain).bit_length()):
        reach = (reach.astype(int) @ reach.astype(int)) > 0
    mutual = reach & reach.T
    closed = [tuple(mutual[i]) for i in range(len(chain)) if (reach[i] == mutual[i]).all()]
    return len(set(closed))
