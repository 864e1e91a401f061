"""The check at the edge: each fault named, each row accounted for, on every engine."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

import pandas as pd
import pyarrow as pa
import pytest

from tests.tiering.tables import (
    ENGINES,
    TODAY,
    account,
    days_ago,
    event,
    market,
    native,
    order,
    rows_of,
    signal,
)
from tiering.check import check
from tiering.errors import ContractError, EngineError
from tiering.faults import FAULTS
from tiering.frames import collect
from tiering.schema import CONTRACTS, MOST_FEN
from tiering.times import EPOCH, MICROSECOND

EDGE = {"source": "a1", "target": "a2", "kind": "follow"}
PLAIN = {
    "orders": order(1),
    "signals": signal(1),
    "engagement": event("view"),
    "accounts": account("a1"),
    "edges": EDGE,
}

FAULTY = [
    ("orders", "order_id", "", "missing"),
    ("orders", "order_id", None, "missing"),
    ("orders", "customer_id", "  ", "missing"),
    ("orders", "ordered_at", "soon", "no_time"),
    ("orders", "ordered_at", "1980-01-01", "time_out_of_range"),
    ("orders", "ordered_at", "2205-01-01", "time_out_of_range"),
    ("orders", "amount", -1, "negative"),
    ("orders", "amount", "-1", "negative"),
    ("orders", "amount", 12.5, "not_whole_fen"),
    ("orders", "amount", "129.50", "not_whole_fen"),
    ("orders", "amount", "1,200", "no_number"),
    ("orders", "amount", "¥12", "no_number"),
    ("orders", "amount", MOST_FEN + 1, "too_large"),
    ("orders", "amount", None, "missing"),
    ("orders", "refunded", 10_001, "refund_above_amount"),
    ("orders", "refunded", 1, "refund_of_one_fen"),
    ("orders", "refunded", "1", "refund_of_one_fen"),
    ("orders", "refunded", "maybe", "no_number"),
    ("orders", "currency", "USD", "not_allowed"),
    ("signals", "sentiment", "bad", "not_allowed"),
    ("signals", "severity", 4, "too_large"),
    ("signals", "severity", 1.5, "not_whole"),
    ("signals", "likes", -3, "negative"),
    ("signals", "turn", 2.5, "not_whole"),
    ("signals", "spam", "perhaps", "no_flag"),
    ("signals", "created_at", "昨天", "no_time"),
    ("engagement", "event", None, "missing"),
    ("engagement", "value", "many", "no_number"),
    ("accounts", "followers", "12w", "no_number"),
    ("accounts", "followers", -3, "negative"),
    ("accounts", "verified", "gold", "no_flag"),
    ("edges", "kind", "blocks", "not_allowed"),
    ("edges", "target", "a1", "self_loop"),
]


@pytest.mark.parametrize(
    ("table", "column", "value", "code"), FAULTY, ids=[f"{t}-{c}-{v}" for t, c, v, _ in FAULTY]
)
def test_a_fault_is_named(table: str, column: str, value: object, code: str) -> None:
    row = dict(PLAIN[table]) | {column: value, "line": 17}
    found = check(native("polars", [row]), table, TODAY)
    (refused,) = found.refused()
    assert (refused.line, refused.column, refused.code) == (17, column, code)
    assert refused.value == ("" if value is None else str(value))
    assert found.counts().refused == {code: 1}
    assert collect(found.good).num_rows == 0


def test_each_fault_has_a_row_above() -> None:
    elsewhere = {"duplicate", "conflict", "no_id", "no_manual_tag"}  # the last by the rules of tags
    assert {code for *_, code in FAULTY} | elsewhere == set(FAULTS)


@pytest.mark.parametrize("code", FAULTS)
def test_each_fault_says_what_to_do_in_both_languages(code: str) -> None:
    assert len(FAULTS[code].en) > 10
    assert any("\u4e00" <= letter <= "\u9fff" for letter in FAULTS[code].zh)


@pytest.mark.parametrize(("table", "column"), [("orders", "amount"), ("accounts", "followers")])
def test_only_of_an_amount_is_a_refund_spoken(table: str, column: str) -> None:
    row = dict(PLAIN[table]) | {column: -3}
    reason = check(native("polars", [row]), table, TODAY).refused()[0].reason()
    assert ("refunded" in reason.en, "refunded" in reason.zh) == (column == "amount",) * 2
    assert "is negative" in reason.en


@pytest.mark.parametrize("engine", ENGINES)
def test_every_row_ends_as_one_of_four(engine: str) -> None:
    rows = [
        order(1, line=2),
        order(1, line=3),
        order(2, line=4, amount="12000"),
        order(2, line=5, amount="15000"),
        order(3, line=6, ordered_at=days_ago(-3)),
        order(4, line=7, amount="-5"),
        order(5, line=8),
    ]
    rows = [dict(row) | {"amount": str(row["amount"])} for row in rows]
    found = check(native(engine, rows), "orders", TODAY)
    counts = found.counts()
    assert counts.rows == 7
    assert (counts.used, counts.later, counts.superseded) == (3, 1, 0)
    assert counts.refused == {"duplicate": 1, "conflict": 1, "negative": 1}
    places = [(row.line, row.code) for row in found.refused()]
    assert places == [(3, "duplicate"), (5, "conflict"), (7, "negative")]
    kept = {row["order_id"]: row["amount"] for row in collect(found.good).to_pylist()}
    assert kept == {"o1": 10_000, "o2": 12_000, "o5": 10_000}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_later_known_row_supersedes_and_an_unknown_one_does_not(engine: str) -> None:
    rows = [
        order(1, amount=500, known_at=days_ago(9)),
        order(1, amount=700, known_at=days_ago(2)),
        order(1, amount=900, known_at=days_ago(-2)),
    ]
    found = check(native(engine, rows), "orders", TODAY)
    counts = found.counts()
    assert (counts.used, counts.superseded, counts.later, counts.refused) == (1, 1, 1, {})
    assert collect(found.good)["amount"].to_pylist() == [700]


LINKS = [
    {"customer_id": f"c{n}", "kind": kind, "value": "d1", "at": days_ago(n - 2)}
    for n, kind in enumerate(("device", "ADDRESS", "phone", "car", "payment"))
]


BESIDE = {
    "links": LINKS,
    "merges": [{"old_id": f"c{n % 3}", "new_id": "c9", "at": days_ago(n - 1)} for n in range(5)],
    "consents": [{"customer_id": "c1", "given": word, "at": days_ago(1)} for word in ("是", "?")],
    "manual": [{"customer_id": "c1", "tag": "vip", "valid_from": days_ago(n)} for n in (-2, 2)],
}


@pytest.mark.parametrize("table", CONTRACTS)
def test_no_row_of_a_market_is_lost(table: str) -> None:
    rows = (market() | BESIDE)[table]
    counts = check(native("polars", rows), table, TODAY).counts()
    assert counts.rows == len(rows)
    parts = (counts.used, counts.later, counts.superseded, *counts.refused.values())
    assert sum(parts) == counts.rows
    assert counts.used > 0


REFUNDS = [
    (True, None, 10_000),
    (False, None, 0),
    ("true", None, 10_000),
    ("是", None, 10_000),
    ("no", None, 0),
    ("", None, 0),
    (None, None, 0),
    (2_500, None, 2_500),
    ("2500", None, 2_500),
    (10_000, None, 10_000),
    (True, days_ago(1), 10_000),
    (True, days_ago(-1), 0),
]


@pytest.mark.parametrize(
    ("refunded", "at", "fen"), REFUNDS, ids=[f"{r}-{bool(a)}-{f}" for r, a, f in REFUNDS]
)
def test_what_counts_as_paid_back(refunded: object, at: datetime | None, fen: int) -> None:
    row = order(1, refunded=refunded, refunded_at=at)
    found = check(native("polars", [row]), "orders", TODAY)
    assert collect(found.good)["refunded"].to_pylist() == [fen]


TIMES: list[tuple[object, float]] = [
    ("2026-06-01 12:00", 12),
    (datetime(2026, 6, 1, 12), 12),  # noqa: DTZ001  # without a zone: China's time
    (pd.Timestamp("2026-06-01 04:00", tz="UTC"), 12),
    (date(2026, 6, 1), 0),
    (20260601, 0),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("written", "hour"), TIMES, ids=[str(t) for t, _ in TIMES])
def test_a_time_of_any_type_is_one_moment(engine: str, written: object, hour: int) -> None:
    frame = native(engine, [order(1, ordered_at=written)])
    found = collect(check(frame, "orders", TODAY).good)["ordered_at"].to_pylist()
    begin = datetime(2026, 6, 1) - timedelta(hours=8)  # noqa: DTZ001
    expected = begin - EPOCH.replace(tzinfo=None) + timedelta(hours=hour)
    assert found == [expected // MICROSECOND]


LABELS: list[tuple[object, set[str]]] = [
    (["complaint", "request"], {"complaint", "request"}),
    ([], set()),
    (None, set()),
    ('["complaint"]', {"complaint"}),
    ("complaint|churn", {"complaint", "churn"}),
]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("cell", "labels"), LABELS, ids=[str(cell) for cell, _ in LABELS])
def test_labels_come_as_lists_or_as_text(engine: str, cell: object, labels: set[str]) -> None:
    (row,) = collect(
        check(native(engine, [signal(1, intents=cell)]), "signals", TODAY).good
    ).to_pylist()
    found = {
        name.removeprefix("intents_") for name in row if name.startswith("intents_") and row[name]
    }
    assert found == labels


def test_ids_that_were_numbers_keep_their_name() -> None:
    orders = pd.DataFrame([order(1, customer_id=7.0), order(2, customer_id=8.0)])
    found = check(orders, "orders", TODAY)
    assert sorted(collect(found.good)["customer_id"].to_pylist()) == ["7", "8"]
    halves = check(pd.DataFrame([order(1, customer_id=7.5)]), "orders", TODAY)
    assert halves.counts().refused == {"no_id": 1}


def test_cells_of_several_types_in_one_pandas_column() -> None:
    frame = pd.DataFrame([order(1, amount=500), order(2, amount="700"), order(3, amount="x")])
    found = check(frame, "orders", TODAY)
    assert sorted(collect(found.good)["amount"].to_pylist()) == [500, 700]
    assert found.counts().refused == {"no_number": 1}


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missing_column_is_named_with_what_is_there(engine: str) -> None:
    frame = native(engine, [{"order_id": "1", "customer_id": "c", "total": 5}])
    with pytest.raises(ContractError, match=r"no column ordered_at, amount.*found are.*total"):
        check(frame, "orders", TODAY)


@pytest.mark.parametrize("thing", [[1, 2], "orders.csv", pa.table({"order_id": ["1"]}), None])
def test_what_is_no_frame_is_refused(thing: object) -> None:
    with pytest.raises(EngineError, match="pandas, polars, duckdb"):
        check(thing, "orders", TODAY)


def test_the_input_is_not_changed() -> None:
    frame = native("pandas", [order(1), order(1)])
    before = rows_of(frame)
    check(frame, "orders", TODAY)
    assert rows_of(frame) == before


def test_the_frame_may_be_empty() -> None:
    columns: Mapping[str, Any] = {name: pd.Series(dtype="object") for name in order(1)}
    assert check(pd.DataFrame(columns), "orders", TODAY).counts().rows == 0
