"""Intervals and selective answers: published values, hand counts, and honest coverage."""

import numpy as np
import pytest
from sklearn import metrics

from nlp import evaluation

CHANCE = np.random.default_rng(5)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        pytest.param(15, 20, 0.5313, 0.8881, id="Brown, Cai and DasGupta 2001's formula by hand"),
        pytest.param(0, 10, 0.0, 0.2775, id="none"),
        pytest.param(10, 10, 0.7225, 1.0, id="all"),
        pytest.param(0, 0, 0.0, 1.0, id="nothing seen"),
    ],
)
def test_wilson(hits, n, low, high):
    assert evaluation.wilson(hits, n) == pytest.approx((low, high), abs=1e-4)


def test_the_bootstrap_of_a_mean_is_as_wide_as_theory_says():
    values = CHANCE.normal(0, 1, 400)
    low, high = evaluation.bootstrap(evaluation.mean_of(values), 400)
    assert (low + high) / 2 == pytest.approx(values.mean(), abs=0.01)
    assert high - low == pytest.approx(2 * 1.96 * values.std() / 20, rel=0.08)


def test_the_bootstrap_repeats_with_its_seed_and_not_with_another():
    figure = evaluation.mean_of(CHANCE.normal(0, 1, 50))
    assert evaluation.bootstrap(figure, 50, seed=1) == evaluation.bootstrap(figure, 50, seed=1)
    assert evaluation.bootstrap(figure, 50, seed=1) != evaluation.bootstrap(figure, 50, seed=2)


def test_weighted_figures_are_those_of_the_drawn_texts():
    truth, found = CHANCE.random((60, 4)) < 0.3, CHANCE.random((60, 4)) < 0.3
    levels, answers = CHANCE.integers(0, 4, 60), CHANCE.integers(0, 4, 60)
    drawn = CHANCE.integers(0, 60, 60)
    weights = np.bincount(drawn, minlength=60)[None].astype(float)
    macro = evaluation.label_scores(truth[drawn], found[drawn], list("abcd"))["macro_f1"]
    assert evaluation.macro_f1_of(truth, found)(weights)[0] == pytest.approx(macro)
    kappa = metrics.cohen_kappa_score(levels[drawn], answers[drawn], weights="quadratic")
    assert evaluation.kappa_of(levels, answers, 4)(weights)[0] == pytest.approx(kappa)
    assert evaluation.mean_of(levels == answers)(weights)[0] == pytest.approx(
        (levels == answers)[drawn].mean()
    )


def test_draws_of_many_texts_are_held_in_parts_and_stay_the_same():
    values = CHANCE.normal(0, 1, 30)
    whole = evaluation.bootstrap(evaluation.mean_of(values), 30)
    from nlp.evaluation import intervals

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(intervals, "HELD_WEIGHTS", 70)
        assert evaluation.bootstrap(evaluation.mean_of(values), 30) == pytest.approx(whole)


@pytest.mark.parametrize(
    ("right", "confidence", "accuracy", "threshold"),
    [
        pytest.param([1, 1, 1], [0.9, 0.8, 0.7], 0.9, 0.0, id="all may be answered"),
        pytest.param([0, 0, 1], [0.9, 0.8, 0.7], 0.9, 1.0, id="no cut is enough"),
        pytest.param([1, 1, 0, 0], [0.9, 0.8, 0.6, 0.5], 0.9, 0.7, id="half"),
        pytest.param([1, 1, 0], [0.9, 0.6, 0.6], 1.0, 0.75, id="equals go together"),
    ],
)
def test_the_confidence_to_answer_at(right, confidence, accuracy, threshold):
    found = evaluation.confidence_for(np.array(right, bool), np.array(confidence), accuracy)
    assert found == pytest.approx(threshold)


def test_what_is_answered_is_as_accurate_as_asked():
    confidence = CHANCE.random(500)
    right = CHANCE.random(500) < confidence
    threshold = evaluation.confidence_for(right, confidence, 0.9)
    kept = confidence >= threshold
    assert right[kept].mean() >= 0.9
    assert kept.mean() == pytest.approx(evaluation.coverage(right, confidence, 0.9))


def test_areas_by_hand():
    right, confidence = np.array([True, False, True, True]), np.array([0.9, 0.8, 0.7, 0.6])
    risks = [0, 1 / 2, 1 / 3, 1 / 4]
    best = [0, 0, 0, 1 / 4]
    assert evaluation.area_under_risk(right, confidence) == pytest.approx(np.mean(risks))
    assert evaluation.excess_area_under_risk(right, confidence) == pytest.approx(
        np.mean(risks) - np.mean(best)
    )
    assert evaluation.risk_at(right, confidence, (0.5, 1.0)) == {"0.5": 0.5, "1.0": 0.25}


def test_a_perfect_order_has_no_excess():
    right = np.array([True] * 7 + [False] * 3)
    assert evaluation.excess_area_under_risk(right, np.linspace(1, 0.1, 10)) == pytest.approx(0)


def test_a_figure_of_no_text_is_no_error():
    none = np.zeros(0)
    assert evaluation.area_under_risk(none.astype(bool), none) == 0.0
    assert evaluation.risk_at(none.astype(bool), none) == {}
    assert evaluation.calibration_error(none.astype(bool), none) == 0.0
    assert evaluation.confidence_for(none.astype(bool), none, 0.9) == 1.0


def test_rare_labels_have_no_calibration_error():
    truth = np.zeros((100, 2), bool)
    truth[:30, 0] = truth[:5, 1] = True
    errors = evaluation.label_calibration_errors(truth, np.full((100, 2), 0.3), ["often", "rare"])
    assert errors == {"often": pytest.approx(0.0)}
