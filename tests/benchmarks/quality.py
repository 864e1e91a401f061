"""Measure the model on the sets of its card: `python -m tests.benchmarks.quality DATA`.

Slices, calibration, silence and evidence are among the figures. First it makes sure that no text of
the challenge set is in a set that training reads.
"""

import sys
from pathlib import Path
from typing import Any

from nlp.encoder import read_artifact
from nlp.gold import read_gold
from nlp.slices import challenge_texts
from nlp.training.corpora import CORPORA
from nlp.training.exclusion import comparison_form
from nlp.training.model_card import measure_all
from nlp.training.pools import read_pools

Rows = list[tuple[str, str]]


def run(data: Path) -> Rows:
    """Return every figure of the model card, measured now."""
    if known := known_challenge_texts(data):
        raise SystemExit(f"the challenge set holds texts of the data sets: {known}")
    fast = read_artifact().fast is not None
    figures = measure_all(data, fast=fast)
    return [row for name, figure in figures.items() for row in flat(name, figure)]


def known_challenge_texts(data: Path) -> list[str]:
    """Return the challenge texts that stand in a data set, to the letter or but for marks."""
    texts = {example.text for corpus in CORPORA.values() for example in corpus.read(data)}
    texts |= set(read_pools(data))
    for split in ("train", "dev"):
        texts |= {example.text for example in read_gold(data / "gold" / f"{split}.jsonl")}
    forms = {comparison_form(text) for text in texts} - {""}
    asked = (each.example.text for each in challenge_texts())
    return [text for text in asked if text in texts or comparison_form(text) in forms]


def flat(prefix: str, figures: dict[str, Any]) -> Rows:
    """Return nested figures under dotted names."""
    rows: Rows = []
    for name, value in figures.items():
        if isinstance(value, dict):
            rows += flat(f"{prefix}.{name}", value)
        else:
            rows.append((f"{prefix}.{name}", shown(value)))
    return rows


def shown(value: object) -> str:
    """Return a figure or an interval as text."""
    if isinstance(value, list):
        return " to ".join(map(shown, value))
    return f"{value:.4f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    for label, value in run(Path(sys.argv[1])):
        print(f"{label}\t{value}")
