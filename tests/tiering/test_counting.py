"""Promotion seasons, half-lives and industries: what an order counts, by the calendar."""

from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any

import pytest

import tiering
from tests.tiering.tables import ENGINES, days_ago, event, native, order, rows_of, signal
from tiering.in_force import in_force
from tiering.policy import Industry, Season
from tiering.seasons import broken_seasons
from tiering.times import CHINA

SHIPPED = tiering.load_policy()


def counted(at: datetime, *seasons: Season, engine: str = "polars") -> Any:
    policy = replace(SHIPPED, promotions=seasons)
    frame = native(engine, [order(1, ordered_at=at)])
    (row,) = rows_of(tiering.rfm(frame, as_of="2026-06-30", policy=policy))
    assert (row["frequency"], row["monetary"]) == (1, 10_000)
    return row["counted_orders"], row["counted_fen"]


def noon(month: int, day: int, year: int = 2026) -> datetime:
    return datetime(year, month, day, 12, tzinfo=CHINA)


JUNE = Season("618", "618", "05-20", "06-20", 0.6)
TURN = Season("turn", "跨年", "12-25", "01-03", 0.5)
GOODS = Season("new_year_goods", "年货节", "2026-01-19", "2026-02-16", 0.25)
DAYS = {
    "first day": (noon(5, 20), JUNE, 0.6),
    "last day": (noon(6, 20), JUNE, 0.6),
    "last minute in China": (datetime(2026, 6, 20, 23, 59, tzinfo=CHINA), JUNE, 0.6),
    "the day after": (noon(6, 21), JUNE, 1.0),
    "the day before": (noon(5, 19), JUNE, 1.0),
    "the year before": (noon(7, 5, 2025), Season("july", "七月", "07-01", "07-10", 0.6), 0.6),
    "over the turn, before": (noon(12, 31, 2025), TURN, 0.5),
    "over the turn, after": (noon(1, 3), TURN, 0.5),
    "after the turn": (noon(1, 4), TURN, 1.0),
    "dated": (noon(2, 16), GOODS, 0.25),
    "dated, the day after": (noon(2, 17), GOODS, 1.0),
    "counts nothing": (noon(6, 1), replace(JUNE, coefficient=0.0), 0.0),
}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("case", DAYS)
def test_what_an_order_counts(case: str, engine: str) -> None:
    at, season, coefficient = DAYS[case]
    orders, fen = counted(at, season, engine=engine)
    assert orders == pytest.approx(coefficient, abs=1e-6)
    assert fen == pytest.approx(10_000 * coefficient, abs=1)


def test_the_first_season_that_holds_the_day_counts() -> None:
    assert counted(noon(6, 1), replace(JUNE, coefficient=1.0), JUNE)[0] == 1.0


def test_ten_billion_yuan_are_counted_without_overflow() -> None:
    policy = replace(SHIPPED, promotions=(replace(JUNE, coefficient=0.5),))
    orders = [order(n, amount=10**12, ordered_at=noon(6, 1)) for n in range(50)]
    (row,) = rows_of(tiering.rfm(native("polars", orders), as_of="2026-06-30", policy=policy))
    assert row["counted_fen"] == 25 * 10**12


BAD_SEASONS = {
    "no day": Season("x", "x", "05-40", "06-01", 1),
    "no month": Season("x", "x", "2026-13-01", "2026-13-02", 1),
    "backwards": Season("x", "x", "2026-02-02", "2026-01-01", 1),
    "mixed": Season("x", "x", "05-20", "2026-06-01", 1),
    "words": Season("x", "x", "June", "July", 1),
    "coefficient": replace(JUNE, coefficient=9),
}


@pytest.mark.parametrize("case", BAD_SEASONS)
def test_a_season_that_cannot_be_used(case: str) -> None:
    ((key, en, zh),) = broken_seasons([BAD_SEASONS[case]])
    assert key.startswith("promotions[0]")
    assert en != zh


def test_the_shipped_seasons_are_sound_and_change_nothing() -> None:
    assert list(broken_seasons(SHIPPED.promotions)) == []
    assert {"618", "double11", "new_year_goods"} <= {each.name for each in SHIPPED.promotions}
    assert all(each.coefficient == 1 for each in SHIPPED.promotions)


def engaged(decay: dict[str, float]) -> dict[str, Any]:
    tables = {
        "orders": [order(1, "c2")],
        "signals": [signal(1, customer_id="c2")],
        "engagement": [event("view", 0), event("view", 7), event("share", 7)],
    }
    policy = replace(SHIPPED, decay=MappingProxyType(decay))
    told = tiering.explain(
        **{name: native("polars", rows) for name, rows in tables.items()},
        customers=["c1"],
        as_of="2026-06-30",
        policy=policy,
    )["c1"]
    return {part.measure: part.figure for part in told if part.dimension == "engagement"}


def test_each_kind_of_event_fades_by_its_own_half_life() -> None:
    assert engaged({})["actions"] == 1 + 1 + 5
    assert engaged({"view": 7})["actions"] == pytest.approx(1 + 0.5 + 5, abs=1e-5)
    assert engaged({"view": 7, "share": 3.5})["actions"] == pytest.approx(1.5 + 1.25, abs=1e-5)


def test_complaints_fade_apart_from_opinions() -> None:
    bad = {"sentiment": "negative", "intents": ["complaint"], "severity": 3}
    tables = {
        "orders": native("polars", [order(1)]),
        "signals": native("polars", [signal(1, **bad, created_at=days_ago(60))]),
    }
    plain, fading = (
        rows_of(
            tiering.score(
                **tables,
                as_of="2026-06-30",
                policy=replace(SHIPPED, decay=MappingProxyType(decay)),
            )
        )[0]["experience"]
        for decay in ({}, {"complaint": 30.0})
    )
    assert fading - plain == pytest.approx(20 * (0.5 - 0.25), abs=1e-4)


def test_an_industry_stretches_recency_and_shifts_weights() -> None:
    slow = replace(
        SHIPPED,
        industry="家电",
        industries=MappingProxyType({"家电": Industry(2.0, MappingProxyType({"experience": 2.0}))}),
    )
    rules = in_force(slow)
    assert rules.rfm.recency.points(60) == SHIPPED.rfm.recency.points(30)
    assert rules.weights.experience == pytest.approx(0.30 / 1.15)
    assert rules.weights.commercial == pytest.approx(0.55 / 1.15)
    assert in_force(SHIPPED) == SHIPPED
