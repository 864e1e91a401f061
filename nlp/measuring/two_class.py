"""Measure a model on texts that are labelled good or bad and nothing else."""

import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from nlp.errors import LabelError
from nlp.evaluation import binary_scores, bootstrap, mean_of
from nlp.labelled_lines import labelled_lines
from nlp.measuring.reading import Figures, timed_readings
from nlp.measuring.truth import not_empty


def evaluate_binary(path: Path, artifact: Path | None = None) -> Figures:
    """Return the figures on a JSONL file of `text` and `label` (0 negative, 1 positive).

    Raises
    ------
    LabelError
        Naming file and line, where a line has no text or another label, or the file is empty.
    """
    return measure_binary(not_empty(list(_rows(path)), path), artifact)


def measure_binary(
    rows: Sequence[tuple[str, bool]], artifact: Path | None = None, *, fast: bool = False
) -> Figures:
    """Return the figures of a model on texts with a two-class label, True for positive."""
    readings, seconds = timed_readings([text for text, _ in rows], artifact, fast=fast)
    positive = np.array([label for _, label in rows])
    probabilities = np.stack([reading.sentiment for reading in readings]).astype(np.float64)
    polar = (probabilities[:, 2] > probabilities[:, 0]) == positive
    return {
        "n": len(rows),
        "texts_per_second": round(len(rows) / seconds, 1),
        **binary_scores(positive, probabilities),
        "intervals": {"polar_accuracy": list(bootstrap(mean_of(polar), len(rows)))},
    }


def _rows(path: Path) -> Iterable[tuple[str, bool]]:
    for number, line in labelled_lines(path):
        yield _row(line, f"{path}:{number}")


def _row(line: str, where: str) -> tuple[str, bool]:
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
