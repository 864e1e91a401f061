"""Texts as vectors of the encoder: the one place where categories meet the network."""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from nlp.encoder import Runtime

BATCH = 256


def pooled(texts: Sequence[str], runtime: Runtime) -> npt.NDArray[np.float32]:
    """Return texts that are masked and normalised as vectors, shape (texts, width)."""
    return np.asarray(runtime.pooled(texts), dtype=np.float32)


def pooled_in_batches(
    texts: Sequence[str], runtime: Runtime, report: Callable[[int], None]
) -> npt.NDArray[np.float32]:
    """Return the same for many texts; `report` is told how many are done."""
    found = []
    for start in range(0, len(texts), BATCH):
        found.append(pooled(texts[start : start + BATCH], runtime))
        report(min(start + BATCH, len(texts)))
    return np.concatenate(found)
