"""Point in time: rows of later and rows known later change nothing; the same on every engine."""

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from tests.tiering.tables import ENGINES, Row, days_ago, market, native, order, rows_of, signal
from tiering.errors import ContractError, EngineError, FeatureError
from tiering.features import FEATURES, feature_run, features, training_frame

LAST_DAY = "2026-06-30"
TIME_OF = {"orders": "ordered_at", "signals": "created_at", "engagement": "at"} | {
    "accounts": "created_at"
}
BAD = {"sentiment": "negative", "intents": ["complaint"], "complaint": ["quality"], "severity": 3}
Tables = Mapping[str, list[Row]]


def tables() -> dict[str, list[Row]]:
    return {name: rows for name, rows in market().items() if name != "edges"}


def computed(given: Tables, as_of: str = LAST_DAY, engine: str = "polars") -> list[dict[str, Any]]:
    return rows_of(features({n: native(engine, rows) for n, rows in given.items()}, as_of))


@pytest.fixture(scope="module")
def found() -> dict[str, list[dict[str, Any]]]:
    return {engine: computed(tables(), engine=engine) for engine in ENGINES}


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_every_engine_gives_the_same(engine: str, found: dict[str, Any]) -> None:
    assert found[engine] == found["pandas"]  # to the last bit, floats too
    for row, other in zip(found[engine], found["pandas"], strict=True):
        assert [type(value) for value in row.values()] == [type(each) for each in other.values()]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engine_stays_and_customers_stand_in_order(engine: str, found: dict[str, Any]) -> None:
    orders = native(engine, [order(1)])
    assert type(features({"orders": orders}, LAST_DAY, ["orders_7d"])) is type(orders)
    customers = [row["customer_id"] for row in found[engine]]
    assert customers == sorted(customers)


@pytest.mark.parametrize("engine", ENGINES)
def test_types_and_ranges_are_as_documented(engine: str, found: dict[str, Any]) -> None:
    for row in found[engine]:
        assert list(row) == ["customer_id", *FEATURES]
        for name, feature in FEATURES.items():
            value = row[name]
            if value is None:
                assert not feature.null.en.startswith("never"), name
                continue
            assert isinstance(value, int if feature.whole else float), name
            assert feature.low <= value <= (feature.high or float("inf")), name


def test_the_order_of_rows_changes_nothing(found: dict[str, Any]) -> None:
    rng = random.Random(3)
    shuffled = {name: rng.sample(rows, len(rows)) for name, rows in tables().items()}
    assert computed(shuffled) == found["polars"]


def test_a_row_of_the_future_moves_no_feature() -> None:
    as_of, end = "2026-06-10", datetime.fromisoformat("2026-06-11T00:00:00+08:00")
    past = {n: [r for r in rows if r[TIME_OF[n]] < end] for n, rows in tables().items()}
    assert sum(map(len, past.values())) < sum(map(len, tables().values()))
    assert computed(tables(), as_of) == computed(past, as_of)


LATE = {
    "orders": order(99, "c3", amount=999_999, known_at=days_ago(-1)),
    "signals": signal(990, **BAD, known_at=days_ago(-1)),
    "engagement": {"customer_id": "c3", "event": "view", "at": days_ago(2), "value": None}
    | {"known_at": days_ago(-1)},
    "accounts": {"account_id": "late", "customer_id": "c3", "platform": "微博", "followers": 9_999}
    | {"following": 1, "posts": 1, "verified": True, "created_at": days_ago(9)}
    | {"known_at": days_ago(-1)},
}


@pytest.mark.parametrize("table", LATE)
def test_a_row_known_later_moves_no_feature_until_it_is_known(
    table: str, found: dict[str, Any]
) -> None:
    dated = {n: [{"known_at": None} | row for row in rows] for n, rows in tables().items()}
    late = dated | {table: [*dated[table], LATE[table]]}
    assert computed(late) == found["polars"]
    assert computed(late, "2026-07-01") != computed(tables(), "2026-07-01")


CORRECTED = [
    order(1, known_at=days_ago(9)),
    order(1, known_at=days_ago(1), refunded=10_000, refunded_at=days_ago(2)),
]


@pytest.mark.parametrize(
    ("as_of", "refunds", "paid"),
    [("2026-06-28", 0, 10_000), ("2026-06-30", 1, 0)],
    ids=["before the correction was known", "after"],
)
def test_a_correction_counts_from_when_it_is_known(as_of: str, refunds: int, paid: int) -> None:
    (row,) = computed({"orders": CORRECTED}, as_of)
    assert (row["refunds_ever"], row["paid_fen_ever"]) == (refunds, paid)


def test_a_refund_of_later_is_none_yet() -> None:
    rows = [order(1, refunded=10_000, refunded_at=days_ago(-3))]
    (row,) = computed({"orders": rows})
    assert (row["refunds_ever"], row["kept_orders_ever"]) == (0, 1)
    assert row["days_since_last_refund"] is None


@pytest.mark.parametrize("engine", ENGINES)
def test_training_frame_holds_what_each_moment_could_know(engine: str) -> None:
    moments = ["2026-05-31", "2026-06-30", "2026-04-30"]
    frames = {name: native(engine, tables()[name]) for name in ("orders", "signals")}
    names = ["orders_*", "net_sentiment_90d"]
    stacked = rows_of(training_frame(frames, moments, names))
    assert list(stacked[0])[:2] == ["customer_id", "as_of"]
    expected = []
    for moment in sorted(moments):
        alone = rows_of(features(frames, moment, names))
        expected += [row | {"as_of": moment} for row in alone]
    assert stacked == expected


def test_what_became_of_the_rows_is_told() -> None:
    rows = [order(1), order(2, amount=-1), order(3, ordered_at=days_ago(-1)), order(1)]
    run = feature_run({"orders": native("polars", rows)}, LAST_DAY, ["orders_7d"])
    counts = run.rows["orders"]
    assert (counts.rows, counts.used, counts.later) == (4, 1, 1)
    assert dict(counts.refused) == {"negative": 1, "duplicate": 1}
    assert {row.code for row in run.refused} == {"negative", "duplicate"}


EMPTY = {
    "orders": {"order_id": "", "customer_id": "", "ordered_at": days_ago(1), "amount": 0},
    "signals": signal(1),
}


@pytest.mark.parametrize("table", EMPTY)
@pytest.mark.parametrize("engine", ENGINES)
def test_no_row_is_no_customer(engine: str, table: str) -> None:
    frame = native(engine, [EMPTY[table]])
    none = frame.filter("1 = 0") if engine == "duckdb" else frame.head(0)
    assert rows_of(features({table: none}, LAST_DAY)) == []


def polars(**rows: list[Row]) -> dict[str, Any]:
    return {name: native("polars", given) for name, given in rows.items()}


WRONG: dict[str, tuple[Any, Any, type[Exception], str]] = {
    "near": (polars(orders=[order(1)]), ["order_30d"], FeatureError, "orders_30d"),
    "far": (polars(orders=[order(1)]), ["?"], FeatureError, "no feature is named '?'"),
    "no pattern fits": (polars(orders=[order(1)]), ["zzz_*"], FeatureError, "zzz_*"),
    "another table": (polars(orders=[order(1)]), ["views_7d"], FeatureError, "from engagement"),
    "no table": ({}, None, FeatureError, "tables given: none"),
    "a table without features": (polars(edges=[{"source": "a"}]), None, FeatureError, "edges"),
    "a column is missing": (polars(orders=[{"order_id": "1"}]), None, ContractError, "no column"),
    "two engines": (
        {"orders": native("pandas", [order(1)]), "signals": native("polars", [signal(1)])},
        None,
        EngineError,
        "several engines",
    ),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_cannot_be_computed(case: str) -> None:
    given, names, error, said = WRONG[case]
    with pytest.raises(error) as raised:
        features(given, LAST_DAY, names)
    assert said in str(raised.value)
    assert raised.value.text("zh") != str(raised.value)  # type: ignore[attr-defined]


@pytest.mark.parametrize("moments", [[], ["2026-06-30", "2026-06-30"]], ids=["none", "one twice"])
def test_moments_that_make_no_frame(moments: list[str]) -> None:
    with pytest.raises(FeatureError, match="moments given"):
        training_frame(polars(orders=[order(1)]), moments)
