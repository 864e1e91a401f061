"""Measure the model on the sets of its card: `python -m tests.benchmarks.quality DATA`."""

import sys
from pathlib import Path
from typing import Any

from nlp.training.model_card import measure_all

Rows = list[tuple[str, str]]


def run(data: Path) -> Rows:
    """Return every figure of the model card, measured now."""
    return [row for name, figures in measure_all(data).items() for row in flat(name, figures)]


def flat(prefix: str, figures: dict[str, Any]) -> Rows:
    """Return nested figures under dotted names."""
    rows: Rows = []
    for name, value in figures.items():
        if isinstance(value, dict):
            rows += flat(f"{prefix}.{name}", value)
        else:
            shown = f"{value:.4f}" if isinstance(value, float) else str(value)
            rows.append((f"{prefix}.{name}", shown))
    return rows


if __name__ == "__main__":
    for label, value in run(Path(sys.argv[1])):
        print(f"{label}\t{value}")
