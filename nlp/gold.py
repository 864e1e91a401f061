"""One labelled text, and the files of gold labels that it is read from."""

import json
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from nlp.errors import LabelError
from nlp.labelled_lines import labelled_lines
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES, Sentiment

Label = TypeVar("Label")


@dataclass(frozen=True, slots=True)
class TargetSpan:
    """A labelled target: character offsets (half-open) into the text, and its polarity."""

    start: int
    end: int
    polarity: Sentiment


@dataclass(frozen=True, slots=True)
class Example:
    """A text and what is known of it; None where a source does not say.

    `positive` is a two-class polarity label: the text is not neutral, or was never offered the
    choice, and only the ratio of positive to negative is trained on it. `taught` holds the logits
    that a teacher network gave: sentiment, intents, complaint, severity; `taught_tags` those of the
    target tags, as half floats, four for each piece of the normalised text.
    """

    text: str
    source: str
    sentiment: Sentiment | None = None
    positive: bool | None = None
    intents: tuple[str, ...] | None = None
    complaint: tuple[str, ...] | None = None
    severity: int | None = None
    targets: tuple[TargetSpan, ...] | None = None
    taught: tuple[float, ...] | None = None
    taught_tags: bytes | None = None


def read_gold(path: Path) -> list[Example]:
    """Return the examples of a JSONL file in the format of the label guide plus `text`.

    Raises
    ------
    LabelError
        Naming file, line, field and the allowed values.
    """
    return [example for _, example in read_labelled(path)]


def read_labelled(path: Path) -> Iterator[tuple[dict[str, Any], Example]]:
    """Yield each labelled line, parsed, with its example."""
    for number, line in labelled_lines(path):
        row = _parsed(line, path, number)
        yield row, gold_example(row, f"{path}:{number}")


def gold_example(row: dict[str, Any], where: str) -> Example:
    """Return the example of one labelled line; `where` names file and line in errors."""
    text = row.get("text")
    if not isinstance(text, str) or not text.strip():
        raise LabelError(
            f"{where}: 'text' is {text!r}; it must be a non-empty string",
            f"{where}：text 为 {text!r}；应为非空字符串",
        )
    sentiment = _one(row, "sentiment", SENTIMENTS, where)
    return Example(
        text=text,
        source="gold",
        sentiment=sentiment,
        intents=_several(row, "intents", INTENTS, where),
        complaint=_several(row, "complaint", COMPLAINTS, where),
        severity=_one(row, "severity", SEVERITIES, where),
        targets=_targets(text, _spans(row, where), sentiment),
    )


def _parsed(line: str, path: Path, number: int) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        row = error
    if isinstance(row, dict):
        return row
    raise LabelError(
        f"{path}:{number}: not a JSON object ({row}); write one object per line",
        f"{path}:{number}：不是 JSON 对象（{row}）；每行应为一个对象",
    )


def _one(row: dict[str, Any], field: str, allowed: Collection[Label], where: str) -> Label:
    value = row.get(field)
    for label in allowed:
        if value == label and type(value) is type(label):
            return label
    raise _bad_label(field, value, allowed, where)


def _several(
    row: dict[str, Any], field: str, allowed: Collection[object], where: str
) -> tuple[str, ...]:
    values, labels = row.get(field), list(allowed)
    if isinstance(values, list) and all(value in labels for value in values):
        return tuple(values)
    raise _bad_label(field, values, allowed, where)


def _bad_label(field: str, value: object, allowed: Collection[object], where: str) -> LabelError:
    known = ", ".join(map(str, allowed))
    return LabelError(
        f"{where}: '{field}' is {value!r}; allowed: {known}",
        f"{where}：{field} 为 {value!r}；可用值：{known}",
    )


def _spans(row: dict[str, Any], where: str) -> list[str]:
    spans = row.get("target") or []
    if isinstance(spans, list) and all(isinstance(span, str) for span in spans):
        return spans
    raise LabelError(
        f"{where}: 'target' is {spans!r}; it must be a list of parts of the text",
        f"{where}：target 为 {spans!r}；应为文本片段的列表",
    )


def _targets(text: str, spans: list[str], sentiment: Sentiment) -> tuple[TargetSpan, ...] | None:
    """Return where the targets stand; None for neutral texts, where the guide judges none."""
    if sentiment == "neutral":
        return None
    found = ((text.find(span), span) for span in spans)
    return tuple(
        TargetSpan(start, start + len(span), sentiment) for start, span in found if start >= 0
    )
