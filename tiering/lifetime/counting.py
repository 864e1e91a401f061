"""Functions of whole counts, computed once a count instead of once a row."""

from collections.abc import Callable

import numpy as np

from nlp.evaluation import Floats


def of_counts(function: Callable[[Floats], Floats], counts: Floats) -> Floats:
    """Return `function(counts)` for counts 0, 1, 2, ...; through a table where that is shorter."""
    most = int(counts.max(initial=0))
    if most >= counts.size:
        return function(counts)
    return function(np.arange(most + 1.0))[counts.astype(np.intp)]
