"""Scores of two runs counted in the same bins, so that their drift can be measured."""

import numpy as np
import numpy.typing as npt

Scores = npt.NDArray[np.float64]


def same_bins(
    old: Scores, new: Scores, bins: int = 10
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return how many scores of each run lie in each bin.

    The bins are cut at the quantiles of the old run; equal quantiles are one, so that there may be
    fewer bins than asked for, and two of them (below and from the only score on) at least.
    """
    inner = np.quantile(old, np.arange(1, bins) / bins, method="lower")
    cuts = np.unique(inner)
    counts = (
        np.bincount(np.searchsorted(cuts, run, side="right"), minlength=len(cuts) + 1)
        for run in (old, new)
    )
    before, after = counts
    return before, after
