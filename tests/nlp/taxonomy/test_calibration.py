"""Temperature and threshold against what they must be, on logits made for it."""

import numpy as np
import pytest

from nlp.taxonomy.calibration import balanced, cross_entropy, loss, temperature, threshold
from nlp.taxonomy.head import probabilities

RNG = np.random.default_rng(20261126)


def drawn(count, categories=4):
    """Logits whose softmax is the truth: each class is drawn with its own probability."""
    logits = RNG.normal(0, 2, (count, categories))
    chances = probabilities(logits).cumsum(axis=1)
    return logits, (RNG.random(count)[:, None] > chances).sum(axis=1).clip(0, categories - 1)


@pytest.mark.parametrize("heat", [0.5, 1.0, 3.0])
def test_the_temperature_undoes_overconfidence(heat):
    logits, truth = drawn(20_000)
    assert temperature(logits * heat, truth) == pytest.approx(heat, rel=0.06)


def test_a_few_right_answers_do_not_make_sure():
    logits, truth = np.eye(2).repeat(4, axis=0) * 10, np.arange(2).repeat(4)
    sure = probabilities(logits / temperature(logits, truth)).max(axis=1)
    assert sure == pytest.approx(np.full(8, 5 / 6), abs=1e-3)


def test_loss_of_even_odds_is_the_logarithm_of_their_number():
    truth = np.array([0, 1, 2, 0])
    assert loss(np.zeros((4, 3)), truth) == pytest.approx(np.log(3))


def test_cross_entropy_bears_great_logits():
    found = cross_entropy(np.array([[1e4, 0.0]]), np.array([[0.0, 1.0]]), np.ones(1))
    assert found == pytest.approx(1e4)


def test_every_category_weighs_the_same():
    weights = balanced(np.array([0, 0, 0, 2]), 3)
    assert weights.tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 6, 1 / 2])


def scored(confidences, right):
    """Two-class logits with these confidences, the truth such that `right` of them hold."""
    sure = np.array(confidences)
    logits = np.stack([np.log(sure), np.log1p(-sure)], axis=1)
    return logits, np.where(right, 0, 1)


def test_the_threshold_is_the_lowest_that_keeps_the_accuracy():
    confidences = np.linspace(0.99, 0.51, 25)
    logits, truth = scored(np.tile(confidences, 2), [True] * 25 + [False] * 25)
    logits[25:] = logits[25:, ::-1]
    truth[25:] = 1
    truth[[20, 22, 24]] = 1
    truth[[45, 47, 49]] = 0
    found = threshold(logits, truth, 0.95)
    sure = probabilities(logits)
    kept = sure.max(axis=1) >= found.value
    right = (sure.argmax(axis=1) == truth)[kept]
    assert found.accuracy == pytest.approx(right.mean())
    assert found.coverage == pytest.approx(kept.mean())
    assert found.accuracy >= 0.95
    assert found.reached
    lower = sure.max(axis=1) >= found.value - 0.03
    assert (sure.argmax(axis=1) == truth)[lower].mean() < 0.95


def test_easy_examples_still_leave_a_floor():
    logits, truth = drawn(4_000)
    truth = logits.argmax(axis=1)
    found = threshold(logits, truth, 0.8)
    confidence = probabilities(logits).max(axis=1)
    assert found.accuracy == 1
    assert (confidence >= found.value).mean() == pytest.approx(0.95, abs=0.01)


def test_an_accuracy_out_of_reach_is_owned_up_to():
    logits, _ = drawn(400)
    found = threshold(logits, RNG.integers(0, 4, 400), 0.99)
    assert not found.reached
    assert found.accuracy < 0.99
    assert found.coverage >= 0.1 - 1e-9


def test_no_right_answer_at_all():
    logits, truth = scored([0.9, 0.8, 0.7], [False] * 3)
    found = threshold(logits, truth, 0.8)
    assert (found.accuracy, found.reached) == (0, False)
