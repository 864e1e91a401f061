"""Rank correlations of many features at once, over the rows that both of a pair have."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from tiering.features.matrix import Columns, Numbers

MOST_ROWS = 50_000
FEWEST_SHARED = 30
"""With fewer rows that have both, a correlation is not judged and counts 0."""
SEED = 20260630


def rank_correlations(columns: Columns, names: Sequence[str]) -> Numbers:
    """Return the square matrix of rank correlations, 0 where too few rows have both.

    Ranks are taken once within each feature, equal values share their mean rank (Spearman's with
    pairs left out where one is missing). Above 50,000 rows a seeded draw of so many is judged.
    """
    ranks = columns.matrix(names, _drawn(len(columns.customers)))
    for place in range(ranks.shape[1]):
        ranks[:, place] = _ranked(ranks[:, place])
    return _pairwise(ranks)


def _drawn(rows: int) -> npt.NDArray[np.int64] | None:
    if rows <= MOST_ROWS:
        return None
    drawn = np.random.default_rng(SEED).choice(rows, MOST_ROWS, replace=False)
    return np.sort(drawn).astype(np.int64)


def _ranked(numbers: Numbers) -> Numbers:
    """Return ranks around 0, from -1 to 1; NaN stays."""
    from scipy.stats import rankdata

    there = ~np.isnan(numbers)
    ranks = np.full(len(numbers), np.nan)
    count = int(there.sum())
    if count:
        ranks[there] = (2 * rankdata(numbers[there]) - count - 1) / count
    return ranks


def _pairwise(ranks: Numbers) -> Numbers:
    """Return correlations over shared rows: all sums of pairs are products of matrices."""
    there = (~np.isnan(ranks)).astype(np.float64)
    filled = np.where(there > 0, ranks, 0.0)
    shared = there.T @ there
    sums, squares = filled.T @ there, (filled**2).T @ there
    count = np.maximum(shared, 1)
    covariance = filled.T @ filled - sums * sums.T / count
    variance = squares - sums**2 / count
    # A feature without any spread over the shared rows correlates with nothing there.
    spread = np.sqrt(np.maximum(variance, 0) * np.maximum(variance.T, 0))
    usable = (shared >= FEWEST_SHARED) & (spread > 1e-9 * count)
    return np.where(usable, covariance / np.where(usable, spread, 1.0), 0.0)
