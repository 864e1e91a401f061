"""Fits: parameters found again, standard errors that hold, weights, and refusals that help."""

from typing import Any

import numpy as np
import pytest

from tests.tiering.lifetime.cdnow import sample
from tiering.errors import FitError
from tiering.lifetime import (
    MODELS,
    GammaGamma,
    Histories,
    fit_purchases,
    fit_spend,
    histories,
    merged,
)
from tiering.lifetime.fitting import THINNED

TRUE = {
    "bg-nbd": (0.6, 20.0, 0.8, 2.5),
    "mbg-nbd": (0.6, 20.0, 0.8, 2.5),
    "pareto-nbd": (0.6, 20.0, 0.7, 40.0),
}


def simulated(name: str, customers: int, seed: int) -> Histories:
    """Return customers who live as the model says, whole days, seen for up to 300 days."""
    rng = np.random.default_rng(seed)
    r, alpha, third, fourth = TRUE[name]
    rates = rng.gamma(r, 1 / alpha, customers)
    ages = rng.uniform(100, 300, customers)
    if name == "pareto-nbd":
        ends = rng.exponential(1 / rng.gamma(third, 1 / fourth, customers))
        lives = [
            _until(rng, rate, min(age, end))
            for rate, age, end in zip(rates, ages, ends, strict=True)
        ]
    else:
        leaves = rng.beta(third, fourth, customers)
        at_once = name == "mbg-nbd"
        lives = [
            _leaving(rng, rate, age, p, at_once)
            for rate, age, p in zip(rates, ages, leaves, strict=True)
        ]
    counts, lasts = (np.array(column, dtype=float) for column in zip(*lives, strict=True))
    return histories(counts, lasts, ages)


def _until(rng: np.random.Generator, rate: float, end: float) -> tuple[int, float]:
    count = rng.poisson(rate * end)
    return (count, end * rng.uniform(size=count).max()) if count else (0, 0.0)


def _leaving(
    rng: np.random.Generator, rate: float, age: float, p: float, at_once: bool
) -> tuple[int, float]:
    count, last = 0, 0.0
    if at_once and rng.random() < p:
        return 0, 0.0
    while (following := last + rng.exponential(1 / rate)) < age:
        count, last = count + 1, following
        if rng.random() < p:
            break
    return count, last


@pytest.mark.parametrize("name", MODELS)
def test_parameters_are_found_again_within_their_errors(name: str) -> None:
    fit = fit_purchases(name, simulated(name, 6_000, seed=7))
    for (parameter, error), true in zip(fit.standard_errors.items(), TRUE[name], strict=True):
        assert abs(getattr(fit.model, parameter) - true) < 4 * error, parameter
        assert error < true


def test_standard_errors_are_the_spread_of_repeated_fits() -> None:
    fits = [fit_purchases("mbg-nbd", simulated("mbg-nbd", 600, seed)) for seed in range(14)]
    for name in ("r", "alpha"):
        logs = np.log([getattr(fit.model, name) for fit in fits])
        told = np.median([fit.standard_errors[name] / getattr(fit.model, name) for fit in fits])
        assert 0.6 < logs.std(ddof=1) / told < 1.6, name


def test_spend_is_found_again() -> None:
    rng = np.random.default_rng(3)
    counts = rng.integers(1, 9, 8_000).astype(float)
    nu = rng.gamma(4.0, 1 / 3000.0, counts.size)
    fit = fit_spend(counts, rng.gamma(3.0 * counts, 1 / nu) / counts)
    for (name, error), true in zip(fit.standard_errors.items(), (3.0, 4.0, 3000.0), strict=True):
        assert abs(getattr(fit.model, name) - true) < 4 * error


@pytest.mark.parametrize("name", MODELS)
def test_weights_stand_for_repeated_rows_and_order_for_nothing(name: str) -> None:
    rows = sample()[0]
    shuffled = np.random.default_rng(1).permutation(rows.age.size)
    one, other = fit_purchases(name, merged(rows)[0]), fit_purchases(name, rows.taken(shuffled))
    assert one.model == other.model
    assert one.standard_errors == other.standard_errors
    assert one.rows < other.customers == one.customers


def test_the_unit_of_time_is_the_caller_s() -> None:
    rows = sample()[0]
    days = histories(rows.frequency, rows.recency * 7, rows.age * 7)
    weekly, daily = fit_purchases("mbg-nbd", rows).model, fit_purchases("mbg-nbd", days).model
    assert (daily.r, daily.alpha) == pytest.approx((weekly.r, weekly.alpha * 7), rel=1e-6)
    assert daily.expected_purchases(days, 273) == pytest.approx(
        weekly.expected_purchases(rows, 39), rel=1e-6
    )


def test_many_rows_begin_with_a_choice_of_them() -> None:
    rows = merged(simulated("bg-nbd", 2 * THINNED + 500, seed=2))[0]
    assert rows.age.size > 2 * THINNED
    fit = fit_purchases("bg-nbd", rows)
    assert abs(fit.model.r - 0.6) < 4 * fit.standard_errors["r"]
    assert np.abs(fit.model.likelihood(rows)[1].sum(axis=1)).max() < 1e-2


def test_a_weak_prior_answers_for_a_small_shop_and_moves_no_large_one() -> None:
    small, large = simulated("mbg-nbd", 120, seed=1), simulated("mbg-nbd", 6_000, seed=7)
    held = fit_purchases("mbg-nbd", small, pull=0.1)
    assert all(0.02 < value < 500 for value in (held.model.r, held.model.a, held.model.b))
    free, pulled = (fit_purchases("mbg-nbd", large, pull=each) for each in (0.0, 0.1))
    assert pulled.log_likelihood == pytest.approx(free.log_likelihood, abs=0.05)
    assert pulled.log_likelihood < free.log_likelihood
    assert pulled.model.expected_purchases(large, 90) == pytest.approx(
        free.model.expected_purchases(large, 90), rel=0.02
    )


def alike(x: float, count: int = 50) -> Histories:
    return histories([x] * count, [x and 30] * count, [40] * count)


REFUSED: dict[str, tuple[Any, str]] = {
    "nobody came back": (lambda: fit_purchases("bg-nbd", alike(0)), "bought a second time"),
    "no customers": (lambda: fit_purchases("bg-nbd", histories([], [], [])), "of 0 customers"),
    "one customer": (lambda: fit_purchases("pareto-nbd", histories([2], [9], [40])), "parameter"),
    "all alike": (lambda: fit_purchases("bg-nbd", alike(3)), "parameter"),
    "no such model": (lambda: fit_purchases("bgnbd", alike(1)), "bg-nbd, mbg-nbd, pareto-nbd"),
    "all spend the same": (lambda: fit_spend(np.ones(9), np.full(9, 50.0)), "different"),
    "no spend": (lambda: fit_spend(np.ones(9), np.zeros(9)), "0 customers"),
    "no mean": (lambda: GammaGamma(2, 0.9, 1).mean_spend(np.ones(1), np.ones(1)), "above 1"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_fitted_is_refused_with_a_remedy(case: str) -> None:
    attempt, told = REFUSED[case]
    with pytest.raises(FitError, match=told) as caught:
        attempt()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.text("zh"))
