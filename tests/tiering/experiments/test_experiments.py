"""Sizes, groups, differences and corrections: published values; the level holds on A/A draws."""

from math import isnan, sqrt

import numpy as np
import pytest

from tiering.errors import ExperimentError
from tiering.experiments import (
    Metric,
    Outcome,
    Plan,
    compared,
    corrected,
    cuped,
    customers_for_means,
    customers_for_shares,
    load_plan,
    mean_of,
    power_of_means,
    power_of_shares,
    ratio_check,
    ratio_of,
    read_experiment,
    shares_compared,
    tier_returns,
)

EVEN = {"control": 1.0, "treatment": 1.0}


# R's manual, power.prop.test and power.t.test: 76.7 and .740; 22.02110 and .8689528
def test_sizes_as_r_prints_them() -> None:
    assert customers_for_shares(0.50, 0.75, power=0.90) == (77, 77)
    assert power_of_shares(0.50, 0.75, (50, 50)) == pytest.approx(0.740, abs=5e-4)
    assert customers_for_means(1, 1, power=0.90) == (23, 23)
    assert power_of_means(1, 1, (20, 20)) == pytest.approx(0.8689528, abs=1e-6)


@pytest.mark.parametrize("ratio", [0.25, 1.0, 3.0])
def test_a_size_has_the_power_that_was_asked(ratio: float) -> None:
    shares = customers_for_shares(0.10, 0.13, ratio=ratio)
    assert power_of_shares(0.10, 0.13, shares) == pytest.approx(0.8, abs=2e-3)
    means = customers_for_means(5, 40, ratio=ratio)
    assert power_of_means(5, 40, means) == pytest.approx(0.8, abs=2e-3)


def test_a_huge_difference_needs_two() -> None:
    assert customers_for_means(1000, 1) == (2, 2)


BAD_SIZES = {
    "share of 0": (lambda: customers_for_shares(0, 0.1), "base 0"),
    "no difference": (lambda: customers_for_shares(0.1, 0.1), "difference 0"),
    "power of 1": (lambda: customers_for_shares(0.1, 0.2, power=1), "power 1"),
    "nan": (lambda: customers_for_means(float("nan"), 1), "difference nan"),
    "no spread": (lambda: customers_for_means(1, 0), "deviation 0"),
    "ratio": (lambda: customers_for_means(1, 1, ratio=0), "ratio 0"),
    "nobody": (lambda: power_of_shares(0.1, 0.2, (0, 9)), "at least 1"),
}


@pytest.mark.parametrize("case", BAD_SIZES)
def test_sizes_that_make_no_sense(case: str) -> None:
    ask, said = BAD_SIZES[case]
    with pytest.raises(ExperimentError, match=said) as caught:
        ask()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.text("zh"))


# Kohavi, Tang and Xu 2020, Trustworthy online controlled experiments, ch. 3: p = 1.8e-6
RATIOS = {
    "published mismatch": ((821_588, 815_482), 0, "mismatch", 1.8e-6),
    "within chance": ((500, 540), 0, "sound", 0.2148),
    "one group lost": ((100, 0), 0, "mismatch", 1.5e-23),
    "too few": ((9, 6), 0, "too few", 0.4386),
    "nobody": ((0, 0), 0, "too few", 1.0),
    "in several groups": ((500, 500), 11, "several groups", 1.0),
    "a few in several": ((500, 500), 10, "sound", 1.0),
}


@pytest.mark.parametrize("case", RATIOS)
def test_groups_against_their_plan(case: str) -> None:
    (control, treatment), several, judgement, p = RATIOS[case]
    found = ratio_check({"control": control, "treatment": treatment}, EVEN, several)
    assert found.judgement == judgement
    assert found.p == pytest.approx(p, rel=0.05)
    assert str(several) in found.reason().zh


def test_groups_that_are_not_planned() -> None:
    with pytest.raises(ExperimentError, match="group other is not planned"):
        ratio_check({"other": 3}, EVEN)
    with pytest.raises(ExperimentError, match="at least two"):
        ratio_check({"control": 3}, {"control": 1})


# Newcombe 1998, Statistics in Medicine 17: 873-890, table II, method 10
NEWCOMBE = [
    ((48, 80), (56, 70), 0.0524, 0.3339),
    ((3, 10), (9, 10), 0.1705, 0.8090),
    ((2, 7), (6, 7), 0.0582, 0.8062),
    ((0, 29), (5, 56), -0.0381, 0.1926),
    ((0, 20), (0, 10), -0.1611, 0.2775),
    ((0, 10), (10, 10), 0.6075, 1.0000),
]


@pytest.mark.parametrize(("control", "treatment", "low", "high"), NEWCOMBE)
def test_shares_as_newcombe_prints_them(
    control: tuple[int, int], treatment: tuple[int, int], low: float, high: float
) -> None:
    found = shares_compared(control, treatment)
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_p_of_shares_is_the_chi_square() -> None:
    from scipy.stats import chi2_contingency

    found = shares_compared((48, 80), (56, 70))
    table = [[48, 32], [56, 14]]
    assert found.p == pytest.approx(chi2_contingency(table, correction=False).pvalue)
    assert shares_compared((0, 5), (0, 9)).p == 1.0


def test_means_by_hand_and_beside_scipy() -> None:
    from scipy.stats import ttest_ind

    control, treatment = np.array([1.0, 2, 3, 4]), np.array([3.0, 5, 4, 8, 5])
    found = compared(mean_of(control), mean_of(treatment))
    other = ttest_ind(treatment, control, equal_var=False)
    ends = other.confidence_interval()
    assert found.difference == pytest.approx(2.5)  # 5.0 - 2.5
    assert found.p == pytest.approx(other.pvalue)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))
    assert found.relative == pytest.approx(1.0)


def test_ratio_by_hand() -> None:
    # sums 12 / 6 = 2; linear values (y - 2 x) / 2 are 0, 1, -1: variance 1, of the mean 1/3
    found = ratio_of(np.array([2.0, 6, 4]), np.array([1.0, 2, 3]))
    assert (found.figure, found.variance) == pytest.approx((2.0, 1 / 3))
    with pytest.raises(ExperimentError, match="divided by 0"):
        ratio_of(np.ones(3), np.zeros(3))


def test_a_ratio_of_one_a_customer_is_the_mean() -> None:
    values = np.random.default_rng(1).gamma(2, 50, 400)
    ratio, mean = ratio_of(values, np.ones(400)), mean_of(values)
    assert (ratio.figure, ratio.variance) == pytest.approx((mean.figure, mean.variance))


def test_relative_is_open_where_the_control_may_be_nothing() -> None:
    found = compared(mean_of(np.array([-1.0, 1.5, 0.1])), mean_of(np.array([2.0, 3, 4])))
    assert isnan(found.relative_low)
    assert isnan(compared(mean_of(np.zeros(3)), mean_of(np.ones(3))).relative)


def test_groups_that_do_not_vary() -> None:
    same = compared(mean_of(np.ones(5)), mean_of(np.ones(5)))
    assert (same.p, same.low, same.high) == (1.0, 0.0, 0.0)
    assert compared(mean_of(np.ones(5)), mean_of(np.full(5, 2.0))).p == 0.0
    with pytest.raises(ExperimentError, match="two at least"):
        mean_of(np.ones(1))


# Benjamini and Hochberg 1995, section 3.2: fifteen p values, four found at .05, three by Bonferroni
BH = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
BH += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.000]


@pytest.mark.parametrize(("method", "found"), [("bh", 4), ("holm", 3), ("none", 9)])
def test_how_many_are_found(method: str, found: int) -> None:
    assert sum(p < 0.05 for p in corrected(BH, method)) == found


@pytest.mark.parametrize(("method", "theirs"), [("bh", "fdr_bh"), ("holm", "holm")])
def test_corrections_are_those_of_statsmodels(method: str, theirs: str) -> None:
    from statsmodels.stats.multitest import multipletests

    p = np.random.default_rng(1).permutation([*BH, 0.0278, 0.9])
    assert corrected(p, method) == pytest.approx(multipletests(p, method=theirs)[1])


def test_holm_by_hand_and_what_was_not_tested_counts_not() -> None:
    assert corrected([0.01, float("nan"), 0.04, 0.03]) == pytest.approx(
        [0.03, float("nan"), 0.06, 0.06], nan_ok=True
    )
    with pytest.raises(ExperimentError, match="correction 'mine'"):
        corrected([0.1], "mine")


def test_cuped_removes_the_square_of_the_correlation() -> None:
    rng = np.random.default_rng(3)
    before = rng.normal(100, 20, 4000)
    values = before + rng.normal(0, 10, 4000)
    found = cuped(values, before)
    assert found.used
    assert found.removed == pytest.approx(np.corrcoef(values, before)[0, 1] ** 2)
    assert found.values.mean() == pytest.approx(values.mean())
    assert "79.9%" in found.reason.en


NO_PAST = {
    "none": None,
    "too few": np.where(np.arange(100) < 29, 1.0 * np.arange(100), np.nan),
    "all alike": np.ones(100),
}


@pytest.mark.parametrize("case", NO_PAST)
def test_cuped_falls_back_and_says_so(case: str) -> None:
    values = np.arange(100.0)
    found = cuped(values, NO_PAST[case])
    assert (found.used, found.removed) == (False, 0.0)
    assert (found.values == values).all()
    assert found.reason.en.startswith("without CUPED")


GOALS = (
    Metric("buyers", "proportion", "orders"),
    Metric("spend", "mean", "order_fen"),
    Metric("basket", "ratio", "order_fen", "orders"),
)
PLAN = Plan("1", "control", EVEN, GOALS)


def drawn(rng: np.random.Generator, size: int = 600, effect: float = 0.0) -> tuple:
    """Return groups and outcomes of customers who differ, and bought before as they do after."""
    treated = rng.permutation(np.arange(size) % 2 == 0)
    rate = rng.gamma(1.5, 0.5, size)
    bought = rng.poisson(rate * (1 + effect * treated)).astype(float)
    price = rng.lognormal(4, 0.6, size)
    past = rng.poisson(rate).astype(float)
    groups = np.where(treated, "treatment", "control").tolist()
    fen = Outcome(bought * price, past * price)
    return groups, {"orders": Outcome(bought, past), "order_fen": fen}


def test_equal_groups_are_found_different_as_seldom_as_the_level_says() -> None:
    rng = np.random.default_rng(11)
    plan = Plan("1", "control", EVEN, GOALS, correction="none")
    p = [
        [each.adjusted_p for each in read_experiment(*drawn(rng), plan).comparisons]
        for _ in range(1200)
    ]
    # 1200 draws: the standard error of a rate of 5 % is 0.63 points
    assert np.mean(np.array(p) < 0.05, axis=0) == pytest.approx([0.05] * 3, abs=0.018)


def test_holm_keeps_the_level_of_all_goals_together() -> None:
    rng = np.random.default_rng(12)
    any_found = [
        any(
            each.verdict != "no difference shown"
            for each in read_experiment(*drawn(rng), PLAN).comparisons
        )
        for _ in range(800)
    ]
    assert np.mean(any_found) < 0.05 + 3 * sqrt(0.05 * 0.95 / 800)


def test_an_effect_is_found_and_cuped_narrows_it() -> None:
    groups, outcomes = drawn(np.random.default_rng(5), 6000, effect=0.3)
    with_past = read_experiment(groups, outcomes, PLAN)
    bare = {name: Outcome(each.after) for name, each in outcomes.items()}
    without = read_experiment(groups, bare, PLAN)
    assert with_past.believable()
    spend = [next(c for c in r.comparisons if c.metric == "spend") for r in (with_past, without)]
    assert [each.verdict for each in spend] == ["better", "better"]
    widths = [each.found.high - each.found.low for each in spend]
    assert widths[0] ** 2 / widths[1] ** 2 == pytest.approx(1 - spend[0].removed, abs=0.02)
    assert spend[0].removed > 0.1
    assert spend[1].reasons[0].en.startswith("without CUPED")


@pytest.mark.parametrize("several", [0, 400])
def test_nothing_is_found_where_the_groups_are_unsound(several: int) -> None:
    groups, outcomes = drawn(np.random.default_rng(5), 6000, effect=0.5)
    lost = np.array([g == "control" or several > 0 or n % 3 > 0 for n, g in enumerate(groups)])
    kept = {name: Outcome(o.after[lost], o.before[lost]) for name, o in outcomes.items()}
    names = [group for group, stays in zip(groups, lost, strict=True) if stays]
    found = read_experiment(names, kept, PLAN, several)
    assert not found.believable()
    assert {each.verdict for each in found.comparisons} == {"not judged"}
    assert all(each.found.p < 0.05 for each in found.comparisons if each.metric == "spend")
    assert "分组与计划不符" in found.comparisons[0].reasons[-1].zh


GUARDS = {
    "held": (0.0, 0.2, "higher", "held"),
    "breached": (-0.5, 0.2, "higher", "breached"),
    "breached without a margin": (-0.2, 0.0, "higher", "breached"),
    "open without a margin": (0.0, 0.0, "higher", "open"),
    "fewer complaints are fine": (-0.5, 0.2, "lower", "held"),
    "more complaints are not": (0.5, 0.2, "lower", "breached"),
}


@pytest.mark.parametrize("case", GUARDS)
def test_guards(case: str) -> None:
    moved, most, better, verdict = GUARDS[case]
    rng = np.random.default_rng(8)
    groups = ["control", "treatment"] * 1000
    values = rng.normal(5, 1, 2000) + moved * (np.arange(2000) % 2)
    guard = Metric("speed", "mean", "speed", better=better, role="guard", most_harm=most)
    plan = Plan("1", "control", EVEN, (guard,))
    found = read_experiment(groups, {"speed": Outcome(values)}, plan).comparisons[0]
    assert found.verdict == verdict


def test_groups_that_differed_before() -> None:
    rng = np.random.default_rng(9)
    groups = ["control", "treatment"] * 300
    before = rng.normal(0, 1, 600) + (np.arange(600) % 2)
    metric = Metric("spend", "mean", "spend")
    found = read_experiment(
        groups,
        {"spend": Outcome(rng.normal(0, 1, 600), before)},
        Plan("1", "control", EVEN, (metric,)),
    )
    assert any("before the exposure" in each.en for each in found.comparisons[0].reasons)


def test_too_few_customers_have_no_verdict() -> None:
    groups, outcomes = drawn(np.random.default_rng(5), 100)
    found = read_experiment(groups, outcomes, PLAN)
    assert {each.verdict for each in found.comparisons} == {"not judged"}
    assert "150" in found.comparisons[0].reasons[0].zh


def test_a_ratio_over_nothing_is_not_judged_and_the_rest_is() -> None:
    groups, outcomes = drawn(np.random.default_rng(5), 1000)
    bought = outcomes["orders"].after * (np.array(groups) == "control")
    found = read_experiment(groups, outcomes | {"orders": Outcome(bought)}, PLAN).comparisons
    assert [each.verdict for each in found] == ["worse", "no difference shown", "not judged"]
    assert "nobody of a group has any orders" in found[2].reasons[0].en


def test_bad_outcomes() -> None:
    groups, outcomes = drawn(np.random.default_rng(5))
    with pytest.raises(ExperimentError, match="no measure order_fen"):
        read_experiment(groups, {"orders": outcomes["orders"]}, PLAN)
    with pytest.raises(ExperimentError, match="one cell a customer"):
        read_experiment(groups[1:], outcomes, PLAN)
    broken = outcomes | {"orders": Outcome(np.full(600, np.nan))}
    with pytest.raises(ExperimentError, match="nan is no finite number"):
        read_experiment(groups, broken, PLAN)


GOOD_PLAN = """
version: "1"
control: control
groups: {control: 1, treatment: 1}
metrics:
  - {name: spend, kind: mean, of: order_fen}
"""
BAD_PLANS = {
    "unknown key": (GOOD_PLAN + "alpha: 0.1\n", "alpha: this key is not known"),
    "missing key": ("version: '1'\n", "control: this key is missing"),
    "control": (GOOD_PLAN.replace("control: control", "control: other"), "control: 'other'"),
    "one group": (GOOD_PLAN.replace(", treatment: 1", ""), "how many"),
    "weight": (GOOD_PLAN.replace("treatment: 1", "treatment: 0"), "groups.treatment: 0"),
    "kind": (GOOD_PLAN.replace("mean", "median"), r"metrics\[0\].kind: 'median'"),
    "ratio of nothing": (GOOD_PLAN.replace("mean", "ratio"), r"metrics\[0\].per"),
    "level": (GOOD_PLAN + "level: 5\n", "level: 5"),
    "correction": (GOOD_PLAN + "correction: mine\n", "correction: 'mine'"),
    "name twice": (GOOD_PLAN + "  - {name: spend, kind: mean, of: a}\n", "name of its own"),
    "no yaml": ("a: [", "cannot be read as a plan"),
    "no mapping": ("- 1", "must be a section"),
}


def test_a_plan_is_read(tmp_path) -> None:
    path = tmp_path / "plan.yaml"
    path.write_text(GOOD_PLAN, encoding="utf-8")
    plan = load_plan(path)
    assert (plan.arms(), plan.pre_days, plan.correction) == (("treatment",), 14, "holm")


@pytest.mark.parametrize("case", BAD_PLANS)
def test_plans_that_cannot_be_used(case: str, tmp_path) -> None:
    text, said = BAD_PLANS[case]
    path = tmp_path / "plan.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ExperimentError, match=said) as caught:
        load_plan(path)
    assert "plan.yaml" in caught.value.text("zh")


def test_returns_by_tier() -> None:
    rng = np.random.default_rng(2)
    tiers = ["core"] * 2000 + ["basic"] * 500 + ["strategic"] * 20
    out = np.zeros(2520, dtype=bool)
    out[:1000] = True
    out[-10:] = True
    margins = rng.normal(1000, 100, 2520) + np.where(out, 0, 300)
    costs = np.where(out, 0.0, 100.0)
    basic, core, strategic = tier_returns(tiers, out.tolist(), margins, costs)
    assert (core.treated, core.held_out) == (1000, 1000)
    assert core.gain.low < 300 < core.gain.high
    assert core.net.difference == pytest.approx(core.gain.difference - 100)
    assert core.roi == pytest.approx(core.net.difference / 100)
    assert core.roi_low < 2 < core.roi_high
    assert (basic.gain, basic.reason.en.split(",")[0]) == (None, "no hold-out: not incremental")
    assert isnan(basic.roi)
    assert strategic.reason.en.startswith("10 customers and 10 held out: too few")


BAD_RETURNS = {
    "negative cost": ([False, True], [-1.0, 0.0], "a cost is -1"),
    "hold-out with a cost": ([False, True], [1.0, 2.0], "has a cost of 2"),
    "lengths": ([False], [1.0, 2.0], "one cell a customer"),
}


@pytest.mark.parametrize("case", BAD_RETURNS)
def test_ledgers_that_cannot_be_used(case: str) -> None:
    out, costs, said = BAD_RETURNS[case]
    with pytest.raises(ExperimentError, match=said):
        tier_returns(["core", "core"], out, [1.0, 2.0], costs)
