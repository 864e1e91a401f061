"""RFM: customers computed by hand with the shipped policy, and cuts that stay where they are."""

from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import tiering
from tests.tiering.tables import ENGINES, days_ago, native, order, rows_of, signal
from tiering.lifetime import summarise
from tiering.policy import RfmWeights
from tiering.times import CHINA

LAST_DAY = "2026-06-30"

BY_HAND: dict[str, tuple[list[dict[str, Any]], dict[str, Any]]] = {
    # recency 10 days: 100 - 10 * 20/30 = 93.33; .3 * 93.33 + .3 * 20 + .4 * 20
    "one order": (
        [{}],
        {"recency_days": 10, "frequency": 1, "monetary": 10_000, "tenure_days": 10}
        | {"r": 5, "f": 2, "m": 2, "commercial": 42.0},
    ),
    # recency 80, two orders in the year: 30, 500 yuan: 40; .3 * 80 + .3 * 30 + .4 * 40
    "one of three is older than a year": (
        [
            {"ordered_at": days_ago(30), "amount": 20_000},
            {"ordered_at": days_ago(100), "amount": 30_000},
            {"ordered_at": days_ago(400), "amount": 5_000},
        ],
        {"recency_days": 30, "frequency": 2, "monetary": 50_000, "orders": 3, "tenure_days": 400}
        | {"r": 5, "f": 2, "m": 3, "commercial": 49.0},
    ),
    "paid back in full": (
        [{"ordered_at": days_ago(5), "refunded": 10_000}],
        {"recency_days": None, "frequency": 0, "monetary": 0, "refunds": 1, "refunded_fen": 10_000}
        | {"r": 1, "f": 1, "m": 1, "commercial": 0.0},
    ),
    # recency 60, one order: 20, 500 yuan after the refund: 40; .3 * 60 + .3 * 20 + .4 * 40
    "paid back in part": (
        [{"ordered_at": days_ago(90), "amount": 60_000, "refunded": 10_000}],
        {"recency_days": 90, "frequency": 1, "monetary": 50_000, "refunds": 1, "commercial": 40.0},
    ),
    "a free order counts": (
        [{"ordered_at": days_ago(0), "amount": 0}],
        {"recency_days": 0, "frequency": 1, "monetary": 0, "commercial": 36.0},
    ),
    "the last day in the window": ([{"ordered_at": days_ago(364)}], {"frequency": 1}),
    "the first day before the window": (
        [{"ordered_at": days_ago(365)}],
        {"frequency": 0, "monetary": 0, "recency_days": 365}
        | {"mean_order_fen": None, "largest_order_fen": None},
    ),
    # what was paid back in full, or before the window, says nothing of what a customer can spend
    "consumption ability is what a kept order brings": (
        [
            {"amount": 20_001},
            {"amount": 50_000, "refunded": 10_000},
            {"amount": 900_000, "refunded": 900_000},
            {"amount": 800_000, "ordered_at": days_ago(400)},
        ],
        {"mean_order_fen": 30_000, "largest_order_fen": 40_000},
    ),
    "a second before midnight in China is yesterday": (
        [{"ordered_at": datetime(2026, 6, 29, 23, 59, 59, tzinfo=CHINA)}],
        {"recency_days": 1},
    ),
    "midnight in China is today": (
        [{"ordered_at": datetime(2026, 6, 30, tzinfo=CHINA)}],
        {"recency_days": 0},
    ),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_customers_by_hand(case: str) -> None:
    changes, expected = BY_HAND[case]
    orders = [order(number, **change) for number, change in enumerate(changes)]
    (row,) = rows_of(tiering.rfm(native("polars", orders), as_of=LAST_DAY))
    assert {name: row[name] for name in expected} == pytest.approx(expected)


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engine_stays_and_customers_stand_in_order(engine: str) -> None:
    orders = native(engine, [order(n, customer) for n, customer in enumerate("zayb")])
    found = tiering.rfm(orders, as_of=LAST_DAY)
    assert type(found) is type(orders)
    assert [row["customer_id"] for row in rows_of(found)] == ["a", "b", "y", "z"]


@pytest.mark.parametrize("engine", ENGINES)
def test_consumption_ability_counts_what_the_policy_gives_it(engine: str) -> None:
    orders = native(engine, [order(1, amount=40_000), order(2, "c2", amount=0)])
    plain = tiering.load_policy()
    weights = RfmWeights(recency=0.0, frequency=0.0, monetary=0.4, ability=0.6)
    policy = replace(plain, rfm=replace(plain.rfm, weights=weights))
    rows = rows_of(tiering.rfm(orders, as_of=LAST_DAY, policy=policy))
    # 400 yuan: 60 points as one order, 20 + 20 * 300 / 400 as the money of a year
    assert [row["commercial"] for row in rows] == pytest.approx([0.6 * 60 + 0.4 * 35, 0.0])
    assert policy.label() != plain.label()
    (c1, _) = rows_of(
        tiering.score(orders, native(engine, [signal(1)]), as_of=LAST_DAY, policy=policy)
    )
    assert "; ¥400.00 a kept order" in c1["reasons"][0]["en"]


def test_the_two_recencies_have_two_names() -> None:
    orders = native("polars", [order(1, ordered_at=days_ago(70)), order(2)])
    (since,) = rows_of(tiering.rfm(orders, as_of=LAST_DAY))
    (span,) = rows_of(summarise(orders, as_of=LAST_DAY))
    assert (since["recency_days"], span["first_to_last_days"]) == (10, 60)
    assert "first_to_last_days" not in since
    assert "recency_days" not in span


def test_nobody_moves_because_others_moved() -> None:
    mine = [order(1), order(2, ordered_at=days_ago(60), amount=80_000)]
    rich = [order(10 + n, f"r{n}", amount=9_000_000, ordered_at=days_ago(0)) for n in range(50)]
    (alone,) = rows_of(tiering.rfm(native("polars", mine), as_of=LAST_DAY))
    among = rows_of(tiering.rfm(native("polars", mine + rich), as_of=LAST_DAY))
    assert among[0] == alone


def test_quantile_cuts_spread_the_grades_and_are_then_fixed(tmp_path: Path) -> None:
    orders = [
        order(100 * n + k, f"c{n:02}", ordered_at=days_ago(n * 3), amount=1_000 * (n + 1))
        for n in range(50)
        for k in range(n % 5 + 1)
    ]
    frame = native("polars", orders)
    policy = tiering.quantile_policy(frame, as_of=LAST_DAY, policy=tiering.load_policy())
    rows = rows_of(tiering.rfm(frame, as_of=LAST_DAY, policy=policy))
    for grade in "rm":
        counts = [sum(row[grade] == value for row in rows) for value in range(1, 6)]
        assert max(counts) - min(counts) <= 2, counts
    path = tmp_path / "cuts.yaml"
    path.write_text(tiering.policy_text(policy), encoding="utf-8")
    one = native("polars", [each for each in orders if each["customer_id"] == "c07"])
    (later,) = rows_of(tiering.rfm(one, as_of=LAST_DAY, policy=tiering.load_policy(path)))
    assert later == next(row for row in rows if row["customer_id"] == "c07")


@pytest.mark.parametrize("copies", [1, 30], ids=["one customer", "all alike"])
def test_quantile_cuts_of_customers_who_are_all_alike(copies: int) -> None:
    frame = native("polars", [order(n, f"c{n}") for n in range(copies)])
    policy = tiering.quantile_policy(frame, as_of=LAST_DAY, policy=tiering.load_policy())
    assert {
        row["commercial"] for row in rows_of(tiering.rfm(frame, as_of=LAST_DAY, policy=policy))
    } == {100.0}


def test_later_orders_are_not_seen() -> None:
    now, soon = order(1), order(2, ordered_at=days_ago(0) + timedelta(hours=12, seconds=1))
    (row,) = rows_of(tiering.rfm(native("polars", [now, soon]), as_of=LAST_DAY))
    assert row["orders"] == 1
