"""Labels as questions with classes: sentiment, severity, and one for each intent and category."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES
from nlp.review.candidate import Labels
from nlp.review.out_of_fold import Integers

LEAST_OF_A_CLASS = 10


@dataclass(frozen=True, slots=True)
class Question:
    """One thing that labels say, with the class of every text that it is asked of.

    `field` is that of the label guide; `names` and `zh` name the classes; `rows` (asked,) are the
    numbers of the texts, `classes` (asked,) what they were given.
    """

    field: str
    names: tuple[str, ...]
    zh: tuple[str, ...]
    rows: Integers
    classes: Integers


def questions(labels: Sequence[Labels]) -> Iterator[Question]:
    """Yield the questions that the labels of texts answer, each of those texts it can be asked of.

    Categories are asked of complaints alone. A class of fewer than `LEAST_OF_A_CLASS` texts is too
    small to be known, and a question with fewer than two others is not asked.
    """
    for question in _all_questions(labels):
        counts = np.bincount(question.classes, minlength=len(question.names))
        known = counts >= LEAST_OF_A_CLASS
        if np.count_nonzero(known) > 1:
            kept = known[question.classes]
            yield replace(question, rows=question.rows[kept], classes=question.classes[kept])


def _all_questions(labels: Sequence[Labels]) -> Iterator[Question]:
    everywhere = np.arange(len(labels))
    complaints = np.flatnonzero([bool(one.complaint) for one in labels])
    sentiments = [one.sentiment for one in labels]
    yield _one("sentiment", {str(key): zh for key, zh in SENTIMENTS.items()}, sentiments)
    yield from _each("intents", INTENTS, [one.intents for one in labels], everywhere)
    yield from _each("complaint", COMPLAINTS, [one.complaint for one in labels], complaints)
    levels = [str(one.severity) for one in labels]
    yield _one("severity", {str(key): zh for key, zh in SEVERITIES.items()}, levels)


def _one(field: str, names: Mapping[str, str], given: Sequence[str]) -> Question:
    place = {name: number for number, name in enumerate(names)}
    classes = np.array([place[name] for name in given], dtype=np.int64)
    return Question(field, tuple(names), tuple(names.values()), np.arange(len(given)), classes)


def _each(
    field: str, names: Mapping[str, str], given: Sequence[tuple[str, ...]], rows: Integers
) -> Iterator[Question]:
    for name, zh in names.items():
        held = np.array([name in given[row] for row in rows], dtype=np.int64)
        yield Question(field, (f"no {name}", name), (f"无{zh}", zh), rows, held)
