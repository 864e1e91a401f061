"""From orders to figures: by hand, equal on every engine, and what becomes of bad orders."""

import random
from dataclasses import replace
from datetime import datetime
from functools import cache
from typing import Any

import pytest

import tiering
from tests.tiering.tables import ENGINES, days_ago, native, order, rows_of, signal
from tiering.card import LIFETIME_COLUMNS
from tiering.errors import ContractError, EngineError, FitError, HistoryError
from tiering.lifetime import (
    MODELS,
    SUMMARY_COLUMNS,
    Horizon,
    LifetimeSettings,
    customers_of,
    discounted_purchases,
    histories,
    lifetime_value,
    summarise,
)
from tiering.policy import LIFETIME_MODELS, LifetimePolicy
from tiering.times import CHINA

LAST_DAY = "2026-06-30"

# frequency, first_to_last_days, age_days, spend_fen, first_spend_fen, last_spend_fen
BY_HAND: dict[str, tuple[list[dict[str, Any]], tuple[int, ...] | None]] = {
    "one order": ([{}], (0, 0, 10, 10_000, 10_000, 10_000)),
    "three days": (
        [
            {"ordered_at": days_ago(40), "amount": 500},
            {"ordered_at": days_ago(30), "amount": 700},
            {"ordered_at": days_ago(5), "amount": 900},
        ],
        (2, 35, 40, 2_100, 500, 900),
    ),
    "two orders of a day are one purchase": (
        [{"ordered_at": days_ago(9)}, {"ordered_at": days_ago(9.2)}, {}],
        (1, 1, 10, 30_000, 10_000, 20_000),
    ),
    "paid back in part": (
        [{}, {"ordered_at": days_ago(3), "refunded": 4_000}],
        (1, 7, 10, 16_000, 10_000, 6_000),
    ),
    "paid back in full is no purchase": (
        [{}, {"refunded": 10_000, "ordered_at": days_ago(1)}],
        (0, 0, 10, 10_000, 10_000, 10_000),
    ),
    "a refund of later is not known": (
        [{}, {"ordered_at": days_ago(1), "refunded": 10_000, "refunded_at": days_ago(-2)}],
        (1, 9, 10, 20_000, 10_000, 10_000),
    ),
    "a free order is a purchase": (
        [{}, {"ordered_at": days_ago(2), "amount": 0}],
        (1, 8, 10, 10_000, 10_000, 0),
    ),
    "the future does not count": (
        [{}, {"ordered_at": days_ago(-2)}],
        (0, 0, 10, 10_000, 10_000, 10_000),
    ),
    "what became known later does not count": (
        [{}, {"ordered_at": days_ago(2), "known_at": days_ago(-1)}],
        (0, 0, 10, 10_000, 10_000, 10_000),
    ),
    "another currency is refused": (
        [{"currency": "CNY"}, {"ordered_at": days_ago(2), "currency": "USD"}],
        (0, 0, 10, 10_000, 10_000, 10_000),
    ),
    "a negative amount is refused": (
        [{}, {"ordered_at": days_ago(2), "amount": -1}],
        (0, 0, 10, 10_000, 10_000, 10_000),
    ),
    "a repeated id counts once": (
        [{"order_id": "o"}, {"order_id": "o"}],
        (0, 0, 10, 10_000, 10_000, 10_000),
    ),
    "days are days in China": (
        [
            {"ordered_at": datetime(2026, 6, 28, 23, 59, tzinfo=CHINA)},
            {"ordered_at": datetime(2026, 6, 29, 0, 1, tzinfo=CHINA)},
        ],
        (1, 1, 2, 20_000, 10_000, 10_000),
    ),
    "all paid back": ([{"refunded": 10_000}], None),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_summaries_by_hand(case: str) -> None:
    changes, expected = BY_HAND[case]
    plain = {"known_at": None, "currency": None, "refunded_at": None}
    rows = [order(number, **(plain | change)) for number, change in enumerate(changes)]
    found = rows_of(summarise(native("polars", rows), as_of=LAST_DAY))
    told = [tuple(row[name] for name in SUMMARY_COLUMNS[1:]) for row in found]
    assert told == ([] if expected is None else [expected])


def shop(customers: int = 160) -> list[dict[str, Any]]:
    """Return orders of customers who come back at their own pace and leave some day."""
    rng = random.Random(11)
    rows: list[dict[str, Any]] = []
    for number in range(customers):
        day, pace, spend = rng.uniform(60, 300), rng.gammavariate(0.8, 1 / 25), rng.uniform(3, 30)
        stays = rng.betavariate(3, 1)
        while day > -3:
            amount = int(1_000 * spend * rng.gammavariate(6, 1 / 6))
            refunded = amount if rng.random() < 0.05 else rng.choice([0, 0, 0, amount // 3])
            rows.append(
                order(
                    len(rows),
                    f"c{number}",
                    ordered_at=days_ago(day),
                    amount=amount,
                    refunded=refunded,
                )
            )
            if rng.random() > stays:
                break
            day -= rng.expovariate(pace)
    return rows


@pytest.fixture(scope="module")
def runs() -> dict[str, Any]:
    return {engine: lifetime_value(native(engine, shop()), as_of=LAST_DAY) for engine in ENGINES}


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_every_engine_gives_the_same_to_the_last_bit(engine: str, runs: dict[str, Any]) -> None:
    assert rows_of(runs[engine].table) == rows_of(runs["pandas"].table)
    assert runs[engine].purchases.model == runs["pandas"].purchases.model
    assert runs[engine].rows == runs["pandas"].rows
    assert type(runs[engine].table) is type(native(engine, [order(1)]))


def test_the_order_of_rows_changes_nothing(runs: dict[str, Any]) -> None:
    rows = shop()
    random.Random(5).shuffle(rows)
    again = lifetime_value(native("polars", rows), as_of=LAST_DAY)
    assert rows_of(again.table) == rows_of(runs["polars"].table)


def test_the_future_changes_nothing() -> None:
    rows, as_of = shop(), "2026-06-01"
    end = datetime(2026, 6, 2, tzinfo=CHINA)
    past = [row for row in rows if row["ordered_at"] < end]
    full, blind = (lifetime_value(native("pandas", each), as_of=as_of) for each in (rows, past))
    assert rows_of(full.table) == rows_of(blind.table)
    assert full.rows.later > 0


def test_figures_hold_together(runs: dict[str, Any]) -> None:
    found = rows_of(runs["polars"].table)
    for row in found:
        assert 0 < row["p_alive"] <= 1
        assert row["value_fen"] == pytest.approx(
            row["expected_orders"] * row["expected_spend_fen"], rel=1e-3, abs=60
        )
    assert [row["customer_id"] for row in found] == sorted(row["customer_id"] for row in found)


@pytest.mark.parametrize("name", MODELS)
def test_a_discount_is_the_sum_over_small_steps(name: str, runs: dict[str, Any]) -> None:
    settings = LifetimeSettings(name)
    model = lifetime_value(
        native("polars", shop()), as_of=LAST_DAY, settings=settings
    ).purchases.model
    rows = histories([0, 3, 9], [0, 60, 200], [30, 90, 210])
    plain = discounted_purchases(model, rows, Horizon(365))
    assert plain == pytest.approx(model.expected_purchases(rows, 365))
    steps = [model.expected_purchases(rows, n) for n in range(1, 366)]
    total, before = 0.0, 0.0
    for number, upto in enumerate(steps):
        total, before = total + (upto - before) * 1.2 ** (-(number + 0.5) / 365), upto
    assert discounted_purchases(model, rows, Horizon(365, 0.2)) == pytest.approx(total, rel=1e-6)


REFUSED: dict[str, tuple[list[dict[str, Any]], type[Exception], str]] = {
    "nobody came back": ([order(n, f"c{n}") for n in range(40)], FitError, "second time"),
    "no orders in the window": ([order(1, ordered_at=days_ago(-9))], FitError, "of 0 customers"),
    "a tiny set": (
        [order(n, f"c{n // 2}", ordered_at=days_ago(9 * n)) for n in range(4)],
        FitError,
        "2 bought a second time, 10 must",
    ),
    "no amounts": (
        [{"order_id": "1", "customer_id": "c", "ordered_at": days_ago(1)}],
        ContractError,
        "amount",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_told_is_refused(case: str) -> None:
    rows, error, told = REFUSED[case]
    with pytest.raises(error, match=told):
        lifetime_value(native("polars", rows), as_of=LAST_DAY)


def test_rows_that_break_the_contract_are_listed() -> None:
    rows = [*shop(), order(90_000, currency="USD"), order(90_001, amount=-5)]
    rows[0]["currency"] = "CNY"
    run = lifetime_value(native("pandas", rows), as_of=LAST_DAY)
    assert sorted(row.code for row in run.refused) == ["negative", "not_allowed"]


@pytest.mark.parametrize(
    "make", [lambda: Horizon(0), lambda: Horizon(9, -1), lambda: LifetimeSettings(last_share=2)]
)
def test_settings_that_make_no_sense(make: Any) -> None:
    with pytest.raises(HistoryError):
        make()


def test_a_frame_that_is_no_summary() -> None:
    with pytest.raises(HistoryError, match="lacks frequency"):
        customers_of(native("polars", [{"customer_id": "c"}]))
    with pytest.raises(EngineError, match="str is no frame"):
        customers_of("summary.csv")


@cache
def scored(engine: str, model: str) -> list[dict[str, Any]]:
    policy = replace(tiering.load_policy(), lifetime=LifetimePolicy(model))
    talk = native(engine, [signal(1, customer_id="words only")])
    return rows_of(tiering.score(native(engine, shop()), talk, as_of=LAST_DAY, policy=policy))


def test_scores_tell_lifetime_where_the_policy_asks() -> None:
    plain, told = scored("polars", "none"), scored("polars", "mbg-nbd")
    assert tuple(told[0]) == tiering.SCORE_COLUMNS + LIFETIME_COLUMNS
    for without, row in zip(plain, told, strict=True):
        assert tuple(without) == tiering.SCORE_COLUMNS
        assert (row["tier"], row["score"]) == (without["tier"], without["score"])
        extra = [each for each in row["reasons"] if each not in without["reasons"]]
        if row["customer_id"] == "words only":
            assert (row["p_alive"], row["value_12m"], extra) == (None, None, [])
        elif row["p_alive"] is not None:
            assert f"{row['value_12m'] / 100:.2f}" in extra[0]["en"]
            assert extra[0]["zh"].startswith("客户终身价值：未来 12 个月预计")


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_scores_with_lifetime_are_equal_on_every_engine(engine: str) -> None:
    assert scored(engine, "mbg-nbd") == scored("pandas", "mbg-nbd")


def test_the_policy_knows_the_models() -> None:
    assert ("none", *MODELS) == LIFETIME_MODELS
    assert tiering.load_policy().lifetime == LifetimePolicy()
