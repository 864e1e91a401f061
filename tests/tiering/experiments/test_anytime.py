"""Experiments read while they run: the level holds at every look, and the price is told."""

from dataclasses import replace

import numpy as np
import pytest

from tiering.errors import ExperimentError
from tiering.experiments import (
    Difference,
    Metric,
    Outcome,
    Plan,
    anytime,
    compared,
    mean_of,
    read_experiment,
)
from tiering.experiments.plan import demand_sound

LEVEL, PLANNED = 0.05, 4_000
LOOKS = range(300, PLANNED + 1, 100)
ONCE = Plan(
    version="1",
    control="control",
    groups={"control": 1.0, "treatment": 1.0},
    metrics=(Metric("spend", "mean", "fen"), Metric("bought", "proportion", "fen")),
    looks="once",
    planned=PLANNED,
)


def seen(values: np.ndarray, customers: int) -> Difference:
    """Return what the first customers say, every second of them treated."""
    return compared(mean_of(values[:customers:2]), mean_of(values[1:customers:2]))


def test_who_looks_every_hundred_customers_is_not_fooled() -> None:
    chance = np.random.default_rng(11)
    fooled_once, fooled_any, missed = 0, 0, 0
    for _ in range(300):
        values = chance.exponential(size=PLANNED)
        plain = [seen(values, customers) for customers in LOOKS]
        any_time = [anytime(each, LEVEL, PLANNED) for each in plain]
        fooled_once += any(each.p < LEVEL for each in plain)
        fooled_any += any(each.p < LEVEL for each in any_time)
        missed += any(not each.low <= 0 <= each.high for each in any_time)
    assert fooled_once > 300 * 0.15  # 38 looks, each with its own 5 %
    # 15 of 300 are allowed, more than 24 of them have a chance of 1 in 70
    assert fooled_any <= 24
    assert missed == fooled_any  # interval and p say the same


def test_a_real_difference_is_found_before_the_end() -> None:
    chance = np.random.default_rng(12)
    values = chance.exponential(size=PLANNED)
    values[1::2] += 0.25
    found = [anytime(seen(values, customers), LEVEL, PLANNED) for customers in LOOKS]
    first = next(n for n, each in zip(LOOKS, found, strict=True) if each.p < LEVEL)
    assert first < PLANNED / 2
    assert found[-1].low > 0
    assert found[-1].relative_low > 0


def test_the_price_is_half_the_width_again_where_it_was_planned() -> None:
    values = np.random.default_rng(1).normal(size=PLANNED)
    once = seen(values, PLANNED)
    wider = [
        (found.high - found.low) / (once.high - once.low)
        for found in (anytime(once, LEVEL, planned) for planned in (500, PLANNED, 60_000))
    ]
    assert wider[1] == min(wider) == pytest.approx(1.55, abs=0.02)
    assert anytime(once, LEVEL, PLANNED).method == "welch anytime"


def test_by_the_plan() -> None:
    chance = np.random.default_rng(3)
    fen = chance.exponential(1_000, size=2_000) * (chance.random(2_000) < 0.4)
    groups = ["control", "treatment"] * 1_000
    outcomes = {"fen": Outcome(fen)}
    once = read_experiment(groups, outcomes, ONCE).comparisons
    often = read_experiment(groups, outcomes, replace(ONCE, looks="any")).comparisons
    for first, other in zip(once, often, strict=True):
        assert first.found is not None
        assert other.found is not None
        assert other.found.low < first.found.low < first.found.high < other.found.high
        assert other.found.p >= first.found.p
        assert other.found.method == f"{first.found.method} anytime"


def test_groups_that_do_not_vary() -> None:
    same, apart = (compared(mean_of(np.ones(9)), mean_of(np.full(9, to))) for to in (1.0, 2.0))
    assert (anytime(same, LEVEL, 100).p, anytime(apart, LEVEL, 100).p) == (1.0, 0.0)


BAD = {
    "looks": (replace(ONCE, looks="daily"), "plan, looks: 'daily' must be one of once, any"),
    "planned": (replace(ONCE, planned=1), "plan, planned: 1 must be from 2"),
}


@pytest.mark.parametrize("case", BAD)
def test_plans_that_cannot_be_used(case: str) -> None:
    plan, said = BAD[case]
    with pytest.raises(ExperimentError, match=said):
        demand_sound(plan)
