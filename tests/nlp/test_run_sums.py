"""Sums of runs: those of one run alone, to the last digit."""

import numpy as np
import pytest

from nlp.run_sums import run_sums


@pytest.mark.parametrize("longest", [1, 3, 9, 190], ids=lambda size: f"up to {size} rows")
def test_a_run_s_sum_does_not_depend_on_the_others(longest):
    drawn = np.random.default_rng(longest)
    values = drawn.random((1_000, 3)).astype(np.float32)
    first = drawn.integers(0, 1_000 - longest, 300)
    last = first + drawn.integers(0, longest + 1, 300)
    alone = [values[a:b].sum(axis=0) for a, b in zip(first, last, strict=True)]
    assert np.array_equal(run_sums(values, first, last), alone)


def test_of_no_runs_there_are_no_sums():
    none = np.zeros(0, dtype=np.int64)
    assert run_sums(np.ones((4, 2), dtype=np.float32), none, none).shape == (0, 2)
