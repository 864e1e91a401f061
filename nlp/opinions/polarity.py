"""What a text says of a term that is given: the polarity at a place, not of the whole text.

A network that reads `屏幕很好，客服太差` as one text may blame both; read alone, the clause of each
term says what is meant of it. So a term is read twice, in its text and in its clause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nlp.opinions.clauses import Span, clauses_around
from nlp.run_sums import run_sums

if TYPE_CHECKING:
    from nlp.encoder import TextScores

Floats = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]
TargetSpan = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class PolarityCalibration:
    """How tag logits become probabilities: times `scale`, plus `shift` for each sentiment.

    The shipped values were fitted on the train splits of eight sets of aspect terms; evidence
    around the term did not help. `python -m tests.benchmarks.bench_opinions DATA --fit` fits them
    again, for another network.
    """

    scale: float
    shift: tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Place:
    """A term in a text that was read: its scores, and the half-open span of the term."""

    scores: "TextScores"
    start: int
    end: int


TEXT_ALONE = PolarityCalibration(0.61, (-1.13, 0.75, 0.0))
TEXT_AND_CLAUSE = PolarityCalibration(0.65, (-0.96, 0.86, 0.0))


def polarity_at(
    scores: "TextScores",
    start: int,
    end: int,
    *,
    clause: Place | None = None,
    calibration: PolarityCalibration | None = None,
) -> Floats:
    """Return the probabilities of negative, neutral and positive for a term, given its place.

    Unlike a found target, a given one is judged wherever it stands, also where the network sees
    no attitude. Not for the sentiment of a text: that is `scores.sentiment`.

    Parameters
    ----------
    scores
        The scores of the normalised text.
    start, end
        Half-open span of the term in the normalised text, not empty.
    clause
        The same term in its clause, read alone; see `clauses_to_read`.
    calibration
        How tag logits become probabilities; the shipped one when None.

    Returns
    -------
    Shape (3,), sums to 1; equal thirds where the network did not read that place (of a long text
    only head and tail are read).

    Raises
    ------
    IndexError
        If not 0 <= start < end.
    """
    found = _polarities([Place(scores, start, end)], [clause], calibration)
    return np.asarray(found[0], dtype=np.float32)


def clauses_to_read(text: str, targets: Sequence[TargetSpan]) -> tuple[Span, ...]:
    """Return the clauses that must be read alone for the polarity of targets.

    One a target, in order; none where all stand in one clause: there they cannot differ so.

    >>> text = "屏幕很好，客服太差"
    >>> [text[slice(*span)] for span in clauses_to_read(text, [(0, 2, 0), (5, 7, 0)])]
    ['屏幕很好', '客服太差']
    """
    if len(targets) < 2:
        return ()
    clauses = clauses_around(text, [(start, end) for start, end, _ in targets])
    return clauses if len(set(clauses)) > 1 else ()


def repolarised(
    scores: Sequence["TextScores"],
    targets: Sequence[Sequence[TargetSpan]],
    clauses: Sequence[Sequence[Span]],
    read: Sequence["TextScores"],
) -> list[tuple[TargetSpan, ...]]:
    """Return the targets of texts with the polarity that text and clause give together.

    Parameters
    ----------
    scores
        The scores of each normalised text.
    targets
        Spans in each, with the index of their sentiment, as `nlp.encoder.Reading` has them.
    clauses
        As `clauses_to_read` gives them for the targets of each.
    read
        The scores of each of all these clauses, read alone, one text's after the other's.
    """
    texts = list(zip(scores, targets, clauses, strict=True))
    whole = [
        Place(text, start, end) for text, spans, cuts in texts if cuts for start, end, _ in spans
    ]
    begins = [first for cuts in clauses for first, _ in cuts]
    alone = [
        Place(clause, place.start - first, place.end - first)
        for clause, place, first in zip(read, whole, begins, strict=True)
    ]
    polarity = iter(_polarities(whole, alone).argmax(axis=1).tolist() if whole else ())
    return [
        tuple((start, end, next(polarity)) for start, end, _ in spans) if cuts else tuple(spans)
        for _, spans, cuts in texts
    ]


def _polarities(
    places: Sequence[Place],
    clauses: Sequence[Place | None],
    calibration: PolarityCalibration | None = None,
) -> Floats:
    """Return the probabilities at terms, shape (places, 3), each read in its text and its clause.

    Of many places at once: for each alone, numpy would be called twenty times over a few numbers.
    """
    (whole, seen), (alone, seen_alone) = _tag_logits(places), _tag_logits(clauses)
    readings = seen.astype(np.float32) + seen_alone
    mean = (whole + alone) / np.maximum(readings, 1)[:, np.newaxis]
    usual = (TEXT_AND_CLAUSE if both else TEXT_ALONE for both in (seen & seen_alone).tolist())
    chosen = [calibration or each for each in usual]
    scale = np.array([each.scale for each in chosen], dtype=np.float32)[:, np.newaxis]
    logits = scale * mean + np.array([each.shift for each in chosen])
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    chances = powers / powers.sum(axis=1, keepdims=True)
    return np.where(readings[:, np.newaxis] > 0, chances, 1 / 3).astype(np.float32)


def _tag_logits(places: Sequence[Place | None]) -> tuple[Floats, Flags]:
    """Return the mean logits of the tags at places, (places, 3), and which places were read."""
    known = [(number, place) for number, place in enumerate(places) if place is not None]
    if not known:
        return np.zeros((len(places), 3), dtype=np.float32), np.zeros(len(places), dtype=np.bool_)
    start, end = (np.array(each) for each in zip(*map(_span, known), strict=True))
    offsets = np.concatenate([place.scores.offsets for _, place in known])
    sizes = [len(place.scores.offsets) for _, place in known]
    inside = (offsets[:, 0] < np.repeat(end, sizes)) & (offsets[:, 1] > np.repeat(start, sizes))
    tags = np.concatenate([place.scores.targets for _, place in known])[inside]
    logits = (tags - np.logaddexp.reduce(tags, axis=1, keepdims=True))[:, 1:]
    owner = np.repeat([number for number, _ in known], sizes)[inside]
    pieces = np.bincount(owner, minlength=len(places))
    last = np.cumsum(pieces)
    sums = run_sums(logits, last - pieces, last)
    mean = sums / np.maximum(pieces, 1)[:, np.newaxis].astype(np.float32)
    return np.asarray(mean, dtype=np.float32), pieces > 0


def _span(numbered: tuple[int, Place]) -> Span:
    start, end = numbered[1].start, numbered[1].end
    if not 0 <= start < end:
        raise IndexError(f"span ({start}, {end}) is empty or outside the text")
    return start, end
