"""Measure a model on a labelled file: read, run, compare. `nlp.evaluation` has the formulas."""

import json
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlp.encoder import Reading, Runtime, read, read_artifact
from nlp.errors import LabelError
from nlp.evaluation import (
    Flags,
    binary_scores,
    class_scores,
    label_scores,
    severity_scores,
    span_scores,
    top_share,
)
from nlp.gold import Example, read_gold
from nlp.labelled_lines import labelled_lines
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS
from nlp.text import mask, normalise

Figures = dict[str, Any]


def evaluate(path: Path, artifact: Path | None = None) -> Figures:
    """Return the figures of a model on a labelled JSONL file, as `tingyin eval` prints them.

    Raises
    ------
    LabelError
        Naming file and line, where the file does not follow the label guide or is empty.
    """
    return measure(_not_empty(read_gold(path), path), artifact)


def measure(examples: Sequence[Example], artifact: Path | None = None) -> Figures:
    """Return the figures of a model on labelled examples."""
    texts = [example.text for example in examples]
    readings, seconds = _timed_readings(texts, artifact)
    return {
        "n": len(examples),
        "texts_per_second": round(len(examples) / seconds, 1),
        "sentiment": _sentiment(examples, readings),
        "intents": label_scores(
            _marks((example.intents for example in examples), INTENTS),
            _marks((reading.intent_labels for reading in readings), INTENTS),
            list(INTENTS),
        ),
        "complaint": _complaint(examples, readings),
        "severity": severity_scores(
            np.array([example.severity for example in examples]),
            np.array([reading.severity_level for reading in readings]),
        ),
        "target": _targets(examples, readings),
    }


def evaluate_binary(path: Path, artifact: Path | None = None) -> Figures:
    """Return the figures on a JSONL file of `text` and `label` (0 negative, 1 positive)."""
    return measure_binary(_not_empty(list(_binary_rows(path)), path), artifact)


def measure_binary(rows: Sequence[tuple[str, bool]], artifact: Path | None = None) -> Figures:
    """Return the figures of a model on texts with a two-class label, True for positive."""
    readings, seconds = _timed_readings([text for text, _ in rows], artifact)
    positive = np.array([label for _, label in rows])
    probabilities = np.stack([reading.sentiment for reading in readings]).astype(np.float64)
    return {
        "n": len(rows),
        "texts_per_second": round(len(rows) / seconds, 1),
        **binary_scores(positive, probabilities),
    }


def read_texts(texts: Sequence[str], runtime: Runtime) -> list[Reading]:
    """Return the readings of raw texts, prepared as the pipeline prepares them."""
    scores = runtime.scores([normalise(mask(text)).text for text in texts])
    return [read(score, runtime.artifact.calibration) for score in scores]


def _timed_readings(texts: Sequence[str], artifact: Path | None) -> tuple[list[Reading], float]:
    runtime = Runtime(read_artifact(artifact))
    read_texts(texts[:1], runtime)  # loads the model, which is not to be timed
    start = time.perf_counter()
    readings = read_texts(texts, runtime)
    return readings, time.perf_counter() - start


def _sentiment(examples: Sequence[Example], readings: Sequence[Reading]) -> Figures:
    order = list(SENTIMENTS)
    truth = np.array([order.index(example.sentiment or "neutral") for example in examples])
    probabilities = np.stack([reading.sentiment for reading in readings]).astype(np.float64)
    return class_scores(truth, probabilities, order)


def _complaint(examples: Sequence[Example], readings: Sequence[Reading]) -> Figures:
    order = list(COMPLAINTS)
    scores = label_scores(
        _marks((example.complaint for example in examples), COMPLAINTS),
        _marks((reading.complaint_labels for reading in readings), COMPLAINTS),
        order,
    )
    first = np.array(
        [order.index(example.complaint[0]) if example.complaint else -1 for example in examples]
    )
    probabilities = np.stack([reading.complaint for reading in readings]).astype(np.float64)
    return {**scores, "top3": top_share(first, probabilities)}


def _targets(examples: Sequence[Example], readings: Sequence[Reading]) -> Figures:
    """Score spans only where the guide judges them: in texts that are not neutral."""
    judged = [
        (_gold_spans(example), _found_spans(example.text, reading))
        for example, reading in zip(examples, readings, strict=True)
        if example.targets is not None
    ]
    return dict(span_scores([truth for truth, _ in judged], [found for _, found in judged]))


def _gold_spans(example: Example) -> set[str]:
    return {example.text[span.start : span.end] for span in example.targets or ()}


def _found_spans(text: str, reading: Reading) -> set[str]:
    plain = normalise(mask(text))
    spans = (plain.original_span(start, end) for start, end, _ in reading.target_spans)
    return {text[start:end].strip() for start, end in spans}


def _marks(rows: Iterable[Iterable[str] | None], labels: Iterable[str]) -> Flags:
    order = list(labels)
    return np.array([[label in (row or ()) for label in order] for row in rows], dtype=np.bool_)


def _not_empty(rows: list[Any], path: Path) -> list[Any]:
    if rows:
        return rows
    raise LabelError(
        f"{path} holds no labelled line; write one JSON object per line",
        f"{path} 中没有标注行；每行应为一个 JSON 对象",
    )


def _binary_rows(path: Path) -> Iterable[tuple[str, bool]]:
    for number, line in labelled_lines(path):
        yield _binary_row(line, f"{path}:{number}")


def _binary_row(line: str, where: str) -> tuple[str, bool]:
    try:
        row = json.loads(line)
        text, label = row["text"], row["label"]
    except (ValueError, RecursionError, KeyError, TypeError) as error:
        raise LabelError(
            f"{where}: needs 'text' and 'label' ({error!r})",
            f"{where}：需要 text 与 label（{error!r}）",
        ) from error
    if not isinstance(text, str) or label not in (0, 1, "0", "1"):
        raise LabelError(
            f"{where}: 'label' is {label!r}; allowed: 0 (negative), 1 (positive)",
            f"{where}：label 为 {label!r}；可用值：0（负面）、1（正面）",
        )
    return text, int(label) == 1
