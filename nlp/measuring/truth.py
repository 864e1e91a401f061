"""Labelled texts and their readings, side by side as arrays."""

from collections.abc import Iterable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TypeVar

import numpy as np

from nlp.encoder import Reading
from nlp.errors import LabelError
from nlp.evaluation import Flags, Floats, Integers
from nlp.gold import Example
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS

Row = TypeVar("Row")


class Judged:
    """What is true of texts and what was read; each array has one row a text."""

    def __init__(self, examples: Sequence[Example], readings: Sequence[Reading]) -> None:
        self.examples, self.readings = examples, readings

    def __len__(self) -> int:
        return len(self.examples)

    @cached_property
    def sentiments(self) -> Integers:
        """(texts,) index of the true sentiment."""
        order = list(SENTIMENTS)
        return np.array([order.index(each.sentiment or "neutral") for each in self.examples])

    @cached_property
    def sentiment(self) -> Floats:
        """(texts, 3) probabilities read."""
        return _stacked(reading.sentiment for reading in self.readings)

    @cached_property
    def intents(self) -> Flags:
        """(texts, intents) what is true."""
        return marks((example.intents for example in self.examples), INTENTS)

    @cached_property
    def found_intents(self) -> Flags:
        """(texts, intents) what was read."""
        return marks((reading.intent_labels for reading in self.readings), INTENTS)

    @cached_property
    def intent_chances(self) -> Floats:
        """(texts, intents) probabilities read."""
        return _stacked(reading.intents for reading in self.readings)

    @cached_property
    def complaint(self) -> Flags:
        """(texts, categories) what is true."""
        return marks((example.complaint for example in self.examples), COMPLAINTS)

    @cached_property
    def found_complaint(self) -> Flags:
        """(texts, categories) what was read."""
        return marks((reading.complaint_labels for reading in self.readings), COMPLAINTS)

    @cached_property
    def category_chances(self) -> Floats:
        """(texts, categories) probabilities read, of a text that complains."""
        return _stacked(reading.complaint for reading in self.readings)

    @cached_property
    def first_category(self) -> Integers:
        """(texts,) index of the most central true category, -1 where there is none."""
        return _first(example.complaint for example in self.examples)

    @cached_property
    def first_found(self) -> Integers:
        """(texts,) index of the category read first, -1 where there is none."""
        return _first(reading.complaint_labels for reading in self.readings)

    @cached_property
    def severity(self) -> Integers:
        """(texts,) true level."""
        return np.array([example.severity or 0 for example in self.examples])

    @cached_property
    def found_severity(self) -> Integers:
        """(texts,) level read."""
        return np.array([reading.severity_level for reading in self.readings])

    @cached_property
    def severity_chances(self) -> Floats:
        """(texts, 3) probabilities read of at least 1, 2, 3."""
        return _stacked(reading.severity for reading in self.readings)

    def answered(self, head: str) -> Flags:
        """Return (texts,) whether a head did not leave its answer open."""
        return np.array([head not in reading.left_open for reading in self.readings])


def marks(rows: Iterable[Iterable[str] | None], labels: Iterable[str]) -> Flags:
    """Return which labels each row holds, shape (rows, labels)."""
    order = list(labels)
    return np.array([[label in (row or ()) for label in order] for row in rows], dtype=np.bool_)


def not_empty(rows: list[Row], path: Path) -> list[Row]:
    """Return the rows of a labelled file.

    Raises
    ------
    LabelError
        When there is none.
    """
    if rows:
        return rows
    raise LabelError(
        f"{path} holds no labelled line; write one JSON object per line",
        f"{path} 中没有标注行；每行应为一个 JSON 对象",
    )


def _stacked(rows: Iterable[np.typing.NDArray[np.float32]]) -> Floats:
    return np.stack(list(rows)).astype(np.float64)


def _first(rows: Iterable[tuple[str, ...] | None]) -> Integers:
    order = list(COMPLAINTS)
    return np.array([order.index(row[0]) if row else -1 for row in rows])
