"""The figures of a classifier: by hand where they can be, and told faults of the lines."""

import json
from dataclasses import replace

import numpy as np
import pytest

from nlp.taxonomy import TaxonomyError, evaluate_classifier
from nlp.taxonomy.measuring import OUTSIDE, figures


def lines(path, rows):
    path.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return path


def test_the_figures_by_hand(learnt):
    names, bar = learnt.classifier.names, learnt.classifier.threshold
    sure = np.full((5, 4), 0.0)
    confidences = (1.0, 1.0, bar - 0.01, 1.0, bar - 0.01)
    for row, (place, confidence) in enumerate(zip((0, 1, 2, 0, 3), confidences, strict=True)):
        sure[row] = (1 - confidence) / 3
        sure[row, place] = confidence
    found = figures(np.array([0, 0, 2, OUTSIDE, OUTSIDE]), sure, learnt.classifier)
    assert found["accuracy"] == pytest.approx(2 / 3)
    assert found["answered"]["coverage"] == pytest.approx(2 / 3)
    assert found["answered"]["accuracy"] == pytest.approx(1 / 2)
    assert found["outside"] == {"n": 2, "left_open": 0.5}
    assert found["confusion"][names[0]][names[1]] == 1
    assert found["per_class"][names[2]]["f1"] == 1
    json.dumps(found)


def test_a_file_of_unseen_texts(learnt, runtime, tmp_path, unseen):
    rows = [{"text": text, "category": name} for name, found in unseen.items() for text in found]
    path = lines(tmp_path / "labelled.jsonl", [*rows, {"text": "今天天气不错", "category": None}])
    found = evaluate_classifier(learnt.classifier, path, runtime)
    assert (found["n"], found["categories"]) == (9, 4)
    assert found["accuracy"] >= 7 / 8
    assert found["outside"]["n"] == 1
    wary = replace(learnt.classifier, threshold=0.999)
    assert evaluate_classifier(wary, path, runtime)["outside"] == {"n": 1, "left_open": 1.0}


def test_only_texts_of_none_of_the_categories(learnt, runtime, tmp_path):
    path = lines(tmp_path / "labelled.jsonl", [{"text": "你好", "category": None}])
    found = evaluate_classifier(learnt.classifier, path, runtime)
    assert set(found) == {"n", "categories", "outside"}


def test_names_are_known_without_regard_to_width(learnt, runtime, tmp_path):
    path = lines(tmp_path / "labelled.jsonl", [{"text": "快递太慢", "category": " 物流 "}])
    assert evaluate_classifier(learnt.classifier, path, runtime)["per_class"]["物流"]["n"] == 1


FAULTS = {
    "no line": ("\n\n", "holds no labelled line", "没有标注行"),
    "no JSON": ("快递太慢\n", ":1: needs 'text' and 'category'", ":1：需要 text 与 category"),
    "no category": ('{"text": "a"}\n', ":1: needs 'text' and 'category'", ":1：需要"),
    "a number": (
        '\n{"text": 1, "category": "物流"}\n',
        ":2: 'text' and 'category' must",
        "应为文本",
    ),
    "a list": ('["a"]\n', ":1: needs", ":1：需要"),
    "unknown": (
        '{"text": "a", "category": "天气"}\n',
        "unknown category '天气'; known: 充电, 物流",
        "天气",
    ),
}


@pytest.mark.parametrize(("raw", "en", "zh"), FAULTS.values(), ids=FAULTS.keys())
def test_faults_are_told_with_their_line(learnt, runtime, tmp_path, raw, en, zh):
    path = tmp_path / "labelled.jsonl"
    path.write_text(raw, encoding="utf-8")
    with pytest.raises(TaxonomyError) as raised:
        evaluate_classifier(learnt.classifier, path, runtime)
    assert en in raised.value.message.en
    assert zh in raised.value.message.zh
