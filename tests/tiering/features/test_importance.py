"""Importance: what decides the target stands first, chance stands at nothing, a seed is a seed."""

import numpy as np
import pandas as pd
import pytest

from tiering.errors import FeatureError
from tiering.features import importance

ROWS = 600
RNG = np.random.default_rng(11)
FRAME = pd.DataFrame(
    {
        "customer_id": [f"c{n:03}" for n in range(ROWS)],
        "decides": RNG.normal(size=ROWS),
        "helps": RNG.normal(size=ROWS),
        "noise": RNG.normal(size=ROWS),
        "gaps": np.where(RNG.random(ROWS) < 0.5, np.nan, RNG.normal(size=ROWS)),
    }
)
WORTH = 3 * FRAME["decides"] + FRAME["helps"] + 0.1 * RNG.normal(size=ROWS)
TARGETS = {"auc": [float(worth > 0) for worth in WORTH], "r2": [float(worth) for worth in WORTH]}


@pytest.mark.parametrize("metric", TARGETS)
def test_what_decides_stands_first(metric: str) -> None:
    found = importance(FRAME, TARGETS[metric], seed=3)
    assert found.metric == metric
    assert [each.name for each in found.features[:2]] == ["decides", "helps"]
    assert found.score > 0.85
    by_name = found.by_name()
    assert by_name["decides"] > 5 * abs(by_name["noise"])
    assert found.learnt_rows + found.held_out_rows == ROWS
    assert found.held_out_rows == 0.3 * ROWS


def test_a_target_of_chance_is_not_foretold() -> None:
    chance = [float(each) for each in np.random.default_rng(5).random(ROWS) < 0.5]
    found = importance(FRAME, chance)
    assert 0.35 < found.score < 0.65


def test_a_feature_that_cannot_tell_loses_nothing() -> None:
    """Of more rows than are judged too: the loss is held against the score of the same rows."""
    rng = np.random.default_rng(1)
    rows = 20_000
    frame = pd.DataFrame({"customer_id": [f"c{n}" for n in range(rows)], "a": rng.random(rows)})
    target = (frame["a"] + rng.random(rows) > 1).astype(float)
    found = importance(frame.assign(still=1.0), list(target), rounds=3)
    first, last = found.features
    assert (first.name, last.name) == ("a", "still")
    assert first.mean > 0.2
    assert (last.mean, last.spread) == (0.0, 0.0)


def test_the_order_of_rows_and_columns_changes_nothing() -> None:
    there = FRAME.assign(target=TARGETS["auc"])
    mixed = there.sample(frac=1, random_state=2)
    columns = ["noise", "customer_id", "gaps", "helps", "decides"]
    again = importance(mixed[columns], list(mixed["target"]), seed=3, rounds=2)
    assert again == importance(FRAME, TARGETS["auc"], seed=3, rounds=2)
    assert again != importance(FRAME, TARGETS["auc"], seed=4, rounds=2)


def test_a_customer_stands_on_one_side_only() -> None:
    """A number of the customer itself would foretell everything if it stood on both sides."""
    rng = np.random.default_rng(8)
    customers = np.repeat([f"c{n:03}" for n in range(120)], 5)
    own = np.repeat(rng.permutation(120), 5).astype(float)
    target = np.repeat(rng.random(120) < 0.5, 5).astype(float)
    days = [f"2026-0{n}-01" for n in range(1, 6)] * 120
    frame = pd.DataFrame({"customer_id": customers, "as_of": days, "own": own})
    assert importance(frame, list(target)).score < 0.75


def test_rows_without_a_target_are_left_out() -> None:
    target = [None if n % 3 == 0 else each for n, each in enumerate(TARGETS["auc"])]
    found = importance(FRAME, target, rounds=1)
    assert found.learnt_rows + found.held_out_rows == 400


@pytest.mark.parametrize("cell", [np.nan, 1.0], ids=["never known", "always the same"])
def test_what_does_not_vary_tells_nothing(cell: float) -> None:
    plain = importance(FRAME, TARGETS["auc"], rounds=1)
    found = importance(FRAME.assign(still=cell), TARGETS["auc"], rounds=1)
    assert {each.name: each.mean for each in found.features}["still"] == 0
    assert found.score == pytest.approx(plain.score)


WRONG = {
    "another length": ([1.0], "1 targets for 600 rows"),
    "nothing known": ([None] * ROWS, "0 rows with a target"),
    "one value": ([1.0] * ROWS, "1 different values"),
    "few rows": ([1.0, 0.0] * 30 + [None] * (ROWS - 60), "60 rows with a target"),
    "few of a class": ([1.0] * 3 + [0.0] * (ROWS - 3), "of two classes each needs"),
}


@pytest.mark.parametrize("case", WRONG)
def test_targets_that_tell_nothing(case: str) -> None:
    target, said = WRONG[case]
    with pytest.raises(FeatureError, match=said):
        importance(FRAME, target)
