"""The conversion path by hand and beside a plain search; activity; the same on all engines."""

import random
from datetime import timedelta

import pytest

from tests.tiering.tables import ENGINES, NOON, days_ago, event, native, order
from tiering.errors import JourneyError
from tiering.funnel import activity, funnel

AS_OF = "2026-06-30"
THREE = ("view", "add_to_cart", "order")


def bought(customer: str, days: float) -> dict:
    return order(f"{customer}-{days}", customer, ordered_at=days_ago(days))  # type: ignore[arg-type]


WAYS = {
    "whole way": ([("view", 3), ("add_to_cart", 2), ("order", 1)], 3),
    "out of order": ([("add_to_cart", 3), ("view", 2), ("order", 1)], 1),
    "no cart": ([("view", 3), ("order", 1)], 1),
    "never looked": ([("add_to_cart", 3), ("order", 1)], 0),
    "too late": ([("view", 9), ("add_to_cart", 8), ("order", 1)], 2),
    "the window's last moment": ([("view", 8), ("add_to_cart", 8), ("order", 1)], 3),
    "a later look saves it": ([("view", 9), ("view", 4), ("add_to_cart", 3), ("order", 1)], 3),
    "a later look does not undo": ([("view", 9), ("add_to_cart", 8), ("view", 3)], 2),
    "at one moment": ([("order", 1), ("view", 1), ("add_to_cart", 1)], 3),
    "after the day": ([("view", -1)], 0),
}


@pytest.mark.parametrize("engine", ENGINES)
def test_how_far_customers_come(engine: str) -> None:
    events, orders = [], [bought("stranger", 1)]
    for name, (taken, _) in WAYS.items():
        events += [event(step, days, name) for step, days in taken if step != "order"]
        orders += [bought(name, days) for step, days in taken if step == "order"]
    found = funnel(native(engine, events), native(engine, orders), as_of=AS_OF, steps=THREE)
    came = dict(zip(*(found.reached[n].to_pylist() for n in ("customer_id", "steps")), strict=True))
    assert came == {name: steps for name, (_, steps) in WAYS.items() if steps}
    assert [step.customers for step in found.steps] == [8, 6, 4]
    assert found.steps[2].of_before.share == pytest.approx(4 / 6)
    assert found.steps[2].of_first.low < 0.5 < found.steps[2].of_first.high
    assert found.rows["engagement"].later == 1
    rows = {row["customer_id"]: row for row in found.reached.to_pylist()}
    assert rows["whole way"]["hours_add_to_cart"] == pytest.approx(24)
    assert rows["a later look saves it"]["hours_add_to_cart"] == pytest.approx(24)
    assert rows["too late"]["hours_order"] is None
    assert rows["too late"]["step"] == "add_to_cart"


def search(taken: list[tuple[int, float]], steps: int, window: float) -> int:
    """Return how far the best of all chains of (step, time) comes, by trying all of them."""
    best = 0
    for start in [at for step, at in taken if step == 0]:
        now, reached = start, 1
        while reached < steps:
            later = [at for step, at in taken if step == reached and now <= at <= start + window]
            if not later:
                break
            now, reached = min(later), reached + 1
        best = max(best, reached)
    return best


def test_it_is_the_best_of_all_chains() -> None:
    rng = random.Random(3)
    names = ("view", "click", "add_to_cart", "share")
    taken = {
        f"c{n}": [(rng.randrange(4), rng.randrange(400) / 16) for _ in range(rng.randrange(1, 25))]
        for n in range(300)
    }
    events = [
        {"customer_id": c, "event": names[step], "at": days_ago(30) + timedelta(days=at)}
        for c, way in taken.items()
        for step, at in way
    ]
    found = funnel(native("polars", events), as_of=AS_OF, steps=names, window_days=3)
    came = {row["customer_id"]: row["steps"] for row in found.reached.to_pylist()}
    assert came == {c: n for c, way in taken.items() if (n := search(way, 4, 3))}
    assert len({*came.values()}) == 4


def test_a_step_that_is_not_recorded_is_left_out_and_named() -> None:
    events = [event("view", 2), event("add_to_cart", 1)]
    found = funnel(native("pandas", events), native("pandas", [bought("c1", 0)]), as_of=AS_OF)
    assert found.unrecorded == ("click",)
    assert [step.name for step in found.steps] == ["view", "add_to_cart", "order"]
    assert found.steps[2].hours == pytest.approx((24, 24, 24))


@pytest.mark.parametrize("engine", ENGINES)
def test_nobody_took_any_step(engine: str) -> None:
    found = funnel(native(engine, [event("share")]), as_of=AS_OF, steps=("view", "click"))
    assert (found.steps, found.unrecorded) == ((), ("view", "click"))
    assert found.reached.num_rows == 0


def test_nobody_starts() -> None:
    events = native("pandas", [event("click")])
    found = funnel(events, as_of=AS_OF, steps=("click", "view"), last_days=1)
    assert [step.customers for step in found.steps] == [0]
    assert found.steps[0].hours is None


def test_chains_of_the_last_days_alone() -> None:
    events = [event("view", 20), event("click", 19), event("view", 2, "c2")]
    found = funnel(native("pandas", events), as_of=AS_OF, steps=("view", "click"), last_days=10)
    assert [step.customers for step in found.steps] == [1, 0]


def test_bad_rows_are_told() -> None:
    events = [event("view"), {**event("view"), "at": None}]
    found = funnel(native("pandas", events), as_of=AS_OF, steps=("view", "click"))
    assert [(row.column, row.code) for row in found.refused] == [("at", "missing")]
    assert found.rows["engagement"].refused == {"missing": 1}


@pytest.mark.parametrize("engine", ENGINES)
def test_orders_alone(engine: str) -> None:
    found = funnel(native(engine, [event("share")]), native(engine, [bought("c1", 1)]), as_of=AS_OF)
    assert [(step.name, step.customers) for step in found.steps] == [("order", 1)]
    assert found.unrecorded == ("view", "click", "add_to_cart")


BAD = {
    "one step": ({"steps": ("view",)}, "at least two"),
    "twice": ({"steps": ("view", "View ")}, "at least two"),
    "window": ({"steps": ("view", "click"), "window_days": 0}, "above 0"),
    "nan": ({"steps": ("view", "click"), "window_days": float("nan")}, "above 0"),
    "no orders": ({}, "needs the orders"),
}


@pytest.mark.parametrize("case", BAD)
def test_funnels_that_make_no_sense(case: str) -> None:
    options, said = BAD[case]
    with pytest.raises(JourneyError, match=said):
        funnel(native("pandas", [event("view")]), as_of=AS_OF, **options)


@pytest.mark.parametrize("engine", ENGINES)
def test_active_customers(engine: str) -> None:
    midnight = NOON.replace(hour=0)
    events = [
        event("view", 0, "a"),
        event("share", 0, "a"),
        {**event("view", 0, "b"), "at": midnight},
        {**event("view", 0, "late"), "at": midnight - timedelta(seconds=1)},
        *(event("login", days, "b") for days in range(1, 30)),
        event("view", 6, "week"),
        event("view", 29, "month"),
        event("view", 30, "gone"),
    ]
    found = activity(native(engine, events), as_of=AS_OF)
    last = found.days[-1]
    assert (last.day.isoformat(), last.dau, last.wau, last.mau) == ("2026-06-30", 2, 4, 5)
    assert len(found.days) == 30
    # days with customers: a 1, b 30, late 1, week 1, month 1
    assert found.stickiness == pytest.approx(34 / 30 / 5)
    assert not found.whole
    views = activity(native(engine, events), as_of=AS_OF, events=["View"])
    assert views.days[-1].mau == 5
    assert views.days[-2].dau == 1


def test_activity_of_nobody() -> None:
    found = activity(native("pandas", [event("view", 90)]), as_of=AS_OF)
    assert (found.days[-1].mau, found.whole) == (0, True)
    assert found.stickiness != found.stickiness
    other = activity(native("duckdb", [event("view", 90)]), as_of=AS_OF, events=["share"])
    assert (other.days[-1].mau, other.whole) == (0, False)
    with pytest.raises(JourneyError, match="no event"):
        activity(native("pandas", [event("view")]), as_of=AS_OF, events=[])


def test_active_customers_are_those_of_a_plain_count() -> None:
    rng = random.Random(5)
    came = {(f"c{rng.randrange(40)}", rng.randrange(70)) for _ in range(400)}
    found = activity(native("polars", [event("view", d, c) for c, d in came]), as_of=AS_OF)
    for ago, day in enumerate(reversed(found.days)):
        counts = [len({c for c, d in came if ago <= d < ago + width}) for width in (1, 7, 30)]
        assert [day.dau, day.wau, day.mau] == counts
    assert found.whole
