"""What a person decided about a text: read from a row, checked by the label guide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nlp.gold import gold_example
from nlp.labels import SENTIMENTS
from nlp.review.candidate import Labels, text_key
from nlp.review.errors import DecisionError
from nlp.review.finding import REASONS
from nlp.text import mask

HUMAN = "human"
MOST = 3


@dataclass(frozen=True, slots=True)
class Decision:
    """One person's labels of one text, at one time, beside the model's answer.

    `final` decisions (Label Studio's ground truth) win over those that are not; `picked_for` is
    the reason that the text was shown.
    """

    key: str
    id: str
    text: str
    labels: Labels
    annotator: str
    at: datetime
    final: bool
    picked_for: str
    model_version: str
    model: Labels

    def as_row(self) -> dict[str, Any]:
        """Return a labelled line of the guide's format, with who, when, and what the model said."""
        return {
            "id": self.id,
            "text": self.text,
            **self.labels.as_row(),
            "annotator": self.annotator,
            "source": HUMAN,
            "at": self.at.isoformat(),
            "final": self.final,
            "key": self.key,
            "picked_for": self.picked_for,
            "model_version": self.model_version,
            "model": self.model.as_row(),
        }


def read_decision(row: Mapping[str, Any], where: str) -> Decision:
    """Return the decision in a row as `Decision.as_row` writes it.

    Parameters
    ----------
    row
        Labels in the guide's format, with `key`, `id`, `text`, `annotator`, `at`, `final`,
        `picked_for`, `model_version` and `model`.
    where
        File and line, for errors.

    Raises
    ------
    LabelError, DecisionError
        A label is not the guide's, the text is not the one that was exported, or a field is
        missing; the message names `where`, the value and the remedy.
    """
    text = mask(str(row.get("text") or ""))
    if text_key(text) != row.get("key"):
        raise DecisionError(
            f"{where}: the text is not the one that was exported ({text[:20]!r}); copy it back from"
            " tasks.json, and save sheets as CSV UTF-8 or .xlsx, so that no sign is lost",
            f"{where}：文本与导出时不同（{text[:20]!r}）；请从 tasks.json 复制原文，"
            "并将表格另存为 CSV UTF-8 或 .xlsx，以免丢失字符",
        )
    model = {**_model(row, where), "text": text}
    return Decision(
        key=str(row["key"]),
        id=str(row.get("id") or ""),
        text=text,
        labels=labels_by_guide({**row, "text": text}, where),
        annotator=mask(str(row.get("annotator") or "unnamed")),
        at=_moment(row.get("at"), where),
        final=bool(row.get("final")),
        picked_for=_reason(row.get("picked_for"), where),
        model_version=str(row.get("model_version") or ""),
        model=labels_by_guide(model, f"{where}, model", told=False),
    )


def labels_by_guide(row: dict[str, Any], where: str, *, told: bool = True) -> Labels:
    """Return the labels of a row, checked field by field and, where `told`, against each other.

    Raises
    ------
    LabelError
        A value is not one of the guide's.
    DecisionError
        The labels contradict the guide together: categories without a complaint, a complaint
        without categories, more than three of them, or a target that the text does not hold.
    """
    example = gold_example(row, where)
    labels = Labels(
        sentiment=str(example.sentiment),
        intents=tuple(dict.fromkeys(example.intents or ())),
        complaint=tuple(dict.fromkeys(example.complaint or ())),
        severity=int(example.severity or 0),
        target=tuple(dict.fromkeys(row.get("target") or ())),
    )
    if told:
        _check_together(labels, row["text"], where)
    return labels


def _check_together(labels: Labels, text: str, where: str) -> None:
    complains = "complaint" in labels.intents
    if complains != bool(labels.complaint) or len(labels.complaint) > MOST:
        raise DecisionError(
            f"{where}: 'complaint' is {list(labels.complaint)} with intents {list(labels.intents)};"
            " a text with the intent complaint has one to three categories, any other has none",
            f"{where}：意图为 {list(labels.intents)}，投诉类别为 {list(labels.complaint)}；"
            "有投诉意图的文本应有一至三个类别，其他文本没有类别",
        )
    strange = [span for span in labels.target if not span or span not in text]
    if strange or len(labels.target) > MOST:
        raise DecisionError(
            f"{where}: 'target' is {list(labels.target)}; at most three, each copied from the text",
            f"{where}：target 为 {list(labels.target)}；最多三个，且须照抄原文",
        )


def _model(row: Mapping[str, Any], where: str) -> dict[str, Any]:
    model = row.get("model")
    if isinstance(model, dict) and model.get("sentiment") in SENTIMENTS:
        return model
    raise DecisionError(
        f"{where}: the model's answer is missing; import what tingyin review export wrote",
        f"{where}：缺少模型的判断；请导入 tingyin review export 写出的任务",
    )


def _reason(value: object, where: str) -> str:
    if isinstance(value, str) and value in REASONS:
        return value
    raise DecisionError(
        f"{where}: 'picked_for' is {value!r}; allowed: {', '.join(REASONS)}",
        f"{where}：picked_for 为 {value!r}；可用值：{'、'.join(REASONS)}",
    )


def _moment(value: object, where: str) -> datetime:
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is not None and moment.tzinfo is not None:
        return moment
    raise DecisionError(
        f"{where}: the time of the decision is {value!r}; write it as 2026-01-05T08:03:00+08:00",
        f"{where}：标注时间为 {value!r}；请写成 2026-01-05T08:03:00+08:00",
    )
