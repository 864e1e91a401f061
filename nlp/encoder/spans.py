"""From target tags to the spans that the attitude is about, for many texts at once. Pure."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.encoder.engine import Floats
from nlp.run_sums import run_sums

MAX_TARGETS = 3
WIDEST_BLANK = 1

Integers = npt.NDArray[np.int64]
TargetSpan = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class _Runs:
    """Runs of target pieces, `first` to `last` half-open, and the text that each stands in."""

    first: Integers
    last: Integers
    text: Integers


def target_spans(
    tags: Floats, offsets: npt.NDArray[np.int32], sizes: list[int], threshold: float
) -> list[tuple[TargetSpan, ...]]:
    """Return per text the spans of adjacent target pieces, at most `MAX_TARGETS`, the surest kept.

    Parameters
    ----------
    tags, offsets
        (pieces, 4) and (pieces, 2): those of all texts, one text after the other.
    sizes
        How many of the pieces belong to each text.
    threshold
        From which probability on a piece is a target, 0 to 1.
    """
    runs = _surest(_runs(tags, offsets, sizes, threshold), tags)
    polarities = run_sums(tags[:, 1:], runs.first, runs.last).argmax(axis=1)
    spans: list[list[TargetSpan]] = [[] for _ in sizes]
    columns = (runs.text, offsets[runs.first, 0], offsets[runs.last - 1, 1], polarities)
    for text, start, end, polarity in zip(*(each.tolist() for each in columns), strict=True):
        spans[text].append((start, end, polarity))
    return list(map(tuple, spans))


def _runs(
    tags: Floats, offsets: npt.NDArray[np.int32], sizes: list[int], threshold: float
) -> _Runs:
    """Return the runs of target pieces that are neighbours in a text.

    Of a long text the head and the tail are read: their pieces meet here, and nowhere else. A
    normalised text has one blank in a row at most, so a wider gap is what was not read.
    """
    inside = (1 - tags[:, 0] >= threshold) & (offsets[:, 1] > offsets[:, 0])
    text = np.repeat(np.arange(len(sizes)), sizes)
    near = (text[1:] == text[:-1]) & (offsets[1:, 0] - offsets[:-1, 1] <= WIDEST_BLANK)
    goes_on = inside[1:] & inside[:-1] & near
    first = np.flatnonzero(inside & ~np.append(False, goes_on))
    last = np.flatnonzero(inside & ~np.append(goes_on, False)) + 1
    return _Runs(first, last, text[first])


def _surest(runs: _Runs, tags: Floats) -> _Runs:
    """Return the runs without those of a text that has too many and is surer of others."""
    crowded = np.flatnonzero(np.bincount(runs.text) > MAX_TARGETS)
    dropped: list[int] = []
    for text in crowded:
        own = np.flatnonzero(runs.text == text).tolist()
        own.sort(key=lambda run: tags[runs.first[run] : runs.last[run], 0].mean())
        dropped += own[MAX_TARGETS:]
    kept = np.delete(np.arange(len(runs.text)), dropped)
    return _Runs(runs.first[kept], runs.last[kept], runs.text[kept])
