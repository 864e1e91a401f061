"""What is learned: nothing without evidence, the rule behind the decisions where there is one."""

import json
import pickle
import time
from dataclasses import replace

import numpy as np
import pytest

from nlp.encoder import Runtime, read, read_artifact
from nlp.review import (
    Correction,
    CorrectionError,
    Head,
    Labels,
    Lesson,
    apply_correction,
    corrected,
    correction_text,
    correction_version,
    learn,
    read_correction,
)
from nlp.review.correction import calibrated, features, uncalibrated
from nlp.review.fitting import Decided, fit, log_loss
from nlp.review.validation import folds
from tests.nlp.review.rows import CALIBRATION, scores, taught_lessons

SIZES = {"sentiment": 3, "intents": 8, "complaint": 12, "severity": 3}


def correction(width=2, **heads):
    found = {name: Head(np.zeros((size, 1 + size + width))) for name, size in SIZES.items()}
    return Correction("m1", 60, np.zeros(width), 1.0, found | heads)


def test_a_correction_of_zeros_changes_no_answer():
    given = scores((1.5, -0.5, 0.2), intents=np.arange(8) - 4, pooled=(3.0, -1.0))
    before = read(given, CALIBRATION)
    after = read(apply_correction(correction(), given, CALIBRATION), CALIBRATION)
    np.testing.assert_allclose(after.sentiment, before.sentiment, atol=1e-6)
    np.testing.assert_allclose(after.intents, before.intents, atol=1e-6)
    assert (after.intent_labels, after.severity_level) == (
        before.intent_labels,
        before.severity_level,
    )


def test_a_correction_by_hand():
    weights = np.zeros((3, 1 + 3 + 2))
    weights[2, 4] = 5.0
    moved = correction(sentiment=Head(weights, temperature=2.0))
    given = scores((2.0, 0.0, 0.0), pooled=(1.0, 0.0))
    z = np.array([2.0, 0.0, 0.0]) / 2.0 + np.array([0.3, -0.2, -0.1])
    z = z - z.mean() + np.array([0.0, 0.0, 5.0])
    expected = np.exp(z / 2) / np.exp(z / 2).sum()
    found = read(apply_correction(moved, given, CALIBRATION), CALIBRATION).sentiment
    np.testing.assert_allclose(found, expected, atol=1e-6)


def test_applying_changes_nothing_that_was_given():
    given = scores((1.0, 0.0, 0.0), pooled=(1.0, 2.0))
    copy = pickle.loads(pickle.dumps(given))
    done = apply_correction(correction(), given, CALIBRATION)
    np.testing.assert_array_equal(given.sentiment, copy.sentiment)
    assert done.targets is given.targets
    assert done.sentiment.dtype == np.float32


def test_calibration_there_and_back():
    logits = np.array([[1.0, -2.0, 0.5], [0.0, 0.0, 3.0]])
    there = calibrated("sentiment", logits, CALIBRATION)
    back = calibrated("sentiment", uncalibrated("sentiment", there, CALIBRATION), CALIBRATION)
    np.testing.assert_allclose(back, there)


@pytest.mark.parametrize("link", ["softmax", "sigmoid"])
def test_the_fit_is_where_the_slope_of_the_posterior_is_zero(link):
    source = np.random.default_rng(4)
    logits, pooled = source.normal(size=(80, 3)), source.normal(size=(80, 5))
    truth = np.eye(3)[source.integers(0, 3, 80)]
    decided = Decided(link, logits, features(logits, pooled), truth, np.ones(3, dtype=bool))
    spread = np.array([1.0] + [0.3] * 3 + [2.0] * 5)

    def posterior(weights):
        loss = log_loss(link, logits + decided.features @ weights.T, truth, decided.learned).sum()
        return loss + 0.5 * ((weights / spread) ** 2).sum()

    found = fit(decided, 2.0)
    best = posterior(found)
    for _ in range(50):
        step = source.normal(size=found.shape) * spread * 0.03
        assert posterior(found + step) > best


def test_labels_that_are_not_learned_keep_their_weights_at_zero():
    source = np.random.default_rng(4)
    logits, pooled = source.normal(size=(60, 3)), source.normal(size=(60, 4))
    truth = (source.random((60, 3)) < 0.5).astype(float)
    learned = np.array([True, False, True])
    found = fit(Decided("sigmoid", logits, features(logits, pooled), truth, learned), 1.0)
    assert not found[1].any()
    assert found[0].any()


def test_a_rule_behind_the_decisions_is_learned_and_holds_on_new_texts():
    learned = learn(taught_lessons(200), "m1", CALIBRATION)
    (trial,) = learned.trials
    assert trial.helps
    assert trial.right_after > trial.right_before + 0.2
    new = taught_lessons(400, seed=9)
    before = [right(one, read(one.scores, CALIBRATION)) for one in new]
    after = [
        right(one, read(apply_correction(learned.correction, one.scores, CALIBRATION), CALIBRATION))
        for one in new
    ]
    gained = np.mean(after) - np.mean(before)
    assert gained > 0.2
    assert abs(gained - (trial.right_after - trial.right_before)) < 0.15


def right(lesson, reading):
    return ("negative", "neutral", "positive")[reading.sentiment_index] == lesson.labels.sentiment


def test_chance_teaches_nothing():
    """Decisions that follow nothing are refused, with the figures, nearly always."""
    kept = 0
    for seed in range(12):
        learned = learn(taught_lessons(60, seed=seed, said="chance"), "m1", CALIBRATION)
        (trial,) = learned.trials
        kept += trial.loss_after > np.log(3) + 0.1 and trial.helps
        assert trial.texts == 60
    assert kept == 0


def test_a_model_that_is_right_already_is_left_alone():
    sure = {"negative": (8, 0, 0), "neutral": (0, 8, 0), "positive": (0, 0, 8)}
    lessons = [
        replace(one, scores=scores(sure[one.labels.sentiment], pooled=one.scores.pooled))
        for one in taught_lessons(100)
    ]
    learned = learn(lessons, "m1", CALIBRATION)
    assert (
        learned.correction is None
        or "sentiment" not in learned.correction.heads
        or (learned.trials[0].right_after >= learned.trials[0].right_before)
    )


def test_too_few_decisions_are_refused_with_their_number():
    learned = learn(taught_lessons(29), "m1", CALIBRATION)
    assert learned.correction is None
    assert "29 decided texts are too few" in learned.why.en
    assert "29" in learned.why.zh


def test_marks_are_learned_label_by_label_and_categories_on_complaints_alone():
    source = np.random.default_rng(3)
    lessons = []
    for number in range(150):
        pooled = source.normal(size=4)
        angry, asks = pooled[0] > 0, pooled[1] > 0.2
        intents = ("complaint",) * bool(angry) + ("inquiry",) * bool(asks)
        late = ("logistics",) if pooled[2] > 0 else ("quality",)
        name = "negative" if angry else "neutral"
        labels = Labels(name, intents, late if angry else (), 2 * int(angry), ())
        given = scores((0, 0, 0), source.normal(size=8) * 0.3, pooled=pooled)
        lessons.append(Lesson(f"k{number}", labels, given))
    learned = learn(lessons, "m1", CALIBRATION)
    assert {"intents", "complaint", "severity"} <= set(learned.correction.heads)
    trials = {trial.name: trial for trial in learned.trials}
    assert trials["complaint"].texts == sum("complaint" in one.labels.intents for one in lessons)
    weights = learned.correction.heads["intents"].weights
    assert [bool(row.any()) for row in weights] == [True, False, True] + [False] * 5


def test_a_model_without_vectors_can_be_corrected_by_its_logits_alone():
    lessons = [
        Lesson(one.key, one.labels, scores(one.scores.sentiment)) for one in taught_lessons(90)
    ]
    shifted = [
        Lesson(one.key, Labels("positive", (), (), 0, ()), one.scores)
        if number % 4
        else replace(one, labels=Labels("negative", (), (), 0, ()))
        for number, one in enumerate(lessons)
    ]
    learned = learn(shifted, "m1", CALIBRATION)
    assert learned.correction.width == 0
    found = apply_correction(learned.correction, scores((0, 0, 0)), CALIBRATION)
    assert read(found, CALIBRATION).sentiment_index == 2


def test_folds_are_even_and_stay_with_their_texts():
    keys = [f"k{number}" for number in range(53)]
    place = folds(keys)
    assert np.bincount(place).tolist() == [11, 11, 11, 10, 10]
    np.testing.assert_array_equal(folds(keys[::-1])[::-1], place)


def test_learning_is_the_same_twice_and_takes_seconds():
    lessons = taught_lessons(300, width=64)
    start = time.process_time()
    first = learn(lessons, "m1", CALIBRATION)
    assert time.process_time() - start < 60
    assert correction_text(first.correction) == correction_text(
        learn(lessons, "m1", CALIBRATION).correction
    )


def test_a_file_gives_the_correction_back(tmp_path):
    learned = learn(taught_lessons(120), "m1", CALIBRATION).correction
    path = tmp_path / "correction.json"
    path.write_text(correction_text(learned), encoding="utf-8")
    again = read_correction(path, "m1")
    given = scores((0.3, 0.1, -0.2), pooled=np.linspace(-1, 1, 6))
    np.testing.assert_allclose(
        apply_correction(again, given, CALIBRATION).sentiment,
        apply_correction(learned, given, CALIBRATION).sentiment,
        atol=1e-5,
    )
    assert correction_version(again).startswith("m1+")
    assert correction_version(again) == correction_version(learned)


def broken(text, change):
    row = json.loads(text)
    return change if isinstance(change, str) else json.dumps(row | change)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("", id="empty"),
        pytest.param("{", id="no JSON"),
        pytest.param("[]", id="a list"),
        pytest.param({"scale": 2.0}, id="altered"),
        pytest.param({"format": 9}, id="another format"),
    ],
)
def test_a_broken_file_is_named(tmp_path, change):
    path = tmp_path / "correction.json"
    text = correction_text(correction())
    path.write_text(broken(text, change), encoding="utf-8")
    with pytest.raises(CorrectionError, match="tingyin review") as caught:
        read_correction(path, "m1")
    assert str(path) in caught.value.text("zh")


def test_a_missing_file_and_another_model_are_named(tmp_path):
    path = tmp_path / "correction.json"
    with pytest.raises(CorrectionError, match="is no correction"):
        read_correction(path, "m1")
    path.write_text(correction_text(correction()), encoding="utf-8")
    with pytest.raises(CorrectionError, match="corrects m1, but the model is m2"):
        read_correction(path, "m2")


def test_the_shipped_model_has_vectors_to_learn_from():
    runtime = Runtime(read_artifact())
    given = runtime.scores(["水壶用了两天就漏水", "很好用，会回购"])
    width = len(given[0].pooled)
    assert width > 0
    weights = np.zeros((3, 4 + width))
    weights[1, 0] = 50.0
    moved = replace(correction(width), heads={"sentiment": Head(weights)})
    for one in given:
        done = apply_correction(moved, one, runtime.artifact.calibration)
        assert read(done, runtime.artifact.calibration).sentiment_index == 1


def test_a_corrected_runtime_reads_as_people_would_and_says_so(tmp_path):
    plain = Runtime(read_artifact())
    width = len(plain.scores(["好"])[0].pooled)
    weights = np.zeros((3, 4 + width))
    weights[1, 0] = 50.0
    made = Correction(
        plain.artifact.version, 60, np.zeros(width), 1.0, {"sentiment": Head(weights)}
    )
    path = tmp_path / "correction.json"
    path.write_text(correction_text(made), encoding="utf-8")
    found = pickle.loads(pickle.dumps(corrected(plain, path)))
    texts = ["水壶用了两天就漏水", ""]
    assert [reading.sentiment_index for _, reading in found.read(texts)] == [1, 1]
    assert found.version == correction_version(made)
    assert found.artifact.version == plain.artifact.version
    with pytest.raises(CorrectionError, match="--fast"):
        corrected(Fast(plain.artifact), path)


class Fast(Runtime):
    """A runtime that says it reads fast, whatever its artifact holds."""

    def __init__(self, artifact):
        super().__init__(artifact)
        self.fast = True
