"""Fits on one thread.

Sums of several threads would differ in the last bit from run to run; and where the processors are
busy, threads of many small products wait for each other a hundred times as long as they compute.
"""

from contextlib import AbstractContextManager
from typing import Any


def one_thread() -> AbstractContextManager[Any]:
    """Return a context in which numpy, scipy and scikit-learn compute on one thread."""
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits
