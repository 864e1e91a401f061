"""What a text says of a term that is given: the polarity at a place, not of the whole text.

A network that reads `屏幕很好，客服太差` as one text may blame both; read alone, the clause of each
term says what is meant of it. So a term is read twice, in its text and in its clause.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from nlp.opinions.clauses import Span, clause_around

if TYPE_CHECKING:
    from nlp.encoder import TextScores

Floats = npt.NDArray[np.float32]
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
    places = [Place(scores, start, end), *([clause] if clause else [])]
    logits = [found for place in places if (found := _tag_logits(place)) is not None]
    if not logits:
        return np.full(3, 1 / 3, dtype=np.float32)
    usual = TEXT_AND_CLAUSE if len(logits) > 1 else TEXT_ALONE
    chosen = calibration or usual
    calibrated = chosen.scale * np.mean(logits, axis=0) + np.array(chosen.shift)
    powers = np.exp(calibrated - calibrated.max())
    return np.asarray(powers / powers.sum(), dtype=np.float32)


def clauses_to_read(text: str, targets: Sequence[TargetSpan]) -> tuple[Span, ...]:
    """Return the clauses that must be read alone for the polarity of targets.

    One a target, in order; none where all stand in one clause: there they cannot differ so.

    >>> text = "屏幕很好，客服太差"
    >>> [text[slice(*span)] for span in clauses_to_read(text, [(0, 2, 0), (5, 7, 0)])]
    ['屏幕很好', '客服太差']
    """
    clauses = tuple(clause_around(text, start, end) for start, end, _ in targets)
    return clauses if len(set(clauses)) > 1 else ()


def repolarised(
    scores: "TextScores",
    targets: Sequence[TargetSpan],
    clauses: Sequence[Span],
    read: Sequence["TextScores"],
) -> tuple[TargetSpan, ...]:
    """Return targets with the polarity that their text and their clause give together.

    Parameters
    ----------
    scores
        The scores of the normalised text.
    targets
        Spans in it, with the index of their sentiment, as `nlp.encoder.Reading` has them.
    clauses
        As `clauses_to_read` gives them for these targets.
    read
        The scores of each of these clauses, read alone.
    """
    if not clauses:
        return tuple(targets)
    return tuple(
        (start, end, int(polarity_at(scores, start, end, clause=place).argmax()))
        for (start, end, _), place in zip(targets, _places(targets, clauses, read), strict=True)
    )


def _places(
    targets: Sequence[TargetSpan], clauses: Sequence[Span], read: Sequence["TextScores"]
) -> list[Place]:
    return [
        Place(scores, start - first, end - first)
        for (start, end, _), (first, _), scores in zip(targets, clauses, read, strict=True)
    ]


def _tag_logits(place: Place) -> Floats | None:
    if not 0 <= place.start < place.end:
        raise IndexError(f"span ({place.start}, {place.end}) is empty or outside the text")
    offsets = place.scores.offsets
    inside = (offsets[:, 0] < place.end) & (offsets[:, 1] > place.start)
    if not inside.any():
        return None
    tags = place.scores.targets[inside]
    whole = np.logaddexp.reduce(tags, axis=1, keepdims=True)
    return np.asarray((tags - whole)[:, 1:].mean(axis=0), dtype=np.float32)
