"""A classifier of a company's own categories: texts in, a category or an open answer out."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.encoder import Runtime
from nlp.message import Message
from nlp.taxonomy.category import plain, says_something
from nlp.taxonomy.errors import ClassifierError
from nlp.taxonomy.head import Head, probabilities
from nlp.taxonomy.vectors import BATCH, pooled
from nlp.text import mask

NOTHING = Message("the text says nothing", "文本没有内容")


@dataclass(frozen=True, slots=True)
class Label:
    """The names of a category: as it stands in the output, in Chinese and in English."""

    name: str
    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Labelled:
    """What a text is about.

    `category` is None where the answer is left open; `reason` says why, and is None otherwise.
    `probability` is that of the `likeliest` category, calibrated on an equal mix of the categories;
    None, like `likeliest`, where the text says nothing.
    """

    category: str | None
    probability: float | None
    likeliest: str | None
    reason: Message | None
    masked_text: str

    @property
    def abstained(self) -> bool:
        """Whether the answer is left open."""
        return self.category is None

    def as_row(self) -> dict[str, Any]:
        """Return the columns of the output table."""
        return {
            "category": self.category,
            "probability": self.probability,
            "abstained": self.abstained,
            "likeliest": self.likeliest,
            "reason": self.reason and self.reason.en,
            "reason_zh": self.reason and self.reason.zh,
            "masked_text": self.masked_text,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Classifier:
    """A head, its categories, the confidence below which it abstains, and the model it is of."""

    head: Head
    labels: tuple[Label, ...]
    threshold: float
    model_version: str

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the categories, in the order of the probabilities."""
        return tuple(label.name for label in self.labels)

    def label(self, texts: Iterable[str], runtime: Runtime) -> Iterator[Labelled]:
        """Yield what each text is about, in order, streaming.

        Raises
        ------
        ClassifierError
            `runtime` runs another model than the one the classifier was learnt on.
        """
        check_model(self, runtime)
        stream = iter(texts)
        while batch := list(islice(stream, BATCH)):
            masked = [mask(text) for text in batch]
            plains = [plain(text) for text in batch]
            for text, says, row in zip(
                masked,
                map(says_something, plains),
                self.probabilities(plains, runtime),
                strict=True,
            ):
                yield self._labelled(text, row) if says else silent(text)

    def probabilities(self, plains: Sequence[str], runtime: Runtime) -> npt.NDArray[np.float64]:
        """Return probabilities (texts, categories) of texts that are masked and normalised."""
        return probabilities(self.head.logits(pooled(plains, runtime), plains))

    def _labelled(self, masked: str, row: npt.NDArray[np.float64]) -> Labelled:
        first, second = (int(place) for place in np.argsort(-row, kind="stable")[:2])
        probability = round(float(row[first]), 4)
        if row[first] >= self.threshold:
            return Labelled(self.names[first], probability, self.names[first], None, masked)
        reason = self._unsure(first, second, float(row[first]), float(row[second]))
        return Labelled(None, probability, self.names[first], reason, masked)

    def _unsure(self, first: int, second: int, most: float, next_: float) -> Message:
        one, two = self.labels[first], self.labels[second]
        return Message(
            f"unsure: {one.en} {most:.0%}, {two.en} {next_:.0%}; answered from"
            f" {self.threshold:.0%} on",
            f"把握不足：{one.zh} {most:.0%}，{two.zh} {next_:.0%}；"
            f"达到 {self.threshold:.0%} 才作答",
        )


def silent(masked: str) -> Labelled:
    """Return the answer to a text that says nothing."""
    return Labelled(None, None, None, NOTHING, masked)


def check_model(classifier: Classifier, runtime: Runtime) -> None:
    """Raise unless the runtime runs the model that the classifier was learnt on."""
    version = runtime.artifact.version
    if version != classifier.model_version:
        raise ClassifierError(
            f"the classifier was learnt on {classifier.model_version}, the model here is {version};"
            " learn it again: tingyin taxonomy learn",
            f"该分类器基于模型 {classifier.model_version} 学习，而当前模型是 {version}；"
            "请重新运行 tingyin taxonomy learn",
        )
