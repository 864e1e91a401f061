"""Figures checked by hand, by published values, or beside scikit-learn."""

import numpy as np
import pytest
from sklearn import metrics

from nlp import evaluation

LABELS = ("negative", "neutral", "positive")


def test_f1_and_macro_by_hand():
    truth = np.array([[1, 0], [1, 0], [0, 1], [0, 0]], dtype=bool)
    found = np.array([[1, 0], [0, 0], [0, 1], [1, 1]], dtype=bool)
    scores = evaluation.label_scores(truth, found, ("a", "b"))
    assert scores["per_label"]["a"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "n": 2}
    assert scores["macro_f1"] == pytest.approx((0.5 + 2 / 3) / 2)
    assert scores["micro_f1"] == pytest.approx(2 * 2 / (3 + 4))


def test_a_label_nobody_uses_does_not_count():
    truth = np.array([[True, False]])
    assert evaluation.label_scores(truth, truth, ("a", "b"))["macro_f1"] == 1.0


def test_kappa_and_f1_agree_with_scikit_learn():
    chance = np.random.default_rng(0)
    truth, found = chance.integers(0, 4, 300), chance.integers(0, 4, 300)
    expected = metrics.cohen_kappa_score(truth, found, weights="quadratic")
    assert evaluation.quadratic_kappa(truth, found, 4) == pytest.approx(expected)
    probabilities = chance.dirichlet([1, 1, 1], 300)
    classes = chance.integers(0, 3, 300)
    scores = evaluation.class_scores(classes, probabilities, LABELS)
    expected = metrics.f1_score(classes, probabilities.argmax(axis=1), average="macro")
    assert scores["macro_f1"] == pytest.approx(expected)


def test_kappa_of_perfect_and_of_constant_answers():
    truth = np.array([0, 1, 2, 3])
    assert evaluation.quadratic_kappa(truth, truth, 4) == 1.0
    assert evaluation.quadratic_kappa(truth, np.zeros(4, dtype=int), 4) == pytest.approx(0.0)


def test_calibration_error_by_hand():
    right = np.array([True, False, True, True])
    confidence = np.array([0.9, 0.9, 0.6, 0.6])
    assert evaluation.calibration_error(right, confidence) == pytest.approx(0.5 * 0.4 + 0.5 * 0.4)


def test_confidence_of_one_has_a_bin():
    assert evaluation.calibration_error(np.array([True]), np.array([1.0])) == 0.0


@pytest.mark.parametrize(
    ("right", "share"),
    [
        pytest.param([1, 1, 1, 1], 1.0, id="all right"),
        pytest.param([0, 0, 0, 0], 0.0, id="all wrong"),
        pytest.param([1] * 19 + [0], 1.0, id="exactly 95 %"),
        pytest.param([1] * 10 + [0] * 10, 0.5, id="the surer half"),
    ],
)
def test_coverage(right, share):
    confidence = np.linspace(0.99, 0.5, len(right))
    assert evaluation.coverage(np.array(right, dtype=bool), confidence, 0.95) == pytest.approx(
        share
    )


def test_top_share_leaves_out_texts_without_a_label():
    probabilities = np.array([[0.1, 0.2, 0.3, 0.4], [0.4, 0.3, 0.2, 0.1], [0.1, 0.2, 0.3, 0.4]])
    assert evaluation.top_share(np.array([3, 3, -1]), probabilities) == 0.5


def test_binary_figures_tell_neutral_answers_apart():
    probabilities = np.array([[0.2, 0.5, 0.3], [0.1, 0.1, 0.8], [0.3, 0.5, 0.2], [0.1, 0.2, 0.7]])
    scores = evaluation.binary_scores(np.array([True, True, False, False]), probabilities)
    assert scores == {"polar_accuracy": 0.75, "strict_accuracy": 0.25, "neutral_rate": 0.5}


def test_confusion_counts_every_text_once():
    truth, found = np.array([0, 1, 2, 2]), np.array([0, 2, 2, 1])
    table = evaluation.confusion(truth, found, LABELS)
    assert table["positive"] == {"negative": 0, "neutral": 1, "positive": 1}
    assert sum(sum(row.values()) for row in table.values()) == 4


def test_spans_count_to_the_letter():
    assert evaluation.span_scores([{"屏幕", "客服"}], [{"屏幕", "物流"}]) == {"f1": 0.5}
