"""Columns of customers as arrays: of one length, finite, named in errors; groups along a score."""

from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from nlp.evaluation import Floats
from tiering.errors import ExperimentError, TieringError


def finite(
    name: str, cells: Sequence[float] | Floats, error: type[TieringError] = ExperimentError
) -> Floats:
    """Return cells as an array of finite numbers.

    Raises
    ------
    TieringError
        Of the class `error`; a cell is nan or infinite, or the cells are no plain column.
    """
    array = np.asarray(cells, dtype=np.float64)
    wrong = np.flatnonzero(~np.isfinite(array)) if array.ndim == 1 else np.zeros(1, dtype=int)
    if len(wrong):
        value = array[wrong[0]] if array.ndim == 1 else array.shape
        raise error(
            f"{name}, cell {wrong[0]}: {value} is no finite number; correct it or leave the "
            "customer out",
            f"{name} 第 {wrong[0]} 个：{value} 不是有限的数字；请更正，或去掉该顾客",
        )
    return array


def demand_alike(error: type[TieringError], **columns: Sequence[object] | np.ndarray) -> None:
    """Raise unless all columns have one length of at least 1.

    Raises
    ------
    TieringError
        Of the class `error`; names the lengths.
    """
    lengths = {name: len(column) for name, column in columns.items()}
    if len(set(lengths.values())) > 1 or not all(lengths.values()):
        told = ", ".join(f"{name} {length}" for name, length in lengths.items())
        raise error(
            f"{told}: give one cell a customer in each, for at least one customer",
            f"{told}：每位顾客在各列须各有一个值，且至少一位顾客",
        )


def equal_groups(falling: Floats, groups: int) -> list[slice]:
    """Return slices of a falling score of about equal size that part no equal scores.

    Raises
    ------
    ExperimentError
        `groups` is below 1.
    """
    if groups < 1:
        raise ExperimentError(f"{groups} groups: give at least 1", f"{groups} 组：至少为 1 组")
    wanted = np.arange(1, groups) * len(falling) // groups
    # a cut moves to the front of its run of equal scores
    cuts = np.unique(np.searchsorted(-falling, -falling[np.minimum(wanted, len(falling) - 1)]))
    ends = [0, *(int(cut) for cut in cuts if cut > 0), len(falling)]
    return [slice(start, end) for start, end in pairwise(ends)]
