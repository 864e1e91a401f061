"""The models against high precision, against finite differences, and where 2F1 breaks down."""

from collections.abc import Callable
from typing import Any

import mpmath
import numpy as np
import pytest

from tiering.errors import HistoryError
from tiering.lifetime import BgNbd, GammaGamma, Histories, MbgNbd, ParetoNbd, histories
from tiering.lifetime.beta_dropout import beta_nodes
from tiering.lifetime.gammagamma import Spends
from tiering.lifetime.moment_of_leaving import Powers, moment_of_leaving

ROWS = histories(
    [0, 0, 1, 2, 26, 7, 400, 3],
    [0, 0, 1.7, 30, 30.9, 0.1, 38, 38.9],
    [38.9, 0, 38.9, 39, 31, 39, 39, 38.9],
)
MODELS = [
    BgNbd(0.243, 4.414, 0.793, 2.426),
    BgNbd(2.0, 0.01, 1.0, 1.0),
    MbgNbd(0.525, 6.183, 0.891, 1.614),
    MbgNbd(0.01, 900.0, 1.0, 0.05),
    ParetoNbd(0.553, 10.578, 0.606, 11.668),
    ParetoNbd(10.465, 0.008, 3.05, 2.82),
    ParetoNbd(0.5, 40.0, 1.0, 0.02),
]


def bg_exact(model: BgNbd, x: int, t_x: float, age: float, t: float) -> float:
    """Fader, Hardie and Lee (2005), equation 10, with mpmath's 2F1."""
    r, alpha, a, b = (mpmath.mpf(v) for v in (model.r, model.alpha, model.a, model.b))
    z = t / (alpha + age + t)
    hyper = mpmath.hyp2f1(r + x, b + x, a + b + x - 1, z)
    ahead = (a + b + x - 1) / (a - 1) * (1 - ((alpha + age) / (alpha + age + t)) ** (r + x) * hyper)
    gone = a / (b + x - 1) * ((alpha + age) / (alpha + t_x)) ** (r + x) if x else 0
    return float(ahead / (1 + gone))


@pytest.mark.parametrize(
    ("x", "t_x", "age", "t"),
    [(0, 0, 0, 78), (0, 0, 38.9, 52), (2, 30.43, 38.86, 39), (30, 38, 39, 500), (800, 38, 39, 39)],
)
@pytest.mark.parametrize("a", [0.02, 0.793, 0.999999, 1.000001, 3.0])
def test_bg_nbd_expectation_is_exact(x: int, t_x: float, age: float, t: float, a: float) -> None:
    model = BgNbd(0.243, 4.414, a, 2.426)
    with mpmath.workdps(60):
        exact = bg_exact(model, x, t_x, age, t)
    found = model.expected_purchases(histories([x], [t_x], [age]), t)[0]
    assert found == pytest.approx(exact, rel=1e-10)


def test_the_exact_value_of_78_weeks() -> None:
    with mpmath.workdps(60):
        exact = bg_exact(BgNbd(0.2425929, 4.4135316, 0.7928861, 2.4257534), 0, 0, 0, 78)
    assert exact == pytest.approx(1.8580, abs=5e-5)


@pytest.mark.parametrize(
    ("m", "alpha", "n", "beta", "last", "end"),
    [
        (0.55, 10.6, 1.6, 11.7, 0, 38.9),
        (26.5, 10.5, 1.6, 11.6, 30.86, 31),
        (510.4, 0.008, 4.05, 2.82, 1, 37),
        (5.0, 0.001, 51, 5000, 0, 500),
        (0.3, 0.001, 1.05, 1000, 0, 10_000),
        (0.3, 1000, 1.05, 0.001, 0, 10_000),
        (3000, 50, 1.3, 2, 900, 1000),
        (133.5, 10.58, 1.61, 11.67, 199, 200),
    ],
)
def test_the_integral_over_leaving_is_exact(
    m: float, alpha: float, n: float, beta: float, last: float, end: float
) -> None:
    low, high = (mpmath.log(min(alpha, beta) + mpmath.mpf(moment)) for moment in (last, end))

    def integrand(z: mpmath.mpf) -> mpmath.mpf:
        y = mpmath.exp(z) - min(alpha, beta)
        fall = m * mpmath.log((alpha + y) / (alpha + last)) + n * mpmath.log(
            (beta + y) / (beta + last)
        )
        return mpmath.exp(z - fall)

    cuts = [low, *(low + (high - low) * mpmath.mpf(2) ** -k for k in range(16, -1, -1))]
    exact = mpmath.log(mpmath.quad(integrand, cuts))
    exact -= m * mpmath.log(alpha + last) + n * mpmath.log(beta + last)
    found = moment_of_leaving(
        Powers(np.array([m]), alpha, n, beta), np.array([last]), np.array([end])
    )
    assert found.log[0] == pytest.approx(float(exact), abs=1e-10, rel=1e-12)


def slopes_by_differences(make: Callable[..., Any], parameters: list[float], rows: Any) -> Any:
    step = 1e-5
    columns = []
    for place, value in enumerate(parameters):
        high, low = ([*parameters] for _ in range(2))
        high[place], low[place] = value * (1 + step), value * (1 - step)
        apart = make(*high).likelihood(rows)[0] - make(*low).likelihood(rows)[0]
        columns.append(apart / (2 * step * value))
    return np.stack(columns)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_slopes_are_those_of_the_likelihood(model: Any) -> None:
    parameters = [getattr(model, name) for name in type(model).__slots__]
    expected = slopes_by_differences(type(model), parameters, ROWS)
    assert model.likelihood(ROWS)[1] == pytest.approx(expected, rel=2e-5, abs=2e-6)


def test_slopes_of_spend() -> None:
    rows = Spends(np.array([1.0, 4, 60]), np.array([0.5, 30, 9000]), np.ones(3))
    expected = slopes_by_differences(GammaGamma, [6.25, 3.74, 15.44], rows)
    assert GammaGamma(6.25, 3.74, 15.44).likelihood(rows)[1] == pytest.approx(expected, rel=1e-6)


@pytest.mark.parametrize("model", MODELS, ids=repr)
def test_what_is_said_of_extreme_customers_makes_sense(model: Any) -> None:
    alive = model.p_alive(ROWS)
    assert ((alive >= 0) & (alive <= 1)).all()
    assert np.isfinite(model.likelihood(ROWS)[0]).all()
    near, far = (model.expected_purchases(ROWS, days) for days in (1.0, 39.0))
    assert ((near >= 0) & (near <= far)).all()
    assert np.isfinite(far).all()
    assert model.expected_from_new(0.0) == 0


def test_one_purchase_more_changes_little() -> None:
    # lifetimes underflows between 132 and 133 purchases here: issue and test of that project
    model = ParetoNbd(0.55, 10.58, 0.61, 11.67)
    found = model.expected_purchases(histories([132, 133], [200, 200], [200, 200]), 10)
    assert found == pytest.approx([6.2060517889632418, 6.2528722475748113], rel=1e-12)


def test_who_just_bought_lives_in_pareto_nbd() -> None:
    row = histories([5], [39], [39])
    assert ParetoNbd(0.55, 10.58, 0.61, 11.67).p_alive(row)[0] == 1


def test_probabilities_of_counts_add_up() -> None:
    model = BgNbd(0.243, 4.414, 0.793, 2.426)
    chances = [model.p_count(count, 39) for count in range(400)]
    assert sum(chances) == pytest.approx(1, abs=1e-6)
    mean = sum(count * chance for count, chance in enumerate(chances))
    assert mean == pytest.approx(model.expected_from_new(39), rel=1e-4)


@pytest.mark.parametrize(("a", "b"), [(0.5, 0.5), (1, 1), (0.001, 0.001), (3, 5000), (40, 0.2)])
def test_beta_nodes_give_the_moments(a: float, b: float) -> None:
    nodes, weights = beta_nodes(a, b, 24)
    assert weights.sum() == pytest.approx(1)
    assert weights @ nodes == pytest.approx(a / (a + b))
    assert weights @ nodes**2 == pytest.approx(a * (a + 1) / ((a + b) * (a + b + 1)))


def test_a_horizon_beyond_reach_is_refused() -> None:
    with pytest.raises(HistoryError, match="times alpha"):
        BgNbd(0.2, 1e-6, 0.8, 2.4).expected_purchases(histories([0], [0], [0]), 365)


@pytest.mark.parametrize(
    ("x", "t_x", "age", "weights", "told"),
    [
        ([1], [2], [1], None, "recency <= age"),
        ([-1], [0], [1], None, "0, 1, 2"),
        ([0.5], [0], [1], None, "0, 1, 2"),
        ([0], [1], [2], None, "without a repeat"),
        ([1], [float("nan")], [2], None, "finite"),
        ([1], [1], [2], [0], "weights"),
        ([1, 2], [1], [2], None, "equally long"),
    ],
)
def test_impossible_histories_are_refused(
    x: Any, t_x: Any, age: Any, weights: Any, told: str
) -> None:
    with pytest.raises(HistoryError, match=told) as caught:
        histories(x, t_x, age, weights)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.text("zh"))


def test_merging_keeps_every_customer() -> None:
    from tiering.lifetime import merged

    many = Histories(
        *(
            np.tile(column, 3)[::-1]
            for column in (ROWS.frequency, ROWS.recency, ROWS.age, ROWS.weights)
        )
    )
    once, where = merged(many)
    assert once.weights.tolist() == [3.0] * 8
    assert once.frequency[where].tolist() == many.frequency.tolist()
    assert once.age[where].tolist() == many.age.tolist()
