"""Tasks out, answers in: Label Studio's formats, and the sheet."""

import json
from xml.etree import ElementTree as ET

import pytest

from nlp.errors import LabelError
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS
from nlp.message import Message
from nlp.review import (
    DecisionError,
    Labels,
    Task,
    answers,
    choice_rows,
    label_config,
    sheet_answers,
    sheet_row,
    task_json,
)
from nlp.review.sheet import TO_FILL
from tests.nlp.review.rows import START, candidate, sure

TEXT = "😂第1条，水壶漏水，打13800138000没人接"
ANSWER = sure("negative") | {
    "masked_text": TEXT,
    "intents": ["complaint", "request"],
    "complaint": ["quality", "service"],
    "severity": 2,
    "targets": [{"span": "水壶", "polarity": "negative"}],
}
LABELS = Labels("negative", ("complaint", "request"), ("quality", "service"), 2, ("水壶",))


def task(**changes):
    why = Message("drawn at random", "随机抽取")
    return Task(candidate(1, **(ANSWER | changes)), "random", (("random", why),))


def annotated(*annotations, **changes):
    """Return a task as Label Studio exports it."""
    out = task_json(task(**changes))
    return {"id": 7, **out, "annotations": list(annotations)}


def annotation(result=None, **fields):
    usual = {
        "id": 1,
        "completed_by": 4,
        "was_cancelled": False,
        "ground_truth": False,
        "created_at": "2026-03-09T21:52:49.513742Z",
        "updated_at": "2026-03-09T22:16:08.746926Z",
    }
    results = task_json(task())["predictions"][0]["result"] if result is None else result
    return usual | {"result": results} | fields


def choice(field, *values):
    return {"from_name": field, "to_name": "text", "type": "choices", "value": {"choices": values}}


def test_a_task_carries_the_models_answer_as_a_prediction():
    out = task_json(task())
    (prediction,) = out["predictions"]
    assert prediction["model_version"] == "m1"
    assert prediction["score"] == 0.9
    found = {item["from_name"]: item["value"] for item in prediction["result"]}
    assert found["sentiment"] == {"choices": ["negative"]}
    assert found["intents"] == {"choices": ["complaint", "request"]}
    assert found["severity"] == {"choices": ["2"]}
    assert found["target"] == {"start": 5, "end": 7, "text": "水壶", "labels": ["target"]}
    assert out["data"]["why"] == "随机抽取 drawn at random"
    assert json.loads(json.dumps(out)) == out


def test_only_masked_text_leaves():
    out = json.dumps([task_json(task()), sheet_row(task())], ensure_ascii=False)
    assert "13800138000" not in out
    assert "***********" in out


def test_the_page_offers_every_label_in_both_languages():
    page = ET.fromstring(label_config())
    offered = {
        group.get("name"): [(one.get("alias"), one.get("value")) for one in group]
        for group in page.iter("Choices")
    }
    for field, labels in (
        ("sentiment", SENTIMENTS),
        ("intents", INTENTS),
        ("complaint", COMPLAINTS),
    ):
        assert offered[field] == [(name, f"{zh} {name}") for name, zh in labels.items()]
    assert [alias for alias, _ in offered["severity"]] == ["0", "1", "2", "3"]
    assert {one.get("toName") for one in page.iter("Labels")} == {"text"}


def test_an_accepted_prediction_comes_back_as_the_models_labels():
    found = answers(annotated(annotation()), "export.json:1")
    (one,) = found.decisions
    assert one.labels == one.model == LABELS
    assert one.annotator == "label-studio:4"
    assert one.at.isoformat() == "2026-03-09T22:16:08.746926+00:00"
    assert (one.id, one.picked_for, one.model_version, one.final) == ("s1", "random", "m1", False)


def test_shown_names_are_understood_like_aliases():
    result = [choice("sentiment", "正面 positive"), choice("severity", "无问题 0")]
    (one,) = answers(annotated(annotation(result)), "e:1").decisions
    assert one.labels == Labels("positive", (), (), 0, ())


def test_cancelled_annotations_are_skips_and_ground_truth_is_final():
    done = annotated(annotation(was_cancelled=True, result=[]), annotation(ground_truth=True))
    found = answers(done, "e:1")
    assert found.skipped == 1
    assert [one.final for one in found.decisions] == [True]


def test_people_stay_numbers():
    person = {"id": 9, "email": "someone@example.com"}
    (one,) = answers(annotated(annotation(completed_by=person)), "e:1").decisions
    assert one.annotator == "label-studio:9"


@pytest.mark.parametrize(
    ("result", "told"),
    [
        pytest.param([choice("severity", "0")], "'sentiment' has 0 values", id="no sentiment"),
        pytest.param(
            [choice("sentiment", "bad"), choice("severity", "0")],
            "'sentiment' is 'bad'; allowed: negative",
            id="unknown sentiment",
        ),
        pytest.param(
            [choice("sentiment", "negative"), choice("severity", "4")],
            "'severity' is '4'; allowed: 0, 1, 2, 3",
            id="unknown severity",
        ),
        pytest.param(
            [
                choice("sentiment", "negative"),
                choice("severity", "1"),
                choice("complaint", "price"),
            ],
            "a text with the intent complaint has one to three categories",
            id="category without complaint",
        ),
        pytest.param(
            [
                choice("sentiment", "negative"),
                choice("severity", "1"),
                choice("intents", "complaint"),
                choice("complaint", "price", "quality", "service", "safety"),
            ],
            "one to three categories",
            id="four categories",
        ),
    ],
)
def test_an_annotation_against_the_guide_is_named(result, told):
    with pytest.raises((LabelError, DecisionError)) as caught:
        answers(annotated(annotation(result)), "export.json:3")
    assert told in str(caught.value)
    assert "export.json:3" in str(caught.value)
    assert "export.json:3" in caught.value.text("zh")


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"data": None}, "JSON-MIN", id="no data"),
        pytest.param({"annotations": "x"}, "JSON-MIN", id="no annotations"),
    ],
)
def test_what_is_no_task_is_named(change, told):
    with pytest.raises(DecisionError, match=told):
        answers(annotated(annotation()) | change, "e:1")


def test_another_text_than_the_one_exported_is_refused():
    done = annotated(annotation())
    done["data"]["text"] += "改"
    with pytest.raises(DecisionError, match="not the one that was exported"):
        answers(done, "e:1")


def filled(**cells):
    return sheet_row(task()) | cells


def read(cells):
    return sheet_answers(cells, "tasks.csv:2", START, "甲")


def test_an_empty_row_says_nothing_and_a_skip_is_counted():
    assert read(filled()).decisions == ()
    assert read(filled()).skipped == 0
    assert read(filled(decision="跳过")).skipped == 1


@pytest.mark.parametrize("word", ["ok", "OK", "对", "√"])
def test_ok_takes_the_models_answer(word):
    (one,) = read(filled(decision=word)).decisions
    assert one.labels == LABELS
    assert (one.annotator, one.at, one.id) == ("甲", START, "s1")


@pytest.mark.parametrize(
    ("cells", "labels"),
    [
        pytest.param({"severity": "1"}, {"severity": 1}, id="one cell"),
        pytest.param({"severity": 3.0}, {"severity": 3}, id="a number of a spreadsheet"),
        pytest.param({"severity": "轻微"}, {"severity": 1}, id="Chinese severity"),
        pytest.param(
            {"sentiment": "中性", "intents": "咨询", "complaint": "无"},
            {"sentiment": "neutral", "intents": ("inquiry",), "complaint": ()},
            id="Chinese names",
        ),
        pytest.param(
            {"complaint": "账户、系统与支付、服务态度"},
            {"complaint": ("account", "service")},
            id="a name that holds the separator",
        ),
        pytest.param(
            {"intents": "complaint;churn", "target": "none"},
            {"intents": ("complaint", "churn"), "target": ()},
            id="several",
        ),
        pytest.param({"target": "水壶 | 没人接"}, {"target": ("水壶", "没人接")}, id="targets"),
    ],
)
def test_fix_replaces_what_is_filled_in(cells, labels):
    (one,) = read(filled(decision="改", **cells)).decisions
    (same,) = read(filled(**cells)).decisions
    expected = {**LABELS.as_row(), **labels}
    assert one.labels.as_row() == {
        name: list(value) if isinstance(value, tuple) else value for name, value in expected.items()
    }
    assert same.labels == one.labels
    assert one.model == LABELS


@pytest.mark.parametrize(
    ("cells", "told"),
    [
        pytest.param({"decision": "maybe"}, "write ok, fix or skip", id="unknown decision"),
        pytest.param({"decision": "ok", "severity": "1"}, "severity filled in", id="ok and filled"),
        pytest.param({"sentiment": "怒"}, "'怒' is no label", id="unknown sentiment"),
        pytest.param({"intents": "complaint, foo"}, "'foo' is no label", id="unknown intent"),
        pytest.param({"severity": "5"}, "'5' is no label", id="unknown severity"),
        pytest.param({"sentiment": "负面 正面"}, "'sentiment' is '负面 正面'", id="two sentiments"),
        pytest.param({"target": "屏幕"}, "copied from the text", id="foreign target"),
        pytest.param({"intents": "咨询"}, "one to three categories", id="categories left over"),
        pytest.param({"decision": "ok", "text": "另一条"}, "was exported", id="changed text"),
        pytest.param({"decision": "ok", "key": None}, "was exported", id="lost key"),
        pytest.param({"decision": "ok", "picked_for": "x"}, "'picked_for' is 'x'", id="reason"),
        pytest.param({"decision": "ok", "model_sentiment": ""}, "answer is missing", id="answer"),
    ],
)
def test_a_cell_that_may_not_be_is_named_with_its_line(cells, told):
    with pytest.raises((LabelError, DecisionError)) as caught:
        read(filled(**cells))
    assert told in str(caught.value)
    assert "tasks.csv:2" in str(caught.value)
    assert "tasks.csv:2" in caught.value.text("zh")


def test_the_sheet_lists_every_choice():
    rows = list(choice_rows())
    assert {row["column"] for row in rows} == set(TO_FILL) - {"annotator", "note"}
    listed = {row["value"] for row in rows}
    assert listed >= {*SENTIMENTS, *INTENTS, *COMPLAINTS, "0", "1", "2", "3", "ok", "fix", "skip"}
