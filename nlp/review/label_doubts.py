"""Labels that somebody gave and that the other texts contradict: likely label errors."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.message import Message
from nlp.review.candidate import Labels
from nlp.review.confident import NONE, contradicted, estimated_joint
from nlp.review.out_of_fold import Floats, Integers, out_of_fold
from nlp.review.questions import Question, questions


@dataclass(frozen=True, slots=True)
class LabelDoubt:
    """A given label that is contradicted.

    `index` is the text's; `margin`, above 0 to 1, is by how much the likelier class leads.
    """

    index: int
    field: str
    margin: float
    why: Message


@dataclass(frozen=True, slots=True)
class CheckedField:
    """The labels of one field, checked: of how many texts, about how many labels are wrong.

    `wrong` is what confident learning estimates; `doubts` are the labels that may be those.
    """

    field: str
    texts: int
    wrong: float
    doubts: tuple[LabelDoubt, ...]


def check_labels(
    labels: Sequence[Labels], features: Floats, place: Integers
) -> tuple[CheckedField, ...]:
    """Return the doubts on the labels of texts, by field.

    The probabilities come from the other folds of the same texts, see `out_of_fold`: what all of
    them get wrong alike, nobody finds; and a text that the encoder was trained on looks too easy,
    so that of such texts fewer errors are found.

    Parameters
    ----------
    labels, features, place
        Of each text: what it was given, the features, the fold.
    """
    found: dict[str, CheckedField] = {}
    for question in questions(labels):
        one = _checked(question, features, place)
        before = found.get(one.field, CheckedField(one.field, 0, 0.0, ()))
        texts, wrong = max(before.texts, one.texts), before.wrong + one.wrong
        found[one.field] = CheckedField(one.field, texts, wrong, before.doubts + one.doubts)
    return tuple(found.values())


def _checked(question: Question, features: Floats, place: Integers) -> CheckedField:
    rows, classes = question.rows, question.classes
    chances = out_of_fold(features[rows], classes, place[rows], len(question.names))
    joint, likelier = estimated_joint(classes, chances), contradicted(classes, chances)
    doubts = tuple(
        _doubt(question, int(number), chances[number], int(likelier[number]))
        for number in np.flatnonzero(likelier != NONE)
    )
    return CheckedField(question.field, len(rows), float(joint.sum() - joint.trace()), doubts)


def _doubt(question: Question, number: int, chances: Floats, likelier: int) -> LabelDoubt:
    given = int(question.classes[number])
    small, large = float(chances[given]), float(chances[likelier])
    why = Message(
        f"{question.field}: given {question.names[given]} ({small:.0%} by the other texts), rather"
        f" {question.names[likelier]} ({large:.0%})",
        f"{question.field}：标为{question.zh[given]}（据其余文本 {small:.0%}），"
        f"更像{question.zh[likelier]}（{large:.0%}）",
    )
    return LabelDoubt(int(question.rows[number]), question.field, large - small, why)
