"""Calibration: recovers what was done to the scores, and does not trust a handful of texts."""

import numpy as np
import pytest

from nlp.encoder.decide import softmax
from nlp.evaluation import calibration_error
from nlp.training import calibration


def drawn(count: int, sharpness: float, shift: list[float], seed: int = 3):
    """Classes drawn from honest logits, and overconfident, shifted logits of a model."""
    chance = np.random.default_rng(seed)
    honest = chance.normal(0, 1.5, (count, 3))
    truth = np.array([chance.choice(3, p=row) for row in softmax(honest)])
    return (honest - np.array(shift)) * sharpness, truth


def test_scale_and_shift_are_recovered():
    logits, truth = drawn(20_000, sharpness=3.0, shift=[0.5, 0.0, -0.5])
    scale, shift = calibration.fit_sentiment(logits, truth)
    assert scale == pytest.approx(3.0, rel=0.05)
    assert shift == pytest.approx([0.5, 0.0, -0.5], abs=0.06)


def test_calibration_error_falls_on_new_texts():
    scale, shift = calibration.fit_sentiment(*drawn(800, 3.0, [0.5, 0.0, -0.5]))
    logits, truth = drawn(4_000, 3.0, [0.5, 0.0, -0.5], seed=4)

    def error(z):
        probabilities = softmax(z)
        return calibration_error(probabilities.argmax(axis=1) == truth, probabilities.max(axis=1))

    assert error(logits) > 0.1
    assert error(logits / scale + shift) < 0.03


def test_a_frequent_label_gets_its_best_threshold():
    probabilities = np.linspace(0, 1, 400)
    assert calibration.best_threshold(probabilities > 0.7, probabilities) == pytest.approx(
        0.7, abs=0.03
    )


def test_a_rare_label_stays_near_one_half():
    probabilities = np.linspace(0, 1, 400)
    truth = probabilities > 0.998
    assert abs(calibration.best_threshold(truth, probabilities) - 0.5) < 0.1
