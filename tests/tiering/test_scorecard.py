"""The score card: by hand, equal on every engine, blind to order and to the future."""

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

import tiering
from tests.tiering.tables import (
    ENGINES,
    Row,
    account,
    days_ago,
    event,
    market,
    native,
    order,
    rows_of,
    signal,
)
from tiering.errors import AsOfError, ContractError, EngineError

LAST_DAY = "2026-06-30"
BAD = {"sentiment": "negative", "intents": ["complaint"], "complaint": ["quality"], "severity": 3}
RICH = [order(n, amount=900_000, ordered_at=days_ago(n)) for n in range(20)]

Tables = Mapping[str, list[Row]]


def run(tables: Tables, engine: str = "polars", as_of: str = LAST_DAY) -> "tiering.ScoreRun[Any]":
    frames = {name: native(engine, rows) for name, rows in tables.items()}
    return tiering.score_run(**frames, as_of=as_of)


def scored(tables: Tables) -> dict[str, dict[str, Any]]:
    return {row["customer_id"]: row for row in rows_of(run(tables).scores)}


def said(row: dict[str, Any], language: str = "en") -> str:
    return "\n".join(reason[language] for reason in row["reasons"])


@pytest.fixture(scope="module")
def runs() -> dict[str, "tiering.ScoreRun[Any]"]:
    return {engine: run(market(), engine) for engine in ENGINES}


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_every_engine_gives_the_same_to_the_last_bit(engine: str, runs: dict[str, Any]) -> None:
    for name in ("scores", "authors"):
        assert rows_of(getattr(runs[engine], name)) == rows_of(getattr(runs["pandas"], name))
    assert runs[engine].rows == runs["pandas"].rows
    assert runs[engine].unattributed == runs["pandas"].unattributed


@pytest.mark.parametrize("engine", ENGINES)
def test_the_engine_of_the_orders_comes_back(engine: str, runs: dict[str, Any]) -> None:
    assert type(runs[engine].scores) is type(native(engine, [order(1)]))


def test_the_order_of_rows_changes_nothing(runs: dict[str, Any]) -> None:
    rng = random.Random(3)
    shuffled = {name: rng.sample(rows, len(rows)) for name, rows in market().items()}
    again = run(shuffled)
    assert rows_of(again.scores) == rows_of(runs["polars"].scores)
    assert rows_of(again.authors) == rows_of(runs["polars"].authors)


TIME_OF = {"orders": "ordered_at", "signals": "created_at", "engagement": "at"} | {
    "accounts": "created_at",
    "edges": "at",
}


def test_nothing_of_the_future_is_used() -> None:
    tables, as_of = market(), "2026-06-10"
    end = datetime.fromisoformat("2026-06-11T00:00:00+08:00")
    past = {n: [r for r in rows if r[TIME_OF[n]] < end] for n, rows in tables.items()}
    full, blind = run(tables, as_of=as_of), run(past, as_of=as_of)
    assert rows_of(full.scores) == rows_of(blind.scores)
    assert rows_of(full.authors) == rows_of(blind.authors)
    assert sum(counts.later for counts in full.rows.values()) > 0


def test_what_became_known_later_is_not_used() -> None:
    plain = {"orders": [order(1, known_at=days_ago(9))], "signals": [signal(1, known_at=None)]}
    late = {
        "orders": [order(2, known_at=days_ago(-1))],
        "signals": [signal(2, **BAD, known_at=days_ago(-1))],
    }
    both = {name: plain[name] + late[name] for name in plain}
    assert scored(both) == scored(plain)


def test_no_customer_is_dropped(runs: dict[str, Any]) -> None:
    tables = market()
    end = days_ago(-0.5)
    named = {
        row["customer_id"]
        for name in ("orders", "signals", "engagement", "accounts")
        for row in tables[name]
        if row["customer_id"] and row[TIME_OF[name]] < end
    }
    rows = rows_of(runs["polars"].scores)
    ids = [row["customer_id"] for row in rows]
    assert ids == sorted(named)
    assert runs["polars"].customers == len(ids)


def test_scores_reasons_and_tiers_hold_what_they_promise(runs: dict[str, Any]) -> None:
    cuts = [(tier.name, tier.at_least) for tier in tiering.load_policy().tiers]
    for row in rows_of(runs["polars"].scores):
        assert tuple(row) == tiering.SCORE_COLUMNS
        for name in ("score", "commercial", "social", "experience", "engagement"):
            assert 0 <= row[name] <= 100
        assert row["tier"] == next(name for name, cut in cuts if row["score"] >= cut)
        assert 3 <= len(row["reasons"]) <= 5
        for reason in row["reasons"]:
            assert any(letter.isdigit() for letter in reason["en"])
            assert any("\u4e00" <= letter <= "\u9fff" for letter in reason["zh"])


# commercial 42 (see test_rfm), social 0, experience neutral 60; weights .55 .10 .15 of .80
def test_a_customer_with_one_order_by_hand() -> None:
    row = scored({"orders": [order(1)], "signals": [signal(1, customer_id="c2")]})["c1"]
    assert row["score"] == pytest.approx((42 * 0.55 + 60 * 0.15) / 0.80)
    assert (row["tier"], row["engagement"], row["influence"]) == ("potential", None, None)
    assert "commercial value 42.0/100 gives 28.9 points: last kept order 10 days ago" in said(row)
    assert "没有反馈，按中性计" in said(row, "zh")


def test_a_table_that_is_given_counts_for_those_who_are_not_in_it() -> None:
    tables = {"orders": [order(1)], "signals": [signal(1)], "engagement": [event("view", 1, "c3")]}
    row = scored(tables)["c1"]
    assert row["engagement"] == 0.0
    assert "no events so far" in said(row)


def test_a_customer_of_words_only_and_one_of_clicks_only() -> None:
    tables = {
        "orders": [order(1)],
        "signals": [signal(1, customer_id="c2", author_id="a2")],
        "engagement": [event("device", 1, "c3")],
        "accounts": [account("a4", customer_id="c4")],
    }
    rows = scored(tables)
    assert list(rows) == ["c1", "c2", "c3", "c4"]
    assert rows["c2"]["commercial"] == 0.0
    assert rows["c4"]["influence"] > 0


def test_a_complaint_lowers_the_experience_and_never_the_value() -> None:
    content, angry = (
        scored({"orders": RICH, "signals": [signal(1, **changes)]})["c1"] for changes in ({}, BAD)
    )
    assert angry["commercial"] == content["commercial"]
    assert angry["experience"] < content["experience"]
    assert "complaints 1 (quality 1; severity 3: 1), of them open 1" in said(angry)


def test_who_is_worth_much_and_unhappy_is_cared_for_first() -> None:
    rows = scored(
        {
            "orders": [*RICH, order(99, "c2")],
            "signals": [signal(1, **BAD), signal(2, **BAD, customer_id="c2", author_id="a2")],
        }
    )
    assert rows["c1"]["care"] is True
    assert rows["c1"]["reasons"][0]["en"].startswith("care first: commercial value 9")
    assert rows["c2"]["care"] is False


def test_the_author_s_account_tells_whose_words_they_are() -> None:
    tables = {
        "orders": [order(1)],
        "signals": [signal(1, **BAD, customer_id=None)],
        "accounts": [account("a1", customer_id="c1")],
    }
    assert scored(tables)["c1"]["experience"] < 40
    assert run(tables).unattributed == 0
    assert run({name: tables[name] for name in ("orders", "signals")}).unattributed == 1


def test_who_shares_a_nickname_is_scored_by_their_own_posts() -> None:
    posts = [
        signal(n, customer_id=name, author_id="匿名用户", likes=5) for n, name in enumerate("ab")
    ]
    rows = scored({"orders": [order(1)], "signals": posts})
    assert rows["a"]["influence"] == rows["b"]["influence"] > 0
    assert "customer:b (微博, ordinary, followers 0): posts 1, reactions 5" in said(rows["b"])


def test_a_doubtful_account_is_told_in_the_customer_s_reasons() -> None:
    tables = {"orders": [order(1)], "signals": [signal(1, spam=True)]}
    assert "influence discounted: kept at 50%" in said(scored(tables)["c1"])


@pytest.mark.parametrize("engine", ENGINES)
def test_tables_may_be_empty(engine: str) -> None:
    orders, signals = native(engine, [order(1)]), native(engine, [signal(1)])
    none_of = {
        "pandas": lambda frame: frame.iloc[:0],
        "polars": lambda frame: frame.head(0),
        "duckdb": lambda frame: frame.limit(0),
    }[engine]
    (row,) = rows_of(tiering.score(orders, none_of(signals), as_of=LAST_DAY))
    assert row["commercial"] == 42.0
    (row,) = rows_of(tiering.score(none_of(orders), signals, as_of=LAST_DAY))
    assert row["commercial"] == 0.0
    assert rows_of(tiering.score(none_of(orders), none_of(signals), as_of=LAST_DAY)) == []


def test_tables_of_two_engines_are_refused() -> None:
    with pytest.raises(EngineError, match=r"orders pandas, signals polars"):
        tiering.score(native("pandas", [order(1)]), native("polars", [signal(1)]), as_of=LAST_DAY)


@pytest.mark.parametrize(
    ("orders", "as_of", "error"),
    [([order(1)], "June", AsOfError), ([{"order_id": "1"}], LAST_DAY, ContractError)],
    ids=["no day", "no columns"],
)
def test_what_cannot_be_scored(orders: list[Row], as_of: str, error: type[Exception]) -> None:
    with pytest.raises(error):
        tiering.score(native("polars", orders), native("polars", [signal(1)]), as_of=as_of)


def test_the_front_door() -> None:
    assert tiering.__all__ == [
        "CONTRACTS",
        "ENGINES",
        "SCORE_COLUMNS",
        "Contract",
        "Part",
        "Policy",
        "RefusedRow",
        "RowCounts",
        "ScorePieces",
        "ScoreRun",
        "Tier",
        "TierSample",
        "errors",
        "explain",
        "influence",
        "interview_sample",
        "load_policy",
        "migration",
        "moment_of",
        "newest_day",
        "policy_text",
        "population_stability",
        "quantile_policy",
        "rfm",
        "same_bins",
        "score",
        "score_pieces",
        "score_run",
    ]
    assert all(hasattr(tiering, name) for name in tiering.__all__)
