"""Tasks as a table that a person fills in with a spreadsheet, and what came back.

A row counts once its `decision` says so: `ok` (the model is right), `fix` (what is filled in
replaces the model's answer, an empty cell keeps it), `skip`. Chinese words do as well.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES
from nlp.review.decision import read_decision
from nlp.review.errors import DecisionError
from nlp.review.label_studio import Answers
from nlp.review.selecting import Task

JOINT = " | "
NONE = ("none", "无")
# A spreadsheet would turn a long number into 1.2E+17.
ID_MARK = "id:"
DECISIONS: Mapping[str, str] = MappingProxyType(
    dict.fromkeys(("ok", "yes", "对", "正确", "同意", "✓", "√"), "ok")
    | dict.fromkeys(("fix", "no", "改", "错", "不对", "×"), "fix")
    | dict.fromkeys(("skip", "跳过", "不确定"), "skip")
)
LABELS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "sentiment": {str(name): zh for name, zh in SENTIMENTS.items()},
        "intents": INTENTS,
        "complaint": COMPLAINTS,
        "severity": {str(level): zh for level, zh in SEVERITIES.items()},
    }
)
FIELDS = (*LABELS, "target")
TO_FILL = ("decision", *FIELDS, "annotator", "note")


def sheet_row(task: Task) -> dict[str, Any]:
    """Return the row of a task; the columns of `TO_FILL` are empty."""
    one = task.candidate
    answer = {f"model_{field}": _cell(value) for field, value in one.labels.as_row().items()}
    return {
        "text": one.text,
        **answer,
        **dict.fromkeys(TO_FILL, ""),
        "why": " · ".join(why.en for _, why in task.reasons),
        "why_zh": " · ".join(why.zh for _, why in task.reasons),
        "product": one.product,
        "channel": one.channel,
        "picked_for": task.picked_for,
        "model_version": one.model_version,
        "id": ID_MARK + one.id,
        "key": one.key,
    }


def choice_rows() -> Iterator[dict[str, str]]:
    """Yield what may stand in the columns to be filled in, with its Chinese name."""
    words = {"ok": "模型正确", "fix": "按填写的内容修改", "skip": "跳过"}
    yield from ({"column": "decision", "value": name, "中文": zh} for name, zh in words.items())
    for field, labels in LABELS.items():
        yield from ({"column": field, "value": name, "中文": zh} for name, zh in labels.items())
    several = "several: complaint | request; none: none 多个用 | 分隔，没有则填“无”"
    for field in ("intents", "complaint", "target"):
        yield {"column": field, "value": several, "中文": ""}


def sheet_answers(row: Mapping[str, Any], where: str, at: datetime, annotator: str) -> Answers:
    """Return the decision of a filled-in row; no decision where nothing was filled in.

    Parameters
    ----------
    row
        The cells by column name, as `sheet_row` wrote them and a person filled them in.
    where
        File and line, for errors.
    at
        When the sheet was filled in, with a zone.
    annotator
        Who did, where the column `annotator` does not say.

    Raises
    ------
    LabelError, DecisionError
        A cell holds what it may not.
    """
    filled = [field for field in FIELDS if _text(row.get(field))]
    verdict = _verdict(row, where, filled)
    if verdict in ("", "skip"):
        return Answers((), int(verdict == "skip"))
    model = {field: _read(field, row.get(f"model_{field}"), where) for field in FIELDS}
    changed = {field: _read(field, row.get(field), where) for field in filled}
    told = {
        "key": row.get("key"),
        "id": _text(row.get("id")).removeprefix(ID_MARK),
        "text": row.get("text"),
        **model,
        **changed,
        "annotator": _text(row.get("annotator")) or annotator,
        "at": at,
        "picked_for": row.get("picked_for"),
        "model_version": row.get("model_version"),
        "model": model,
    }
    return Answers((read_decision(told, where),), 0)


def _verdict(row: Mapping[str, Any], where: str, filled: list[str]) -> str:
    word = _text(row.get("decision")).lower()
    verdict = DECISIONS.get(word, word)
    if not verdict:
        return "fix" if filled else ""
    if verdict not in DECISIONS:
        raise DecisionError(
            f"{where}: 'decision' is {word!r}; write ok, fix or skip",
            f"{where}：decision 为 {word!r}；请填 对、改 或 跳过",
        )
    if verdict == "ok" and filled:
        raise DecisionError(
            f"{where}: 'decision' is {word!r}, but {', '.join(filled)} filled in; write fix, or"
            " empty those cells",
            f"{where}：decision 为 {word!r}，却填写了 {'、'.join(filled)}；"
            "请改填 改，或清空这些单元格",
        )
    return verdict


def _cell(value: object) -> str:
    return (JOINT.join(value) or NONE[0]) if isinstance(value, list) else str(value)


def _read(field: str, cell: object, where: str) -> Any:  # noqa: ANN401 - the type of the field
    text = _text(cell)
    if field == "target":
        spans = () if text.lower() in NONE else re.split(r"[|\n]", text)
        return [span.strip() for span in spans if span.strip()]
    names = [] if text.lower() in NONE else _names(field, text, where)
    if field in ("intents", "complaint"):
        return names
    value = names[0] if len(names) == 1 else text
    return int(value) if field == "severity" and value in LABELS[field] else value


def _names(field: str, text: str, where: str) -> list[str]:
    """Return the labels that a cell names, by key or Chinese name, in any common separation."""
    known = {zh: name for name, zh in LABELS[field].items()} | {n: n for n in LABELS[field]}
    longest = sorted(known, key=len, reverse=True)
    word = re.compile("|".join(map(re.escape, longest)), re.IGNORECASE)
    found = [known.get(hit, hit.lower()) for hit in word.findall(text)]
    left = re.sub(r"[\s|,，、;；/\[\]\"']+", "", word.sub("", text))
    if not left:
        return found
    raise DecisionError(
        f"{where}: '{field}' is {text!r}, of which {left!r} is no label; allowed:"
        f" {', '.join(LABELS[field])}",
        f"{where}：{field} 为 {text!r}，其中 {left!r} 不是标签；可用值："
        f"{'、'.join(LABELS[field].values())}",
    )


def _text(cell: object) -> str:
    """Return a cell as text; lists come from cells that look like JSON, 2.0 from spreadsheets."""
    if isinstance(cell, list):
        return JOINT.join(map(str, cell)) or NONE[0]
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()
