"""Labelled lines: what is read, and what is refused and why."""

import json

import pytest

from nlp.errors import LabelError
from nlp.gold import read_gold

GOOD = {
    "id": "1",
    "text": "客服不理人，屏幕也碎了",
    "sentiment": "negative",
    "intents": ["complaint"],
    "complaint": ["service", "quality"],
    "severity": 2,
    "target": ["客服", "屏幕"],
}


def write(tmp_path, *rows):
    path = tmp_path / "gold.jsonl"
    lines = (row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows)
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_a_good_line_keeps_all_its_labels(tmp_path):
    (example,) = read_gold(write(tmp_path, GOOD))
    spans = [(example.text[span.start : span.end], span.polarity) for span in example.targets]
    assert spans == [("客服", "negative"), ("屏幕", "negative")]
    assert (example.intents, example.complaint, example.severity) == (
        ("complaint",),
        ("service", "quality"),
        2,
    )


def test_neutral_texts_have_no_judged_targets(tmp_path):
    (example,) = read_gold(write(tmp_path, {**GOOD, "sentiment": "neutral"}))
    assert example.targets is None


def test_blank_lines_and_a_byte_order_mark_are_passed_over(tmp_path):
    path = tmp_path / "gold.jsonl"
    path.write_text("\ufeff\n" + json.dumps(GOOD) + "\n\n", encoding="utf-8")
    assert len(read_gold(path)) == 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        pytest.param({"sentiment": "bad"}, "'sentiment' is 'bad'; allowed: negative", id="class"),
        pytest.param({"intents": ["complain"]}, "'intents' is ['complain']", id="intent"),
        pytest.param({"complaint": None}, "'complaint' is None", id="missing list"),
        pytest.param({"severity": 4}, "'severity' is 4; allowed: 0, 1, 2, 3", id="severity"),
        pytest.param({"severity": True}, "'severity' is True", id="a bool is no severity"),
        pytest.param({"text": " "}, "'text' is ' '", id="blank text"),
    ],
)
def test_a_wrong_label_is_named_with_its_line(tmp_path, change, named):
    path = write(tmp_path, GOOD, {**GOOD, **change})
    with pytest.raises(LabelError) as caught:
        read_gold(path)
    assert f"{path}:2" in str(caught.value)
    assert named in str(caught.value)
    assert f"{path}:2" in caught.value.text("zh")


@pytest.mark.parametrize("line", ["{", "[]", "3"])
def test_a_line_that_is_no_object_is_named(tmp_path, line):
    with pytest.raises(LabelError, match=":1: not a JSON object"):
        read_gold(write(tmp_path, line))
