"""Tasks to Label Studio and back: its import format, and the annotations of its JSON export.

Formats: labelstud.io/guide/task_format and /guide/predictions. Offsets count code points, as
Python does (Label Studio's own tests of emoji say so).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from nlp.review.candidate import Candidate
from nlp.review.decision import Decision, read_decision
from nlp.review.errors import DecisionError
from nlp.review.label_config import CHOICES, TARGET, TEXT, shown
from nlp.review.selecting import Task

SHOWN_AS = {
    field: {shown(label, zh): label for label, zh in labels.items()}
    for field, (_, _, labels) in CHOICES.items()
}


@dataclass(frozen=True, slots=True)
class Answers:
    """What people did with one task: their decisions, and how often it was skipped."""

    decisions: tuple[Decision, ...]
    skipped: int


def task_json(task: Task) -> dict[str, Any]:
    """Return a task in Label Studio's import format, the model's answer as its prediction."""
    one = task.candidate
    return {
        "data": {
            "text": one.text,
            "why": " · ".join(f"{why.zh} {why.en}" for _, why in task.reasons),
            "reasons": [name for name, _ in task.reasons],
            "picked_for": task.picked_for,
            "key": one.key,
            "id": one.id,
            "product": one.product,
            "channel": one.channel,
            "created_at": one.at.isoformat() if one.at else None,
            "model_version": one.model_version,
            "model": one.labels.as_row(),
        },
        "predictions": [
            {
                "model_version": one.model_version,
                "score": round(one.confidence, 4),
                "result": list(_prediction(one)),
            }
        ],
    }


def answers(task: Mapping[str, Any], where: str) -> Answers:
    """Return the decisions in one task of Label Studio's JSON export.

    An annotation that was cancelled is a task skipped; one marked as ground truth is final.

    Raises
    ------
    LabelError, DecisionError
        The task is not one that `task_json` made, or an annotation breaks the guide.
    """
    data, annotations = task.get("data"), task.get("annotations")
    if not isinstance(data, dict) or not isinstance(annotations, list):
        raise DecisionError(
            f"{where}: no task of Label Studio's export with 'data' and 'annotations'; export the"
            " project as JSON (not JSON-MIN)",
            f"{where}：不是 Label Studio 导出的任务（缺少 data 或 annotations）；请以 JSON 格式"
            "（而非 JSON-MIN）导出项目",
        )
    done = [one for one in annotations if isinstance(one, dict) and not one.get("was_cancelled")]
    decisions = tuple(read_decision(_row(data, one, where), where) for one in done)
    return Answers(decisions, len(annotations) - len(done))


def _prediction(one: Candidate) -> Iterator[dict[str, Any]]:
    labels = one.labels
    chosen = {
        "sentiment": [labels.sentiment],
        "intents": list(labels.intents),
        "complaint": list(labels.complaint),
        "severity": [str(labels.severity)],
    }
    for field, values in chosen.items():
        if values:
            yield _result(field, field, "choices", {"choices": values})
    for number, span in enumerate(labels.target):
        start = one.text.find(span)
        if start >= 0 and span:
            place = {"start": start, "end": start + len(span), "text": span, "labels": [TARGET]}
            yield _result(f"{TARGET}-{number}", TARGET, "labels", place)


def _result(name: str, field: str, kind: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"id": name, "from_name": field, "to_name": TEXT, "type": kind, "value": value}


def _row(data: Mapping[str, Any], annotation: Mapping[str, Any], where: str) -> dict[str, Any]:
    """Return the labelled line of one annotation."""
    found: dict[str, list[Any]] = {field: [] for field in (*CHOICES, TARGET)}
    for result in annotation.get("result") or ():
        field, value = result.get("from_name"), result.get("value") or {}
        if field == TARGET:
            found[TARGET].append(_span(data, value))
        elif field in CHOICES:
            found[field] += [SHOWN_AS[field].get(name, name) for name in value.get("choices", ())]
    return {
        **data,
        "sentiment": _only(found["sentiment"], "sentiment", where),
        "intents": found["intents"],
        "complaint": found["complaint"],
        "severity": _level(_only(found["severity"], "severity", where)),
        "target": found[TARGET],
        "annotator": _annotator(annotation.get("completed_by")),
        "at": annotation.get("updated_at") or annotation.get("created_at"),
        "final": annotation.get("ground_truth", False),
    }


def _span(data: Mapping[str, Any], value: Mapping[str, Any]) -> str:
    told = value.get("text")
    if isinstance(told, str) and told:
        return told.strip()
    return str(data.get("text"))[int(value["start"]) : int(value["end"])].strip()


def _only(values: list[Any], field: str, where: str) -> str:
    if len(values) == 1:
        return str(values[0])
    raise DecisionError(
        f"{where}: '{field}' has {len(values)} values; choose exactly one, then export again",
        f"{where}：{field} 有 {len(values)} 个值；请只选一个后重新导出",
    )


def _level(value: str) -> int | str:
    return int(value) if value in ("0", "1", "2", "3") else value


def _annotator(completed_by: object) -> str:
    """Return who annotated, by Label Studio's number: an e-mail address would be personal data."""
    number = completed_by.get("id") if isinstance(completed_by, dict) else completed_by
    return "unnamed" if number is None else f"label-studio:{number}"
