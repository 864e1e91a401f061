"""How far a figure may be chance: Wilson's interval of a share, the bootstrap of any figure."""

from collections.abc import Callable, Iterator
from math import sqrt

import numpy as np

from nlp.evaluation.arrays import Flags, Floats, Integers

Z95 = 1.959963984540054
DRAWS = 1_000
SEED = 20261126
# How many weights are held at a time: 64 MB.
HELD_WEIGHTS = 8_000_000

Interval = tuple[float, float]


def wilson(hits: float, n: float, z: float = Z95) -> Interval:
    """Return the interval of a share (Wilson 1927); from 0 to 1 where nothing was seen.

    Parameters
    ----------
    hits, n
        How many of how many; need not be whole where voices are weighted.
    z
        Half width in standard deviations; 95 % by default.

    >>> [round(end, 4) for end in wilson(15, 20)]
    [0.5313, 0.8881]
    """
    if not n:
        return 0.0, 1.0
    share, z2 = hits / n, z**2
    middle = share + z2 / (2 * n)
    half = z * sqrt(share * (1 - share) / n + z2 / (4 * n**2))
    return max(0.0, (middle - half) / (1 + z2 / n)), min(1.0, (middle + half) / (1 + z2 / n))


def bootstrap(
    figure: Callable[[Floats], Floats], n: int, draws: int = DRAWS, seed: int = SEED
) -> Interval:
    """Return the 95 % percentile interval of a figure (Efron 1979).

    Parameters
    ----------
    figure
        Takes weights (draws, n), how often each text was drawn; returns the figure of each draw.
    n
        How many texts there are.
    draws, seed
        How many samples of n texts are drawn with replacement, and from which seed.
    """
    found = np.concatenate([figure(weights) for weights in _weights(n, draws, seed)])
    low, high = np.quantile(found, [0.025, 0.975])
    return float(low), float(high)


def _weights(n: int, draws: int, seed: int) -> Iterator[Floats]:
    chance = np.random.default_rng(seed)
    held = max(1, HELD_WEIGHTS // n)
    for start in range(0, draws, held):
        count = min(held, draws - start)
        yield chance.multinomial(n, np.full(n, 1 / n), size=count).astype(np.float64)


def mean_of(values: Floats | Flags) -> Callable[[Floats], Floats]:
    """Return the figure "mean of these values" for `bootstrap`."""
    return lambda weights: weights @ values / weights.sum(axis=1)


def macro_f1_of(truth: Flags, found: Flags) -> Callable[[Floats], Floats]:
    """Return the figure "macro F1" of labels (texts, labels) for `bootstrap`.

    As in `label_scores`, the labels that a draw neither holds nor finds do not count.
    """

    def figure(weights: Floats) -> Floats:
        hits = weights @ (truth & found)
        total = weights @ truth + weights @ found
        scores = np.divide(2 * hits, total, out=np.zeros_like(hits), where=total > 0)
        return np.asarray(scores.sum(axis=1) / np.maximum(1, (total > 0).sum(axis=1)))

    return figure


def micro_f1_of(truth: Flags, found: Flags) -> Callable[[Floats], Floats]:
    """Return the figure "F1 of all labels together" (texts, labels) for `bootstrap`."""
    hits, total = (truth & found).sum(axis=1), truth.sum(axis=1) + found.sum(axis=1)
    return lambda weights: 2 * (weights @ hits) / np.maximum(1, weights @ total)


def kappa_of(truth: Integers, found: Integers, levels: int) -> Callable[[Floats], Floats]:
    """Return the figure "quadratic kappa" of levels (texts,) for `bootstrap`."""
    cells = np.zeros((len(truth), levels * levels))
    cells[np.arange(len(truth)), truth * levels + found] = 1
    apart = np.subtract.outer(np.arange(levels), np.arange(levels)) ** 2

    def figure(weights: Floats) -> Floats:
        observed = (weights @ cells).reshape(-1, levels, levels)
        rows, columns = observed.sum(axis=2), observed.sum(axis=1)
        expected = rows[:, :, None] * columns[:, None, :] / weights.sum(axis=1)[:, None, None]
        chance = (apart * expected).sum(axis=(1, 2))
        lost = (apart * observed).sum(axis=(1, 2))
        return np.asarray(1 - np.divide(lost, chance, out=np.zeros_like(lost), where=chance > 0))

    return figure
