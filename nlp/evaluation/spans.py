"""How well spans of a text are found."""

from collections.abc import Sequence


def span_scores(truth: Sequence[set[str]], found: Sequence[set[str]]) -> dict[str, float]:
    """Return micro F1 of target spans, equal to the letter."""
    hits = sum(len(right & answer) for right, answer in zip(truth, found, strict=True))
    total = sum(map(len, truth)) + sum(map(len, found))
    return {"f1": 2 * hits / total if total else 0.0}
