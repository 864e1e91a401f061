"""The parts of `glr-…` and `cusum-negbin`: regression, charts, limits, beside known figures."""

import math
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats
from scipy.optimize import minimize_scalar
from statsmodels.discrete.discrete_model import NegativeBinomial

from nlp.surveillance import Bin, Sensitivity, WatchSettingsError, detector
from nlp.surveillance.detectors.chart import RATIO, Chart, grid, ratio
from nlp.surveillance.detectors.glr import GlrSettings
from nlp.surveillance.detectors.loglinear import (
    known_regression,
    negbin_regression,
    robust_regression,
)

NEVER = 1e9
"""A limit that nothing reaches."""
SHANGHAI = ZoneInfo("Asia/Shanghai")
MONDAY = datetime(2020, 1, 6, tzinfo=SHANGHAI)
STEP = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


def seasonal(bins: int, mean: float, alpha: float, seed: int = 1):
    """Return rows of a harmonic model and counts drawn from it."""
    angle = 2 * np.pi * np.arange(bins) / 52
    rows = np.column_stack([np.ones(bins), np.sin(angle), np.cos(angle)])
    means = np.exp(rows @ np.array([math.log(mean), 0.5, -0.2]))
    source = np.random.default_rng(seed)
    return rows, source.poisson(source.gamma(1 / alpha, alpha * means)).astype(float)


@pytest.mark.parametrize("mean", [1.0, 8.0, 100.0])
def test_the_poisson_regression_is_that_of_statsmodels(mean):
    rows, counts = seasonal(400, mean, 0.1)
    ours = known_regression(rows, counts)
    theirs = sm.GLM(counts, rows, family=sm.families.Poisson()).fit()
    assert ours.coefficients == pytest.approx(theirs.params, abs=1e-3)
    assert np.diag(ours.covariance) == pytest.approx(np.diag(theirs.cov_params()), rel=0.01)


@pytest.mark.parametrize("mean", [1.0, 8.0, 100.0])
def test_the_negative_binomial_regression_is_that_of_statsmodels(mean):
    rows, counts = seasonal(400, mean, 0.4)
    ours = negbin_regression(rows, counts)
    theirs = NegativeBinomial(counts, rows).fit(
        disp=0, start_params=[*ours.coefficients, ours.alpha]
    )
    assert ours.alpha == pytest.approx(theirs.params[-1], rel=0.01)
    assert ours.coefficients == pytest.approx(theirs.params[:-1], abs=3e-3)


OUTBREAKS = {
    "none": [],
    "one bin of a million": [(200, 10**6)],
    "three weeks of twentyfold": [(n, 100) for n in range(200, 203)],
    "a month each of two years": [(n, 100) for n in [*range(100, 105), *range(300, 305)]],
}


@pytest.mark.parametrize("outbreak", OUTBREAKS.values(), ids=OUTBREAKS)
def test_past_outbreaks_hardly_move_the_robust_regression(outbreak):
    rows, counts = seasonal(400, 5.0, 0.2)
    clean = negbin_regression(rows, counts)
    for at, count in outbreak:
        counts[at] = count
    model, moved = robust_regression(rows, counts), negbin_regression(rows, counts)
    assert model.mean(rows).mean() == pytest.approx(clean.mean(rows).mean(), rel=0.1)
    assert 0.7 * clean.alpha < model.alpha < 2 * clean.alpha
    assert bool(outbreak) == (moved.alpha > 2 * clean.alpha)


FAMILIES = {"poisson": 0.0, "a little": 0.05, "much": 0.8}


@pytest.mark.parametrize("alpha", FAMILIES.values(), ids=FAMILIES)
@pytest.mark.parametrize("mean", [0.05, 3.0, 500.0])
@pytest.mark.parametrize("size", [-2.0, 0.02, 0.7, 6.0])
def test_slope_and_cost_are_the_likelihood_ratio(alpha, mean, size):
    slope, cost = ratio(mean, np.array([size]), alpha)
    raised = mean * math.exp(size)
    for count in (0, 1, 7, 300):
        if alpha == 0.0:
            other, normal = stats.poisson(raised), stats.poisson(mean)
        else:
            r = 1 / alpha
            other, normal = (stats.nbinom(r, r / (r + m)) for m in (raised, mean))
        exact = other.logpmf(count) - normal.logpmf(count)
        assert count * slope[0] - cost[0] == pytest.approx(exact, rel=1e-6, abs=1e-6)


def brute_force(counts, means, alpha: float) -> float:
    """Return the GLR statistic: every change point, the best rise of each by search."""

    def best(x, m) -> float:
        def loss(size: float) -> float:
            pairs = [ratio(one, np.array([size]), alpha) for one in m]
            return -sum(
                float(c * slope[0] - cost[0]) for c, (slope, cost) in zip(x, pairs, strict=True)
            )

        return -minimize_scalar(loss, bounds=(0.0, 8.0), method="bounded").fun

    return max(0.0, *(best(counts[k:], means[k:]) for k in range(len(counts))))


@pytest.mark.parametrize("alpha", FAMILIES.values(), ids=FAMILIES)
@pytest.mark.parametrize("mean", [0.3, 4.0, 60.0])
def test_the_row_of_cusums_is_the_generalised_likelihood_ratio(alpha, mean):
    source = np.random.default_rng(2)
    means = mean * (1 + 0.5 * np.sin(np.arange(30) / 4))
    counts = source.poisson(means * np.where(np.arange(30) < 18, 1.0, 1.6))
    steps = grid()
    chart = Chart(len(steps), 1)
    for n, (count, m) in enumerate(zip(counts.tolist(), means.tolist(), strict=True)):
        reading = chart.step(count, *ratio(m, steps, alpha), NEVER)
        if n % 6 == 5:
            exact = brute_force(counts[: n + 1], means[: n + 1], alpha)
            assert reading.statistic <= exact + 1e-6
            assert reading.statistic >= exact * (1 - (RATIO - 1) ** 2 / 4) - 5e-3


@pytest.mark.parametrize("fewest", [1, 9])
@pytest.mark.parametrize("alpha", [0.0, 0.3])
def test_one_count_above_upper_alarms_and_upper_itself_does_not(alpha, fewest):
    steps, source = grid(), np.random.default_rng(4)
    for _ in range(30):
        before = source.poisson(2.0, 5).tolist()
        uppers = set()
        for extra in (0, 1):
            chart = Chart(len(steps), fewest)
            for count in before:
                chart.step(count, *ratio(2.0, steps, alpha), NEVER)
            pair = ratio(2.0, steps, alpha)
            if not uppers:
                twin = Chart(len(steps), fewest)
                for count in before:
                    twin.step(count, *pair, NEVER)
                uppers.add(twin.step(0, *pair, 4.0).upper)
            [upper] = uppers
            assert chart.step(upper + extra, *pair, 4.0).alarm == bool(extra)


def test_an_alarm_starts_the_chart_afresh():
    steps = grid()
    pair = ratio(2.0, steps, 0.0)
    chart, fresh = Chart(len(steps), 1), Chart(len(steps), 1)
    assert chart.step(30, *pair, 5.0).alarm
    for count in (3, 4, 1, 12):
        assert chart.step(count, *pair, 5.0) == fresh.step(count, *pair, 5.0)


def usual(width: str, bins: int, mean: float):
    step = np.arange(bins)
    match width:
        case "week":
            pattern = 1 + 0.5 * np.sin(2 * np.pi * step / 52)
        case "day":
            pattern = (1 + 0.3 * (step % 7 >= 5)) * (1 + 0.3 * np.sin(2 * np.pi * step / 365.25))
        case _:
            hours = np.exp(0.9 * np.cos((step % 24 - 20) / 24 * 2 * np.pi))
            pattern = (1 + 0.3 * (step // 24 % 7 >= 5)) * hours
    return mean * pattern / pattern.mean()


def drawn(source, means, alpha: float):
    return source.poisson(means * source.gamma(1 / alpha, alpha, len(means)))


HISTORY = {"week": (260, 100), "day": (800, 200), "hour": (60 * 24, 240)}
RATES = [
    (name, width, mean, alpha)
    for name in ("cusum-negbin", "glr-negbin", "glr-poisson")
    for width, mean, alpha in (
        ("week", 2.0, 0.5),
        ("week", 20.0, 0.15),
        ("day", 0.2, 2.0),
        ("day", 20.0, 0.05),
        ("hour", 2.0, 0.5),
    )
]


@pytest.mark.parametrize(("name", "width", "mean", "alpha"), RATES)
def test_false_alarms_are_near_what_was_asked(name, width, mean, alpha):
    """One in a hundred bins is asked; 30 series are counted after their history."""
    learned, bins = HISTORY[width]
    source = np.random.default_rng(5)
    means, alarms = usual(width, learned + bins, mean), 0
    for _ in range(30):
        series = [
            Bin(MONDAY + STEP[width] * n, int(count))
            for n, count in enumerate(drawn(source, means, alpha))
        ]
        state = detector(name, Sensitivity(0.01, 1, width)).fit(series[:learned])
        alarms += sum(state.update(step).alarm for step in series[learned:])
    assert 0.3 < alarms / (30 * bins * 0.01) < 1.6


def test_a_model_grows_with_its_history_and_says_what_it_lacks():
    source = np.random.default_rng(6)
    series = [
        Bin(MONDAY + timedelta(days=n), int(count))
        for n, count in enumerate(drawn(source, usual("day", 1600, 20.0), 0.05))
    ]
    state = detector("cusum-negbin", Sensitivity(0.01, 5, "day")).fit([])
    told = [state.update(step).reasons for step in series]
    assert "needs 7 bins and has seen 0" in told[0][0].en
    assert "has seen 6" in told[6][0].en
    assert "trend, yearly season, weekdays" in told[7][-1].en
    assert "模型未包含" in told[7][-1].zh
    assert "trend, yearly season" in told[40][-1].en
    assert "weekdays" not in told[40][-1].en
    assert len(told[-1]) == 1


def test_a_trend_is_not_carried_on_for_ever():
    series = [Bin(MONDAY + timedelta(weeks=n), round(5 * math.exp(n / 100))) for n in range(260)]
    state = detector("glr-negbin", Sensitivity(0.01, 5, "week")).fit(series)
    after = [
        state.update(Bin(MONDAY + timedelta(weeks=260 + n), 70)).expected
        for n in (0, 100, 130, 999)
    ]
    assert after[0] < after[1] < after[2]
    assert after[3] < after[2] * 1.5


BAD_SETTINGS = {
    "no limit": {"limit": 0.0},
    "not a number": {"limit": float("nan")},
    "below Poisson": {"alpha": -0.1},
}


@pytest.mark.parametrize("values", BAD_SETTINGS.values(), ids=BAD_SETTINGS)
def test_bad_settings_are_refused(values):
    with pytest.raises(WatchSettingsError, match=next(iter(values))) as refused:
        GlrSettings(**values)
    assert refused.value.text("zh") != refused.value.text("en")
