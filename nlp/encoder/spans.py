"""From target tags to the spans that the attitude is about. Pure."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from nlp.encoder.engine import Floats

MAX_TARGETS = 3
WIDEST_BLANK = 1


def target_spans(
    tags: Floats, offsets: npt.NDArray[np.int32], threshold: float
) -> tuple[tuple[int, int, int], ...]:
    """Return the spans of adjacent target pieces, at most `MAX_TARGETS`, the surest kept."""
    inside = 1 - tags[:, 0] >= threshold
    if not inside.any():
        return ()
    inside &= offsets[:, 1] > offsets[:, 0]
    runs = list(_runs(inside, offsets))
    surest = sorted(runs, key=lambda run: tags[slice(*run), 0].mean())[:MAX_TARGETS]
    return tuple(_span(tags, offsets, run) for run in sorted(surest))


def _span(
    tags: Floats, offsets: npt.NDArray[np.int32], run: tuple[int, int]
) -> tuple[int, int, int]:
    first, last = run
    polarity = int(tags[first:last, 1:].sum(axis=0).argmax())
    return int(offsets[first, 0]), int(offsets[last - 1, 1]), polarity


def _runs(
    inside: npt.NDArray[np.bool_], offsets: npt.NDArray[np.int32]
) -> Iterator[tuple[int, int]]:
    """Yield the runs of pieces inside, (first, last) half-open, that are neighbours in the text.

    Of a long text the head and the tail are read: their pieces meet here, and nowhere else. A
    normalised text has one blank in a row at most, so a wider gap is what was not read.
    """
    apart = offsets[1:, 0] - offsets[:-1, 1] > WIDEST_BLANK
    edges = np.flatnonzero(np.diff(np.concatenate([[0], inside.astype(np.int8), [0]])))
    for first, last in edges.reshape(-1, 2).tolist():
        cuts = first + 1 + np.flatnonzero(apart[first : last - 1])
        yield from pairwise([first, *cuts.tolist(), last])
