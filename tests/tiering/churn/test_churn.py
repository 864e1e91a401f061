"""Who leaves: learned at a split in time, without a look ahead, calibrated, with exact reasons."""

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from scipy.special import expit
from sklearn.metrics import roc_auc_score

from tests.tiering.lifetime.cdnow import orders as cdnow
from tests.tiering.tables import ENGINES, Row, days_ago, event, native, order, rows_of, signal
from tiering.churn import CHURN_COLUMNS, ChurnSettings, Strictness, auc, churn, learn, quality
from tiering.churn.figures import GROUPS, measure_figures
from tiering.churn.reasons import learned_reasons
from tiering.errors import ChurnError
from tiering.lifecycle import load_lifecycle_policy, open_sources
from tiering.lifetime import BgNbd, MbgNbd, ParetoNbd, histories
from tiering.times import moment_of

TODAY = "2026-06-30"
HOW = Strictness(1.0, 5, 0)
SETTINGS = ChurnSettings(60, least_customers=50)


def shop(seed: int = 3, customers: int = 150) -> dict[str, list[Row]]:
    """Return a year of a shop; the half that comes often stays, most of the others leave."""
    rng = random.Random(seed)
    tables: dict[str, list[Row]] = {"orders": [], "engagement": [], "signals": []}
    for number in range(customers):
        who, day = f"c{number:03}", rng.uniform(200, 360)
        often = rng.random() < 0.5
        left = rng.uniform(0, 200) if not often and rng.random() < 0.7 else 0
        while day > left:
            amount = rng.randrange(1_000, 90_000)
            made = order(len(tables["orders"]), who, ordered_at=days_ago(day), amount=amount)
            tables["orders"].append({**made, "refunded": 0, "known_at": None})
            tables["engagement"].append(event("view", day, who))
            day -= rng.expovariate(1 / (12 if often else 45))
        said = signal(number, customer_id=who, created_at=days_ago(rng.uniform(left, 350)))
        tables["signals"].append(said)
    return tables


SHOP = shop()


@cache
def plain(settings: ChurnSettings = SETTINGS) -> Any:
    """Return the run on the shop as it is."""
    return told(settings=settings)


def told(engine: str = "polars", settings: ChurnSettings = SETTINGS, **changes: Any) -> Any:
    tables = {name: native(engine, rows) for name, rows in (SHOP | changes).items() if rows}
    orders = tables.pop("orders")
    return churn(orders, as_of=TODAY, settings=settings, **tables)


def test_probabilities_are_learned_and_told_with_reasons() -> None:
    run = plain()
    rows = rows_of(run.table)
    assert run.method == "learned"
    assert run.taught.tables == ("engagement", "signals")
    assert tuple(rows[0]) == CHURN_COLUMNS
    assert len(rows) == 150
    for row in rows:
        assert 0 < row["p_churn"] < 1
        assert 1 <= len(row["churn_reasons"]) <= 3
        assert all("odds of leaving ×" in reason["en"] for reason in row["churn_reasons"])
        assert all("流失几率 ×" in reason["zh"] for reason in row["churn_reasons"])
    assert run.taught.held_out.auc > 0.7
    assert run.taught.ahead.auc > 0.7


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_and_the_order_of_rows_change_nothing(engine: str) -> None:
    turned = {name: rows[::-1] for name, rows in SHOP.items()}
    one, other = rows_of(plain().table), rows_of(told(engine, **turned).table)
    for mine, theirs in zip(one, other, strict=True):
        assert mine.pop("p_churn") == pytest.approx(theirs.pop("p_churn"), abs=1e-9)
        assert mine == theirs


def test_the_future_changes_nothing() -> None:
    later = [
        order(9_000 + n, f"c{n:03}", ordered_at=days_ago(-1 - n), known_at=None) for n in range(90)
    ]
    assert rows_of(told(orders=[*SHOP["orders"], *later]).table) == rows_of(plain().table)


def test_what_became_known_after_the_split_is_no_figure_of_it() -> None:
    """Old orders that were entered yesterday: seen today, and not in what was learned."""
    entered = [
        order(9_000 + n, f"c{n:03}", ordered_at=days_ago(100), known_at=days_ago(1), amount=9)
        for n in range(0, 150, 2)
    ]
    run = told(orders=[*SHOP["orders"], *entered])
    assert run.taught.model.weights.tolist() == plain().taught.model.weights.tolist()
    assert rows_of(run.table) != rows_of(plain().table)


def test_an_order_between_split_and_end_decides_the_outcome_only() -> None:
    """Everybody who left comes back a day after the split: then nobody left."""
    back = [
        order(9_000 + n, f"c{n:03}", ordered_at=days_ago(59), known_at=None) for n in range(150)
    ]
    with pytest.raises(ChurnError, match="of 150 customers 0 left"):
        told(settings=replace(SETTINGS, method="learned"), orders=[*SHOP["orders"], *back])


FALLBACK: dict[str, tuple[dict[str, Any], str]] = {
    "too short": ({"horizon_days": 200}, "reach back 36. days; .* 400 are needed"),
    "too few": ({"least_customers": 151}, "150 customers had bought before the split, 151"),
    "one outcome": ({"least_each": 120}, "at least 120 of each are needed"),
}


@pytest.mark.parametrize("case", FALLBACK)
def test_the_lifetime_model_stands_in_and_says_so(case: str) -> None:
    changes, said = FALLBACK[case]
    settings = replace(SETTINGS, **changes)
    with pytest.raises(ChurnError, match=said):
        told(settings=replace(settings, method="learned"))
    run = told(settings=settings)
    assert run.method == "lifetime"
    assert run.taught is None
    assert run.why_not is not None
    rows = rows_of(run.table)
    assert {row["churn_method"] for row in rows} == {"lifetime"}
    assert "by Pareto/NBD" in rows[0]["churn_reasons"][0]["en"]
    left = {row["customer_id"]: row["p_churn"] for row in rows}
    asked = rows_of(told(settings=replace(settings, method="lifetime")).table)
    assert {row["customer_id"]: row["p_churn"] for row in asked} == left


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "neither way": (
        lambda: told(orders=SHOP["orders"][:5], engagement=[], signals=[]),
        "the lifetime model cannot stand in",
    ),
    "no order": (
        lambda: churn(native("polars", SHOP["orders"]).clear(), as_of=TODAY),
        "the orders reach back 0 days",
    ),
    "method": (lambda: ChurnSettings(method="guess"), "take one of auto, learned, lifetime"),
    "horizon": (lambda: ChurnSettings(0), "horizon_days 0 must lie from 1 to 1095"),
    "folds": (lambda: ChurnSettings(folds=1), "folds 1 must lie from 2 to 20"),
    "least": (lambda: ChurnSettings(least_each=3), "least_each 3 must lie from 5"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_told_is_refused(case: str) -> None:
    make, said = REFUSED[case]
    with pytest.raises(ChurnError, match=said) as caught:
        make()
    assert caught.value.text("zh") != str(caught.value)


def test_who_never_kept_an_order_has_a_stage_and_no_probability() -> None:
    back = order(9_999, "c900", refunded=10_000, known_at=None)
    rows = rows_of(told(orders=[*SHOP["orders"], back]).table)
    (row,) = [row for row in rows if row["customer_id"] == "c900"]
    assert row["stage"] == "introduction"
    assert (row["p_churn"], row["churn_method"], row["churn_reasons"]) == (None, None, None)


def test_a_table_that_does_not_reach_back_is_not_used() -> None:
    """Events begin 70 days ago: at the split, 60 days ago, ten days of them are no month."""
    recent = [row for row in SHOP["engagement"] if row["at"] > days_ago(70)]
    assert told(engagement=recent).taught.tables == ("signals",)


def test_what_reaches_a_customer_is_no_activity_and_answers_count() -> None:
    events = [
        *(event("push", 3), event("sms", 4), event("open", 4), event("push", 40)),
        *(event("view", 5), event("view", 5), event("add_to_cart", 6)),
        event("push", 2, "c2"),
    ]
    tables = {"orders": [order(1), order(2, "c2")], "engagement": events}
    frames = {name: native("polars", rows) for name, rows in tables.items()}
    sources = open_sources(frames, moment_of(TODAY))
    found = measure_figures(sources, load_lifecycle_policy(), 60, ("engagement",))
    told = {n: found.columns[n].tolist() for n in (*GROUPS["activity"], *GROUPS["response"])}
    assert told == {
        "active_days": [3, 0],
        "carts": [1, 0],
        "event_kinds": [3, 0],
        "reached": [2, 1],
        "answered": [1, 0],
    }


def test_reasons_add_up_to_the_probability() -> None:
    sources = open_sources({"orders": native("polars", SHOP["orders"])}, moment_of(TODAY))
    figures = measure_figures(sources, load_lifecycle_policy(), 60, ())
    run = told(engagement=[], signals=[])
    model = run.taught.model
    matrix = figures.matrix(model.names)
    logit = model.intercept + model.contributions(matrix).sum(axis=1)
    assert expit(logit) == pytest.approx([row["p_churn"] for row in rows_of(run.table)], abs=1e-12)
    known = {name for names in GROUPS.values() for name in names}
    assert set(model.names) <= known
    strongest = [reasons[0]["en"].rsplit(" ", 1)[1] for reasons in learned_reasons(figures, model)]
    second = [reasons[1]["en"].rsplit(" ", 1)[1] for reasons in learned_reasons(figures, model)]
    for one, other in zip(strongest, second, strict=True):
        assert abs(np.log(float(one))) >= abs(np.log(float(other))) - 0.02


def test_a_planted_model_is_found_and_calibrated() -> None:
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(20_000, 3))
    left = rng.random(20_000) < expit(0.5 + matrix @ np.array([1.0, -0.5, 0.0]))
    learned = learn(matrix, left, ("a", "b", "c"), HOW)
    assert learned.model.weights == pytest.approx([1.0, -0.5, 0.0], abs=0.06)
    assert quality(learned.held_out, left).calibration < 0.015
    again = learn(matrix, left, ("a", "b", "c"), HOW)
    assert again.model.weights.tolist() == learned.model.weights.tolist()


NOISE = {
    "constant": np.ones((60, 2)),
    "noise": np.random.default_rng(1).normal(size=(60, 2)),
    "one huge": np.vstack([np.full((1, 2), 40.0), np.zeros((59, 2))]),
}


@pytest.mark.parametrize("case", NOISE)
def test_figures_that_say_nothing_give_about_the_base_rate(case: str) -> None:
    left = np.arange(60) % 3 == 0
    p = learn(NOISE[case], left, ("a", "b"), HOW).model.p(NOISE[case])
    assert p.mean() == pytest.approx(1 / 3, abs=0.03)
    assert np.isfinite(p).all()


AREAS = {
    "perfect": ([0.1, 0.2, 0.9], [0, 0, 1], 1.0),
    "the wrong way": ([0.9, 0.1], [0, 1], 0.0),
    "ties": ([0.5, 0.5, 0.5, 0.9], [0, 1, 0, 1], 0.75),
}


@pytest.mark.parametrize("case", AREAS)
def test_area_under_the_curve(case: str) -> None:
    p, left, expected = AREAS[case]
    assert auc(np.array(p), np.array(left, bool)) == expected
    assert expected == roc_auc_score(left, p)


def test_no_area_where_all_ended_alike() -> None:
    assert np.isnan(auc(np.array([0.1, 0.2]), np.zeros(2, bool)))


ROWS = histories([0, 1, 2, 26, 7, 3], [0, 1.7, 30, 30.9, 0.1, 38.9], [38.9, 38.9, 39, 31, 39, 38.9])
MODELS = [
    BgNbd(0.243, 4.414, 0.793, 2.426),
    MbgNbd(0.525, 6.183, 0.891, 1.614),
    ParetoNbd(0.553, 10.578, 0.606, 11.668),
    ParetoNbd(0.5, 40.0, 1.0, 0.02),
]


@pytest.mark.parametrize("model", MODELS)
def test_no_purchase_in_a_moment_is_one_less_the_expected_ones(model: Any) -> None:
    moment = 1e-5
    bought = 1 - model.p_no_purchase(ROWS, moment)
    assert bought == pytest.approx(model.expected_purchases(ROWS, moment), rel=2e-3)
    longer = [model.p_no_purchase(ROWS, t) for t in (1e-9, 1, 10, 100, 1e4)]
    assert (np.diff(np.stack(longer), axis=0) <= 1e-12).all()
    assert ((longer[-1] >= 0) & (longer[0] <= 1)).all()
    assert (longer[-1] >= 1 - model.p_alive(ROWS) - 1e-12).all()


def test_pareto_nbd_without_a_purchase_by_simulation() -> None:
    """Of who lives at T, rates follow gamma(r + x, alpha + T) and gamma(s, beta + T)."""
    model, draws, weeks = ParetoNbd(0.553, 10.578, 0.606, 11.668), 400_000, 20.0
    rng = np.random.default_rng(2)
    one = histories([2], [30], [39])
    rate = rng.gamma(model.r + 2, 1 / (model.alpha + 39), draws)
    stay = rng.exponential(1 / rng.gamma(model.s, 1 / (model.beta + 39), draws))
    silent = np.exp(-rate * np.minimum(stay, weeks)).mean()
    alive = float(model.p_alive(one)[0])
    expected = 1 - alive * (1 - silent)
    assert model.p_no_purchase(one, weeks)[0] == pytest.approx(expected, abs=1.5e-3)


def test_cdnow_held_out_in_time_beats_recency_alone() -> None:
    """Every tenth customer; all of them are in the benchmark."""
    table = cdnow()
    some = table.filter(
        pa.array([int(each) % 10 == 0 for each in table["customer_id"].to_pylist()])
    )
    run = churn(some.to_pandas(), as_of="1997-12-31", settings=ChurnSettings(90))
    assert run.taught is not None
    ahead, recency = run.taught.ahead, run.taught.recency
    assert ahead is not None
    assert recency is not None
    assert ahead.customers > 2_000
    assert ahead.auc > recency.auc + 0.005
    assert ahead.brier < recency.brier
    assert ahead.calibration < 0.04
