"""Stages by the written rules, measured by hand; bad policies; the same from every engine."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import narwhals as nw
import polars as pl
import pyarrow as pa
import pytest

from tests.tiering.tables import (
    ENGINES,
    Row,
    days_ago,
    event,
    market,
    native,
    order,
    rows_of,
    signal,
)
from tiering.errors import EngineError, PolicyError
from tiering.lifecycle import (
    COURSE,
    LIFECYCLE_COLUMNS,
    STAGES,
    lifecycle,
    load_lifecycle_policy,
    rules,
    with_stage,
)

POLICY = load_lifecycle_policy()
TODAY = "2026-06-30"
# Two years with us, eight purchases 30 days apart, the last one 10 days ago; windows of 90 days.
NOTHING = {"purchases": 0, "since_order_days": None, "orders_recent": 0, "orders_before": 0}
STEADY = dict.fromkeys(COURSE, 0) | {
    "customer_id": "c1",
    "tenure_days": 700,
    "purchases": 8,
    "cycle_days": 30,
    "since_order_days": 10,
    "since_sign_days": 2,
    "window_days": 90,
    "own_cycle": 1,
    "orders_recent": 3,
    "orders_before": 3,
}
NEW = {"purchases": 1, "tenure_days": 10, "orders_recent": 1, "orders_before": 0}
STAGED: dict[str, tuple[Mapping[str, Any], str]] = {
    "first purchase": (NEW, "introduction"),
    "never bought": (NOTHING, "introduction"),
    "came back": ({**NEW, "purchases": 2}, "growth"),
    "many, but all of one month": ({"purchases": 6, "tenure_days": 60}, "growth"),
    "exactly four cycles": ({"purchases": 4, "tenure_days": 120}, "mature"),
    "a day less than four cycles": ({"purchases": 4, "tenure_days": 119}, "growth"),
    "steady": ({}, "mature"),
    "rises": ({"orders_recent": 6}, "growth"),
    "rises by one only": ({"orders_recent": 2, "orders_before": 1}, "mature"),
    "rises, but nothing to compare": ({"orders_recent": 6, "tenure_days": 150}, "mature"),
    "overdue": ({"since_order_days": 61}, "decline"),
    "two cycles are not yet overdue": ({"since_order_days": 60}, "mature"),
    "orders halved": ({"orders_recent": 2, "orders_before": 4}, "decline"),
    "one sign of one point": ({"active_days_recent": 1, "active_days_before": 9}, "mature"),
    "less active and fewer features": (
        {
            "active_days_recent": 1,
            "active_days_before": 9,
            "features_recent": 1,
            "features_before": 4,
        },
        "decline",
    ),
    "answers less and is less active": (
        {
            "active_days_recent": 4,
            "active_days_before": 8,
            "reached_recent": 10,
            "reached_before": 5,
            "answered_recent": 2,
            "answered_before": 4,
        },
        "decline",
    ),
    "answers as ever": (
        {
            "active_days_recent": 4,
            "active_days_before": 8,
            "reached_recent": 10,
            "reached_before": 5,
            "answered_recent": 8,
            "answered_before": 4,
        },
        "mature",
    ),
    "says they will leave": ({"leaving": 1}, "decline"),
    "no order, still looking": ({"since_order_days": 150, "since_sign_days": 2}, "decline"),
    "dormant": ({"since_order_days": 120, "since_sign_days": 30}, "dormant"),
    "dormant by a day not": ({"since_order_days": 119, "since_sign_days": 30}, "decline"),
    "lost": ({"since_order_days": 240, "since_sign_days": 120}, "lost"),
    "no order for long, a sign lately": (
        {"since_order_days": 400, "since_sign_days": 119},
        "dormant",
    ),
    "never bought, silent": ({**NOTHING, "since_sign_days": 240}, "lost"),
    "one purchase, long ago": ({"purchases": 1, "since_order_days": 90}, "decline"),
}


def staged(changes: Mapping[str, Any]) -> dict[str, Any]:
    table = pl.from_arrow(pa.Table.from_pylist([STEADY | changes]))
    if changes.get("since_order_days", 0) is None:
        table = table.with_columns(pl.col("since_order_days").cast(pl.Int64))
    found = with_stage(nw.from_native(table).lazy(), POLICY)
    (row,) = rows_of(found.collect().to_native())
    return row


@pytest.mark.parametrize("case", STAGED)
def test_the_last_rule_that_holds_decides(case: str) -> None:
    changes, stage = STAGED[case]
    row = staged(changes)
    assert row["stage"] == stage
    assert row["stage_zh"] == STAGES[stage]
    assert tuple(row) == LIFECYCLE_COLUMNS


def test_rules_stand_in_the_order_of_the_stages() -> None:
    assert [rule.stage for rule in rules(POLICY)] == list(STAGES)


def test_reasons_name_every_sign_of_decline_in_both_languages() -> None:
    row = staged({"since_order_days": 75, "orders_recent": 1, "orders_before": 4, "leaving": 2})
    english = [reason["en"] for reason in row["reasons"]]
    assert english == [
        "declines: signs worth 6 points, purchases so far 8",
        "no order for 75 days, 2.5 cycles (more than 2)",
        "orders fell from 4 to 1 in 90 days",
        "said that they would leave, times: 2",
        "cycle of 30 days (own), 0.1 of it since the last sign of life",
    ]
    assert row["reasons"][1]["zh"] == "75 天未下单，合 2.5 个周期（超过 2 个）"
    assert row["decline_points"] == 6


ORDERS = [
    order(1, ordered_at=days_ago(100), known_at=None),
    order(2, ordered_at=days_ago(60)),
    order(3, ordered_at=days_ago(60)),  # the same day: one purchase
    order(4, ordered_at=days_ago(21)),
    order(5, ordered_at=days_ago(5), refunded=10_000),  # no purchase, and a sign of life
    order(6, ordered_at=days_ago(2), known_at=days_ago(-1)),  # known only tomorrow
    order(7, "c2", ordered_at=days_ago(50)),
]
EVENTS = [
    event("view", 3),
    event("Search", 3),
    event("view", 130),
    event("push", 1),  # of ours: no sign of life
    event("open", 4),
    event("share", 200, "c3"),
]


def course_of(customer: str, **tables: list[Row]) -> dict[str, Any]:
    given = {"orders": ORDERS, "signals": [signal(1, customer_id=None)], "engagement": EVENTS}
    frames = {name: native("polars", rows) for name, rows in (given | tables).items()}
    rows = rows_of(lifecycle(frames.pop("orders"), frames.pop("signals"), as_of=TODAY, **frames))
    return next(row for row in rows if row["customer_id"] == customer)


MEASURED = {
    "own cycle from two gaps": ("c1", {"purchases": 3, "cycle_days": 40, "own_cycle": 1}),
    "time": ("c1", {"tenure_days": 130, "since_order_days": 21, "since_sign_days": 3}),
    "windows of three cycles": ("c1", {"window_days": 120, "orders_recent": 3, "orders_before": 0}),
    "activity": ("c1", {"active_days_recent": 2, "active_days_before": 1}),
    "features": ("c1", {"features_recent": 3, "features_before": 1}),
    "messages": ("c1", {"reached_recent": 1, "answered_recent": 1, "reached_before": 0}),
    "the industry's cycle": ("c2", {"purchases": 1, "cycle_days": 45, "own_cycle": 0}),
    "only events": ("c3", {"purchases": 0, "since_order_days": None, "since_sign_days": 200}),
}


@pytest.mark.parametrize("case", MEASURED)
def test_courses_by_hand(case: str) -> None:
    customer, expected = MEASURED[case]
    row = course_of(customer)
    assert {name: row[name] for name in expected} == expected


SAID = {
    "after the last purchase": ({"created_at": days_ago(8)}, 1),
    "before it": ({"created_at": days_ago(30)}, 0),
    "by an agent": ({"created_at": days_ago(8), "role": "agent"}, 0),
    "an advert": ({"created_at": days_ago(8), "spam": True}, 0),
    "of no customer": ({"created_at": days_ago(8), "customer_id": None}, 0),
    "known only later": ({"created_at": days_ago(8), "known_at": days_ago(-1)}, 0),
}


@pytest.mark.parametrize("case", SAID)
def test_talk_of_leaving(case: str) -> None:
    changes, counted = SAID[case]
    said = signal(1, intents=["churn"], **changes)
    assert course_of("c1", signals=[said])["leaving"] == counted


def test_a_text_belongs_to_the_owner_of_its_account() -> None:
    said = signal(1, intents=["churn"], customer_id=None, author_id="a9", created_at=days_ago(8))
    owner = {"account_id": "a9", "customer_id": "c1", "followers": 3}
    assert course_of("c1", signals=[said], accounts=[owner])["leaving"] == 1


def test_an_industry_has_its_cycle() -> None:
    policy = replace(POLICY, industry="家电")
    rows = rows_of(lifecycle(native("polars", ORDERS), as_of=TODAY, policy=policy))
    assert [row["cycle_days"] for row in rows] == [40, 180]


def stages_of(engine: str, tables: dict[str, list[Row]]) -> list[dict[str, Any]]:
    frames = {
        name: native(engine, tables[name])
        for name in ("orders", "signals", "engagement", "accounts")
    }
    return rows_of(lifecycle(frames.pop("orders"), frames.pop("signals"), as_of=TODAY, **frames))


@pytest.mark.parametrize("engine", ENGINES)
def test_every_engine_and_every_order_of_rows_give_the_same(engine: str) -> None:
    tables = market()
    turned = {name: rows[::-1] for name, rows in tables.items()}
    assert stages_of(engine, tables) == stages_of("polars", turned)


def test_tables_of_two_engines_are_refused() -> None:
    with pytest.raises(EngineError, match="several engines"):
        lifecycle(native("polars", ORDERS), as_of=TODAY, engagement=native("pandas", EVENTS))


def test_nobody_is_nobody() -> None:
    orders = native("polars", ORDERS).clear()
    assert rows_of(lifecycle(orders, as_of=TODAY)) == []


BAD = {
    "unknown key": ("days: 45", "days: 45\n  dayz: 3", "cycle.dayz: this key is not known"),
    "text": ("days: 45 ", "days: soon ", "cycle.days: 'soon' must be a whole number"),
    "negative": ("overdue: 2 ", "overdue: -2 ", "decline.overdue: -2 cannot be used"),
    "out of order": ("{order_cycles: 8,", "{order_cycles: 3,", "lost.order_cycles: [2"),
    "no such industry": ('industry: ""', "industry: 采矿", "industry: 采矿 cannot be used"),
    "zero days": ("美妆: 45", "美妆: 0", "industries.美妆: 0 cannot be used"),
    "bounds": ("shortest: 14", "shortest: 400", "cycle: CyclePolicy("),
}


@pytest.mark.parametrize("case", BAD)
def test_policies_that_cannot_be_used(case: str, tmp_path: Path) -> None:
    old, new, said = BAD[case]
    shipped = (Path(__file__).parents[3] / "tiering/lifecycle/lifecycle.yaml").read_text("utf-8")
    assert old in shipped
    path = tmp_path / "mine.yaml"
    path.write_text(shipped.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_lifecycle_policy(path)
    assert f"{path}, {said}" in str(caught.value)
    assert str(path) in caught.value.text("zh")


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="cannot be read as a lifecycle policy"):
        load_lifecycle_policy(tmp_path / "none.yaml")
