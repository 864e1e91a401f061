"""Calibration: recovers what was done to the scores, and does not trust a handful of texts."""

import numpy as np
import pytest

from nlp.encoder.decide import calibrated, read_all, softmax
from nlp.encoder.scores import TextScores
from nlp.evaluation import calibration_error
from nlp.gold import Example
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS
from nlp.measuring.heads import HEADS
from nlp.measuring.truth import Judged
from nlp.training import calibration, platt, thresholds


def drawn(count: int, sharpness: float, shift: list[float], seed: int = 3):
    """Classes drawn from honest logits, and overconfident, shifted logits of a model."""
    chance = np.random.default_rng(seed)
    honest = chance.normal(0, 1.5, (count, 3))
    truth = np.array([chance.choice(3, p=row) for row in softmax(honest)])
    return (honest - np.array(shift)) * sharpness, truth


def labelled(count: int, seed: int, sharpness: float = 2.5, shift: float = 0.8):
    """Texts with labels drawn from honest logits; their scores are sharper and shifted."""
    chance = np.random.default_rng(seed)

    def honest(labels: int, spread: float) -> np.ndarray:
        return chance.normal(-0.5, spread, (count, labels))

    logits = {"sentiment": honest(3, 2), "intents": honest(8, 9), "complaint": honest(12, 2)}
    logits["severity"] = np.sort(honest(3, 4), axis=1)[:, ::-1]
    holds = {name: chance.random(z.shape) < 1 / (1 + np.exp(-z)) for name, z in logits.items()}
    examples, scores = [], []
    for row in range(count):
        intents = tuple(np.array(list(INTENTS))[holds["intents"][row]].tolist())
        categories = tuple(np.array(list(COMPLAINTS))[holds["complaint"][row]].tolist())
        sentiment = chance.choice(3, p=softmax(logits["sentiment"][row]))
        level = int(np.cumprod(holds["severity"][row]).sum())
        examples.append(
            Example(
                "",
                "drawn",
                sentiment=list(SENTIMENTS)[sentiment],
                intents=intents,
                complaint=categories if "complaint" in intents else (),
                severity=level,
            )
        )
        said = {n: ((z[row] + shift) * sharpness).astype("f4") for n, z in logits.items()}
        pieces = np.zeros((1, 4), "f4"), np.zeros((1, 3), "f4"), np.zeros(8, "f4")
        scores.append(
            TextScores(
                **said,
                targets=pieces[0],
                evidence=pieces[1],
                pooled=pieces[2],
                offsets=np.zeros((1, 2), "i4"),
            )
        )
    return scores, examples


@pytest.fixture(scope="module")
def fitted():
    return calibration.calibrate(*labelled(800, seed=1))


def test_scale_and_shift_are_recovered():
    logits, truth = drawn(20_000, sharpness=3.0, shift=[0.5, 0.0, -0.5])
    scale, shift = platt.fit_sentiment(logits, truth)
    assert scale == pytest.approx(3.0, rel=0.05)
    assert shift == pytest.approx([0.5, 0.0, -0.5], abs=0.06)


def test_calibration_error_falls_on_new_texts():
    scale, shift = platt.fit_sentiment(*drawn(800, 3.0, [0.5, 0.0, -0.5]))
    logits, truth = drawn(4_000, 3.0, [0.5, 0.0, -0.5], seed=4)

    def error(z):
        probabilities = softmax(z)
        return calibration_error(probabilities.argmax(axis=1) == truth, probabilities.max(axis=1))

    assert error(logits) > 0.1
    assert error(logits / scale + shift) < 0.03


def test_a_label_that_occurs_often_has_its_own_scale_and_shift_and_a_rare_one_its_head_s():
    chance = np.random.default_rng(2)
    honest = chance.normal(0, 2, (5_000, 4))
    honest[:, 3] -= 9
    truth = chance.random(honest.shape) < 1 / (1 + np.exp(-honest))
    assert 0 < truth[:, 3].sum() < 15
    found = platt.fit_labels((honest - [0, 0, 1.5, 0]) * [2, 2, 2, 2], truth)
    assert found.scale[0] == pytest.approx(2, rel=0.1)
    assert found.shift[2] == pytest.approx(1.5, abs=0.2)
    head = np.mean(found.shift[:3])
    assert abs(found.shift[3] - head) < 0.6


def test_a_label_that_never_occurs_is_no_error():
    logits = np.random.default_rng(0).normal(-3, 1, (50, 2))
    truth = np.column_stack([logits[:, 0] > -3, np.zeros(50, bool)])
    found = platt.fit_labels(logits, truth)
    assert np.isfinite([*found.scale, *found.shift]).all()
    assert (found.probabilities(logits)[:, 1] < 0.5).all()


def test_the_probabilities_fitted_are_those_that_are_read():
    logits = np.random.default_rng(0).normal(0, 2, (30, 3))
    found = platt.Platt((1.5, 2.0, 0.7), (0.1, -0.4, 0.0))
    read = calibrated(logits.astype(np.float32), found.scale, found.shift)
    assert read == pytest.approx(found.probabilities(logits), abs=1e-5)


def test_a_frequent_label_gets_its_best_threshold():
    probabilities = np.linspace(0, 1, 400)
    assert thresholds.best_threshold(probabilities > 0.7, probabilities) == pytest.approx(
        0.7, abs=0.03
    )


@pytest.mark.parametrize("prior", [0.3, 0.5])
def test_a_rare_label_stays_near_its_prior(prior):
    probabilities = np.linspace(0, 1, 400)
    truth = probabilities > 0.998
    assert abs(thresholds.best_threshold(truth, probabilities, prior) - prior) < 0.1


def test_without_a_text_thresholds_are_the_default():
    none = np.zeros((0, 2))
    assert thresholds.label_thresholds(none.astype(bool), none) == (0.5, 0.5)


@pytest.mark.parametrize("head", HEADS)
def test_answers_given_are_as_often_right_as_asked_for(fitted, head):
    scores, examples = labelled(2_000, seed=9)
    answers = HEADS[head](Judged(examples, read_all(scores, fitted)))
    assert 0 < answers.answered.mean() < 1
    kept = answers.right[answers.answered].mean()
    assert kept > answers.right.mean()
    assert kept == pytest.approx(calibration.RIGHT_SHARE[head], abs=0.07)


def test_what_is_left_open_is_what_lies_below_the_threshold(fitted):
    scores, examples = labelled(300, seed=11)
    judged = Judged(examples, read_all(scores, fitted))
    least = {
        "sentiment": fitted.abstain_below,
        "intents": fitted.intents_open_below,
        "complaint": fitted.complaint_open_below,
        "severity": fitted.severity_open_below,
    }
    for head, threshold in least.items():
        answers = HEADS[head](judged)
        assert (answers.answered == (answers.confidence >= threshold)).all(), head


def test_calibration_is_the_same_for_the_same_texts(fitted):
    assert calibration.calibrate(*labelled(800, seed=1)) == fitted
