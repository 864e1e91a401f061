"""K-means: how many segments, and who is in which, with how stable that is.

Nothing depends on the order of rows: they come sorted by customer, and every draw is seeded. One
thread computes, because sums of several would differ in the last bit from run to run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from statistics import fmean
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.evaluation import Floats
from nlp.one_thread import one_thread
from tiering.segments.policy import SegmentPolicy

Labels = npt.NDArray[np.int64]
STARTS, BATCH, SHUFFLES = 10, 4_096, 3
TIE = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Clusters:
    """Who is in which segment (`labels`), the `centres` (segments, columns), and how good it is.

    `silhouettes` by number of segments, of a sample, and `chance`, those of the sample with each
    column shuffled by itself; the number that is farthest above chance is taken. `agreement`
    are the adjusted Rand indexes of refits on customers drawn again with these segments: 1 is the
    same, 0 is chance. All are empty where there is nothing to choose.
    """

    labels: Labels
    centres: Floats
    silhouettes: Mapping[int, float]
    chance: Mapping[int, float]
    agreement: tuple[float, ...]


def clusters(matrix: Floats, policy: SegmentPolicy) -> Clusters:
    """Return the segments of standardised rows, the largest first.

    With fewer than three different rows, or no column at all, everybody is in one segment; with
    fewer different rows than segments asked for, there are at most as many segments as rows less
    one.
    """
    different = len(np.unique(matrix, axis=0)) if matrix.size else 1
    most = min(policy.most, different - 1)
    if most < 2:
        labels = np.zeros(len(matrix), dtype=np.int64)
        return Clusters(labels, matrix.mean(axis=0, keepdims=True), {}, {}, ())
    counts = range(min(policy.least, most), most + 1)
    with one_thread():
        fits = {count: _fit(matrix, count, policy, policy.seed) for count in counts}
        drawn = _sample(len(matrix), policy)
        silhouettes = {n: _silhouette(matrix, fit.labels_, drawn) for n, fit in fits.items()}
        chance = _chance(matrix[drawn], counts, policy)
        above = {count: silhouettes[count] - chance[count] for count in counts}
        chosen = fits[_best(above, fits, policy)]
        labels, centres = _by_size(chosen.labels_, chosen.cluster_centers_)
        agreement = _agreement(matrix, labels, len(centres), policy)
    return Clusters(labels, centres, silhouettes, chance, agreement)


def _fit(matrix: Floats, count: int, policy: SegmentPolicy, seed: int) -> Any:  # noqa: ANN401  # scikit-learn has no types
    from sklearn.cluster import KMeans, MiniBatchKMeans

    if len(matrix) >= policy.minibatch_from:
        many = MiniBatchKMeans(count, batch_size=BATCH, n_init=STARTS, random_state=seed)
        return many.fit(matrix)
    return KMeans(count, n_init=STARTS, random_state=seed).fit(matrix)


def _sample(rows: int, policy: SegmentPolicy) -> npt.NDArray[np.intp]:
    if rows <= policy.sample:
        return np.arange(rows)
    rng = np.random.default_rng(policy.seed)
    return np.sort(rng.choice(rows, policy.sample, replace=False))


def _silhouette(matrix: Floats, labels: Labels, drawn: npt.NDArray[np.intp]) -> float:
    """Return the mean silhouette of the sample (Rousseeuw 1987), -1 to 1."""
    from sklearn.metrics import silhouette_score

    if not 2 <= len(np.unique(labels[drawn])) < len(drawn):
        return -1.0
    return float(silhouette_score(matrix[drawn], labels[drawn]))


def _chance(sample: Floats, counts: range, policy: SegmentPolicy) -> dict[int, float]:
    """Return by number of segments the mean silhouette where columns do not belong together."""
    rng, every = np.random.default_rng(policy.seed + 2), np.arange(len(sample))
    found: dict[int, list[float]] = {count: [] for count in counts}
    for _ in range(SHUFFLES):
        mixed = np.column_stack([rng.permutation(column) for column in sample.T])
        different = len(np.unique(mixed, axis=0))
        for count in counts:
            fit = _fit(mixed, min(count, different), policy, policy.seed)
            found[count].append(_silhouette(mixed, fit.labels_, every))
    return {count: fmean(values) for count, values in found.items()}


def _best(above: Mapping[int, float], fits: Mapping[int, Any], policy: SegmentPolicy) -> int:
    shares = {
        n: np.bincount(fit.labels_, minlength=n) / fit.labels_.size for n, fit in fits.items()
    }
    whole = [n for n, share in shares.items() if share.min() >= policy.smallest]
    return max(whole or above, key=lambda n: (round(above[n] / TIE), -n))


def _by_size(labels: Labels, centres: Floats) -> tuple[Labels, Floats]:
    """Number the segments by size, the largest first; of equal ones by their centres."""
    sizes = np.bincount(labels, minlength=len(centres))
    order = np.lexsort((*reversed(centres.T.round(9)), -sizes))
    places = np.empty(len(centres), dtype=np.int64)
    places[order] = np.arange(len(centres))
    return places[labels], np.asarray(centres[order], dtype=float)


def _agreement(
    matrix: Floats, labels: Labels, count: int, policy: SegmentPolicy
) -> tuple[float, ...]:
    from sklearn.metrics import adjusted_rand_score

    rng = np.random.default_rng(policy.seed + 1)
    found = []
    for number in range(policy.refits):
        drawn = matrix[np.sort(rng.integers(0, len(matrix), len(matrix)))]
        if len(np.unique(drawn, axis=0)) < count:
            continue
        refit = _fit(drawn, count, policy, policy.seed + 1 + number)
        found.append(float(adjusted_rand_score(labels, refit.predict(matrix))))
    return tuple(found)
