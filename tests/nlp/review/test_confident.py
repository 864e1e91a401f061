"""Confident learning on hand-made probabilities: thresholds, the joint, what is contradicted."""

import numpy as np
import pytest

from nlp.review.confident import (
    NONE,
    class_thresholds,
    confident_classes,
    confident_joint,
    contradicted,
    estimated_joint,
)
from nlp.review.out_of_fold import folds_of_groups, out_of_fold

# Three texts given 0 and three given 1; the third of each looks like the other class.
GIVEN = np.array([0, 0, 0, 1, 1, 1])
CHANCES = np.array([[0.9, 0.1], [0.8, 0.2], [0.1, 0.9], [0.2, 0.8], [0.3, 0.7], [0.95, 0.05]])


def test_a_threshold_is_the_mean_probability_of_a_class_among_its_texts() -> None:
    assert class_thresholds(GIVEN, CHANCES) == pytest.approx([0.6, (0.8 + 0.7 + 0.05) / 3])


def test_the_joint_counts_what_is_confident() -> None:
    assert confident_joint(GIVEN, CHANCES).tolist() == [[2, 1], [1, 2]]
    assert estimated_joint(GIVEN, CHANCES) == pytest.approx(np.array([[2.0, 1.0], [1.0, 2.0]]))


def test_a_text_that_reaches_no_threshold_is_not_counted() -> None:
    chances = np.array([[0.9, 0.1], [0.5, 0.5], [0.2, 0.8], [0.1, 0.9]])
    given = np.array([0, 0, 1, 1])
    assert confident_classes(given, chances).tolist() == [0, NONE, NONE, 1]
    # One of the two texts of each class is known; the row still sums to both.
    assert estimated_joint(given, chances) == pytest.approx(np.array([[2.0, 0.0], [0.0, 2.0]]))


def test_what_the_joint_expects_is_contradicted_the_largest_margins_first() -> None:
    assert contradicted(GIVEN, CHANCES).tolist() == [NONE, NONE, 1, NONE, NONE, 0]


@pytest.mark.parametrize(
    ("given", "chances"),
    [
        pytest.param([0, 0, 1], [[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], id="all sure and right"),
        pytest.param([0, 1, 0], [[0.5, 0.5]] * 3, id="nothing known"),
        pytest.param([0, 0, 0], [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]], id="a class without texts"),
    ],
)
def test_nothing_is_contradicted_where_nothing_speaks_against_it(given, chances) -> None:
    assert set(contradicted(np.array(given), np.array(chances)).tolist()) == {NONE}


def test_probabilities_are_of_the_other_folds() -> None:
    """A text that alone holds a feature teaches nothing about itself."""
    source = np.random.default_rng(0)
    features = source.normal(size=(60, 3))
    classes = (features[:, 0] > 0).astype(np.int64)
    place = np.arange(60) % 5
    before = out_of_fold(features, classes, place, 2)
    flipped = classes.copy()
    flipped[7] = 1 - flipped[7]
    assert out_of_fold(features, flipped, place, 2)[7] == pytest.approx(before[7])
    assert before[np.arange(60), classes].mean() > 0.7
    assert before.sum(axis=1) == pytest.approx(np.ones(60))


@pytest.mark.parametrize(
    ("classes", "expected"),
    [
        pytest.param([0, 0, 0, 0], [[1.0, 0.0]] * 4, id="one class alone"),
        pytest.param([0, 0, 1, 1], [[0.0, 1.0]] * 2 + [[1.0, 0.0]] * 2, id="a fold of each"),
    ],
)
def test_what_the_other_folds_do_not_know_is_not_learned(classes, expected) -> None:
    found = out_of_fold(np.ones((4, 2)), np.array(classes), np.array([0, 0, 1, 1]), 2)
    assert found.tolist() == expected


def test_near_duplicates_share_a_fold() -> None:
    groups = [f"g{number // 3}" for number in range(30)]
    place = folds_of_groups(groups)
    assert all(len(set(place[start : start + 3].tolist())) == 1 for start in range(0, 30, 3))
    assert len(set(place.tolist())) == 5
