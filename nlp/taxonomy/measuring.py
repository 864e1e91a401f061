"""Measure a classifier on labelled texts: one JSON object a line, `text` and `category`."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp.encoder import Runtime
from nlp.evaluation import class_scores
from nlp.labelled_lines import labelled_lines
from nlp.taxonomy.category import plain, same
from nlp.taxonomy.classifier import Classifier, check_model
from nlp.taxonomy.errors import TaxonomyError
from nlp.taxonomy.lexicon import Floats, Integers
from nlp.taxonomy.vectors import BATCH

OUTSIDE = -1


@dataclass(frozen=True, slots=True)
class _Line:
    """A labelled text, and the place of its category; `OUTSIDE` where it belongs to none."""

    text: str
    category: int


def evaluate_classifier(classifier: Classifier, path: Path, runtime: Runtime) -> dict[str, Any]:
    """Return the figures of a classifier on a JSONL file of `text` and `category`.

    `category` null stands for a text of none of the categories: of those, `outside` tells how many
    were rightly left open. `accuracy`, `macro_f1`, `per_class` and `confusion` are of the likeliest
    category of all others, answered or not; `answered` holds coverage, and accuracy above the
    threshold.

    Raises
    ------
    LabelError
        A line is not UTF-8.
    TaxonomyError
        A line is no labelled text, or names a category that the classifier does not know.
    ClassifierError
        The classifier was learnt on another model.
    """
    check_model(classifier, runtime)
    places = {same(name): place for place, name in enumerate(classifier.names)}
    lines = [
        _line(line, f"{path}:{number}", places, classifier.names)
        for number, line in labelled_lines(path)
    ]
    if not lines:
        raise TaxonomyError(
            f"{path} holds no labelled line; write one JSON object per line",
            f"{path} 中没有标注行；每行应为一个 JSON 对象",
        )
    plains = [plain(line.text) for line in lines]
    batches = (plains[start : start + BATCH] for start in range(0, len(plains), BATCH))
    sure = np.concatenate([classifier.probabilities(batch, runtime) for batch in batches])
    truth = np.array([line.category for line in lines])
    return figures(truth, sure, classifier)


def figures(truth: Integers, sure: Floats, classifier: Classifier) -> dict[str, Any]:
    """Return the figures of probabilities (texts, categories); `truth` is `OUTSIDE` for none."""
    answered = sure.max(axis=1) >= classifier.threshold
    inside = truth != OUTSIDE
    right = sure.argmax(axis=1) == truth
    found: dict[str, Any] = {"n": len(truth), "categories": len(classifier.names)}
    if inside.any():
        found |= class_scores(truth[inside], sure[inside], classifier.names)
        kept = inside & answered
        found["answered"] = {
            "threshold": classifier.threshold,
            "coverage": float(answered[inside].mean()),
            "accuracy": float(right[kept].mean()) if kept.any() else None,
        }
    if not inside.all():
        outside = ~inside
        found["outside"] = {
            "n": int(outside.sum()),
            "left_open": float((~answered)[outside].mean()),
        }
    return found


def _line(line: str, where: str, places: Mapping[str, int], names: Sequence[str]) -> _Line:
    try:
        row = json.loads(line)
        text, category = row["text"], row["category"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise TaxonomyError(
            f"{where}: needs 'text' and 'category' ({error!r})",
            f"{where}：需要 text 与 category（{error!r}）",
        ) from error
    if not isinstance(text, str) or not isinstance(category, str | None):
        raise TaxonomyError(
            f"{where}: 'text' and 'category' must be texts (category null: none of them)",
            f"{where}：text 与 category 应为文本（category 为 null 表示不属于任何类别）",
        )
    if category is None:
        return _Line(text, OUTSIDE)
    if same(category) not in places:
        raise TaxonomyError(
            f"{where}: unknown category {category!r}; known: {', '.join(names)}",
            f"{where}：未知类别“{category}”；可用：{'、'.join(names)}",
        )
    return _Line(text, places[same(category)])
