"""Uplift along a score: known uplift found, the definition of econml, chance stays chance."""

import numpy as np
import pytest

from tiering.errors import ExperimentError
from tiering.experiments import uplift


def dormant(seed: int, size: int = 4000) -> tuple[np.ndarray, ...]:
    """Return true uplift (0 to .4, even), the lot, and who came back."""
    rng = np.random.default_rng(seed)
    true = rng.uniform(0, 0.4, size)
    treated = rng.permutation(np.arange(size) % 2 == 0)
    back = rng.random(size) < 0.1 + true * treated
    return true, treated, back.astype(float)


# gain(q) = .4 q - .2 q²: area 2/15, above the line .2 q of a random order 1/30
AREA, QINI = 2 / 15, 1 / 30


def test_known_uplift_is_found() -> None:
    found = uplift(*dormant(1), groups=4)
    assert found.all.low < 0.2 < found.all.high
    assert found.area_interval[0] < AREA < found.area_interval[1]
    assert found.qini_interval[0] < QINI < found.qini_interval[1]
    assert found.beats_random()
    for group, middle in zip(found.groups, (0.35, 0.25, 0.15, 0.05), strict=True):
        assert group.found.low - 0.02 < middle < group.found.high + 0.02
        assert group.treated + group.untreated == 1000
    assert (found.shares[0], found.gains[0], found.shares[-1]) == (0, 0, 1)
    assert found.gains[-1] == pytest.approx(found.all.difference)


@pytest.mark.parametrize("case", ["known", "random"])
def test_the_interval_of_qini_holds_as_often_as_it_says(case: str) -> None:
    held = 0
    for seed in range(100):
        true, treated, back = dormant(seed, 500)
        score = true if case == "known" else np.random.default_rng(seed + 999).random(500)
        low, high = uplift(score, treated, back, draws=150).qini_interval
        held += low <= (QINI if case == "known" else 0) <= high
    assert held / 100 == pytest.approx(0.95, abs=0.06)


def test_worst_first_is_as_bad_as_best_first_is_good() -> None:
    true, treated, back = dormant(1)
    best, worst = (uplift(way * true, treated, back, draws=60) for way in (1, -1))
    assert worst.qini == pytest.approx(-best.qini, rel=0.1)
    assert not worst.beats_random()


def test_the_definition_of_econml() -> None:
    """Sum over q of q (mean of the best q - mean of all) dq on what its outcomes are for a lot."""
    true, treated, back = dormant(3, 20_000)
    each = np.where(treated, 2 * back, -2 * back)  # its doubly robust outcome with no model
    qs = np.arange(0.005, 1, 0.005)
    cuts = np.quantile(true, 1 - qs)
    values = [q * (each[true >= cut].mean() - each.mean()) for q, cut in zip(qs, cuts, strict=True)]
    theirs = float(np.sum(values) * 0.005)
    assert uplift(true, treated, back, draws=2).qini == pytest.approx(theirs, abs=2e-3)


def test_by_hand_and_equal_scores_go_together() -> None:
    treated = [True, False] * 10
    outcomes = [1.0, 0.0] * 5 + [0.0, 0.0] * 5
    found = uplift([2.0] * 10 + [1.0] * 10, treated, outcomes, groups=2, draws=2)
    # best half: uplift 1, gain .5; all: .5; area .5*.5/2 + .5*.5 = .375; line .25
    assert found.gains.tolist() == [0.0, 0.5, 0.5]
    assert (found.area, found.qini) == pytest.approx((0.375, 0.125))
    one = uplift([1.0] * 20, treated, outcomes, groups=7, draws=2)
    assert (len(one.groups), one.qini) == (1, 0.0)


BAD = {
    "one arm": ([1.0] * 20, [True] * 20, [0.0] * 20, "0 untreated"),
    "nan": ([float("nan")] * 20, [True, False] * 10, [0.0] * 20, "scores, cell 0"),
    "lengths": ([1.0], [True, False], [0.0], "one cell a customer"),
    "nobody": ([], [], [], "at least one customer"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_used(case: str) -> None:
    scores, treated, outcomes, said = BAD[case]
    with pytest.raises(ExperimentError, match=said):
        uplift(scores, treated, outcomes)
