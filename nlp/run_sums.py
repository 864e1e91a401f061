"""Sums over runs of rows, for many runs at once."""

from typing import TypeVar

import numpy as np
import numpy.typing as npt

Number = TypeVar("Number", bound=np.floating)


def run_sums(
    values: npt.NDArray[Number], first: npt.NDArray[np.int64], last: npt.NDArray[np.int64]
) -> npt.NDArray[Number]:
    """Return the sum of the rows `first[i]:last[i]` for each run i, shape (runs, columns).

    Row is added to row, so that a run's sum is `values[first:last].sum(axis=0)` to the last digit,
    whatever other runs there are; `np.add.reduceat` adds in another order.

    >>> run_sums(np.float32([[1], [2], [3], [4]]), np.array([0, 1]), np.array([1, 4])).tolist()
    [[1.0], [9.0]]
    """
    sums = np.zeros((len(first), values.shape[1]), dtype=values.dtype)
    for step in range(int((last - first).max(initial=0))):
        going = np.flatnonzero(first + step < last)
        sums[going] += values[first[going] + step]
    return sums
