"""Labelled texts as a network reads them: whole, and the clause of each term alone."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.encoder import Runtime, TextScores
from nlp.opinions import Place, clause_around
from nlp.text import Normalised, mask, normalise
from tests.benchmarks.opinion_sets import Judged


@dataclass(frozen=True, slots=True)
class Read:
    """A labelled text as the network reads it: whole, and the clause of each term alone."""

    judged: Judged
    plain: Normalised
    scores: TextScores
    places: tuple[tuple[int, int], ...]
    clauses: tuple[Place | None, ...]


def read_all(judged: Sequence[Judged], runtime: Runtime) -> list[Read]:
    """Return labelled texts with the scores that the network gives them and their clauses."""
    normalised = [normalise(mask(each.text)) for each in judged]
    scores = runtime.scores([text.text for text in normalised])
    places = [
        tuple(_place(text, start, end) for start, end, _ in each.terms)
        for each, text in zip(judged, normalised, strict=True)
    ]
    spans = [
        [clause_around(text.text, *place) for place in each]
        for text, each in zip(normalised, places, strict=True)
    ]
    pairs = zip(normalised, spans, strict=True)
    wanted = sorted({text.text[slice(*span)] for text, each in pairs for span in each})
    alone = dict(zip(wanted, runtime.clause_scores(wanted), strict=True))
    return [
        Read(each, text, score, place, _clauses_of(text.text, place, span, alone))
        for each, text, score, place, span in zip(
            judged, normalised, scores, places, spans, strict=True
        )
    ]


def _place(text: Normalised, start: int, end: int) -> tuple[int, int]:
    """Return where a span of the text stands in the normalised text."""
    offsets = text.offsets[:-1]
    first = int(np.searchsorted(offsets, start))
    return first, max(int(np.searchsorted(offsets, end)), first + 1)


def _clauses_of(
    text: str,
    places: Sequence[tuple[int, int]],
    spans: Sequence[tuple[int, int]],
    alone: dict[str, TextScores],
) -> tuple[Place | None, ...]:
    """Return each term in its clause; None where that is the whole text."""
    return tuple(
        Place(alone[text[first:last]], start - first, end - first)
        if text[first:last] != text
        else None
        for (start, end), (first, last) in zip(places, spans, strict=True)
    )
