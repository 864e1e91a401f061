"""Decided texts as the model sees them, ready to be learned from."""

from collections.abc import Iterable

from nlp.encoder import Runtime
from nlp.review.learning import Lesson
from nlp.review.merging import Resolved
from nlp.text import prepared


def lessons(resolved: Iterable[Resolved], runtime: Runtime) -> list[Lesson]:
    """Return a lesson for each text on which people do not tie, in order."""
    decided = [one.decision for one in resolved if not one.ties]
    scores = runtime.scores([prepared(one.text).text for one in decided]) if decided else []
    return [Lesson(one.key, one.labels, score) for one, score in zip(decided, scores, strict=True)]
