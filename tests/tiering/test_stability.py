"""Hysteresis: a table of who stays, who moves, and what the next run is told."""

from dataclasses import replace
from typing import Any

import narwhals as nw
import pytest

import tiering
from tests.tiering.tables import ENGINES, native, order, rows_of, signal
from tiering.errors import EngineError, MovesError
from tiering.policy import Stability
from tiering.stability import open_previous, with_tier
from tiering.times import moment_of

POLICY = replace(tiering.load_policy(), stability=Stability(margin=3.0, runs=3))
TODAY = moment_of("2026-06-30")

# tiers: strategic 70, core 50, potential 30, basic 0; margin 3, runs 3
# tier before, runs beyond before, score now -> tier, tier by score, runs beyond
STEPS: dict[str, tuple[str, int, float, tuple[str, str, int]]] = {
    "stays inside": ("core", 0, 60.0, ("core", "core", 0)),
    "back inside": ("core", -2, 50.0, ("core", "core", 0)),
    "a little below, first run": ("core", 0, 49.0, ("core", "potential", -1)),
    "a little below, second run": ("core", -1, 49.0, ("core", "potential", -2)),
    "a little below, third run": ("core", -2, 49.0, ("potential", "potential", 0)),
    "at the margin below": ("core", 0, 47.0, ("core", "potential", -1)),
    "past the margin below": ("core", 0, 46.9, ("potential", "potential", 0)),
    "a little above": ("core", 0, 71.0, ("core", "strategic", 1)),
    "at the margin above": ("core", 0, 73.0, ("strategic", "strategic", 0)),
    "above for long": ("core", 2, 70.0, ("strategic", "strategic", 0)),
    "the side changes": ("core", 2, 49.0, ("core", "potential", -1)),
    "two tiers down": ("strategic", 0, 29.0, ("potential", "basic", -1)),
    "two tiers down, long": ("strategic", -2, 29.0, ("basic", "basic", 0)),
    "two tiers up": ("basic", 0, 52.0, ("potential", "core", 1)),
}


@pytest.mark.parametrize("engine", ENGINES)
def test_every_step(engine: str) -> None:
    before = [
        {"customer_id": name, "tier": tier, "runs_beyond": runs, "as_of": "2026-06-29"}
        for name, (tier, runs, _, _) in STEPS.items()
    ]
    scores = [{"customer_id": name, "score": step[2]} for name, step in STEPS.items()]
    scores.append({"customer_id": "new", "score": 72.0})
    customers: Any = nw.from_native(native(engine, scores)).lazy()
    previous = open_previous(native(engine, before), POLICY, TODAY)
    told = with_tier(customers, previous, POLICY).select(
        "customer_id", "tier", "score_tier", "runs_beyond", "is_held"
    )
    found = (
        {row["customer_id"]: row for row in rows_of(told.collect().to_native())}
        if (engine != "duckdb")
        else {row["customer_id"]: row for row in rows_of(told.to_native())}
    )
    for name, (_, _, _, expected) in STEPS.items():
        row = found[name]
        assert (row["tier"], row["score_tier"], row["runs_beyond"]) == expected, name
        assert row["is_held"] == (row["tier"] != row["score_tier"])
    assert (found["new"]["tier"], found["new"]["runs_beyond"]) == ("strategic", 0)


def test_without_a_margin_everybody_moves_at_once() -> None:
    shipped = tiering.load_policy()
    previous = [{"customer_id": name, "tier": step[0]} for name, step in STEPS.items()]
    scores = [{"customer_id": name, "score": step[2]} for name, step in STEPS.items()]
    customers: Any = nw.from_native(native("polars", scores)).lazy()
    earlier = open_previous(native("polars", previous), shipped, TODAY)
    rows = rows_of(with_tier(customers, earlier, shipped).collect().to_native())
    assert all(row["tier"] == row["score_tier"] and row["runs_beyond"] == 0 for row in rows)


def tables(engine: str = "polars") -> dict[str, Any]:
    return {
        "orders": native(engine, [order(1)]),
        "signals": native(engine, [signal(1, customer_id="c2")]),
    }


def test_runs_are_chained_and_the_reason_is_told() -> None:
    # c1 scores 40.1: potential; it was core, and 40.1 is 9.9 below 50
    policy = replace(tiering.load_policy(), stability=Stability(margin=20.0, runs=2))
    before = native("polars", [{"customer_id": "c1", "tier": "core"}])
    first = tiering.score(**tables(), as_of="2026-06-30", policy=policy, previous=before)
    row = rows_of(first)[0]
    assert (row["tier"], row["score_tier"], row["runs_beyond"]) == ("core", "potential", -1)
    assert row["reasons"][0]["en"] == (
        "held in core: the score 40.1 says potential, for 1 of 2 runs and by less than 20 points"
    )
    assert row["reasons"][0]["zh"].startswith("暂留 core：得分 40.1 对应 potential，已连续 1 次")
    second = tiering.score(**tables(), as_of="2026-07-01", policy=policy, previous=first)
    assert rows_of(second)[0]["tier"] == "potential"


BEFORE = {"customer_id": "c1", "tier": "core", "as_of": "2026-06-29"}
BAD: dict[str, tuple[list[dict[str, Any]], str]] = {
    "tier of another policy": ([BEFORE | {"tier": "gold"}], "tier gold of the run before"),
    "no tier": ([BEFORE | {"tier": None}, BEFORE | {"customer_id": "c2"}], "tier None"),
    "twice": ([BEFORE, BEFORE], "1 rows without a customer or with one that stands there"),
    "not earlier": ([BEFORE | {"as_of": "2026-06-30"}], "not earlier than 2026-06-30"),
    "no column": ([{"customer_id": "c1"}], "no column tier"),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", BAD)
def test_a_run_before_that_cannot_be_used(case: str, engine: str) -> None:
    rows, said = BAD[case]
    with pytest.raises(MovesError, match=said):
        tiering.score(**tables(engine), as_of="2026-06-30", previous=native(engine, rows))


def test_a_run_before_of_another_engine_is_refused() -> None:
    with pytest.raises(EngineError, match="previous pandas"):
        tiering.score(**tables(), as_of="2026-06-30", previous=native("pandas", [BEFORE]))
