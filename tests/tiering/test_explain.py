"""Every point of a score comes from an input: parts add up, on every engine, for everybody."""

from dataclasses import replace
from types import MappingProxyType
from typing import Any

import pytest

import tiering
from tests.tiering.tables import ENGINES, days_ago, event, market, native, order, rows_of, signal
from tiering.errors import ContractError, PolicyError
from tiering.policy import InfluenceWeights, RfmWeights, Season, Weights

LAST_DAY = "2026-06-30"
SHIPPED = tiering.load_policy()
EVERY_DIMENSION = replace(
    SHIPPED,
    rfm=replace(SHIPPED.rfm, weights=RfmWeights(0.25, 0.25, 0.25, ability=0.25)),
    influence=replace(SHIPPED.influence, weights=InfluenceWeights(0.3, 0.1, 0.1, 0.3, opinion=0.2)),
    weights=Weights(0.4, 0.1, 0.1, 0.1, 0.1, 0.1, 0.1),
    decay=MappingProxyType({"order": 200.0, "view": 7.0, "complaint": 30.0, "post": 20.0}),
    promotions=(Season("618", "618年中大促", "05-20", "06-20", 0.5),),
    industry="美妆",
)
POLICIES = {"shipped": SHIPPED, "all": EVERY_DIMENSION}


def frames(engine: str = "polars") -> dict[str, Any]:
    return {name: native(engine, rows) for name, rows in market().items()}


@pytest.mark.parametrize("policy", POLICIES)
def test_the_parts_add_up_to_the_score(policy: str) -> None:
    rules = POLICIES[policy]
    scores = rows_of(tiering.score(**frames(), as_of=LAST_DAY, policy=rules))
    names = [row["customer_id"] for row in scores]
    told = tiering.explain(**frames(), customers=names, as_of=LAST_DAY, policy=rules)
    for row in scores:
        parts = told[row["customer_id"]]
        assert sum(part.gives for part in parts) == pytest.approx(row["score"], abs=1e-9)
        for name in {part.dimension for part in parts} - {"score"}:
            points = sum(part.points for part in parts if part.dimension == name)
            assert points == pytest.approx(row[name], abs=1e-9)
            # what is not explained by an input is the writing to a millionth, but at the ends
            held = next(p.points for p in parts if (p.dimension, p.measure) == (name, "held"))
            assert abs(held) < 1e-6 or row[name] in (0.0, 100.0)
        assert abs(parts[-1].gives) < 1e-6


@pytest.mark.parametrize("engine", ENGINES[1:])
def test_every_dimension_is_the_same_on_every_engine(engine: str) -> None:
    scores = [
        rows_of(tiering.score(**frames(each), as_of=LAST_DAY, policy=EVERY_DIMENSION))
        for each in ("pandas", engine)
    ]
    assert scores[0] == scores[1]
    assert len({row["content"] for row in scores[0]}) > 5
    assert len({row["community"] for row in scores[0]}) > 2
    assert len({row["risk"] for row in scores[0]}) > 3


# recency 10 days 93.33 points, one order 20, 100 yuan 20 (see test_rfm); .55 of the .80 that
# orders, posts and experience share
def test_one_order_by_hand() -> None:
    tables = {"orders": [order(1)], "signals": [signal(1, customer_id="c2")]}
    told = tiering.explain(
        **{name: native("polars", rows) for name, rows in tables.items()},
        customers=["c1"],
        as_of=LAST_DAY,
    )["c1"]
    share = 0.55 / 0.80
    by = {(part.dimension, part.measure): part for part in told}
    assert by["commercial", "recency"].figure == 10
    assert by["commercial", "recency"].gives == pytest.approx(0.3 * 280 / 3 * share)
    assert by["commercial", "frequency"].gives == pytest.approx(0.3 * 20 * share)
    assert by["commercial", "monetary"].figure == 10_000
    assert by["experience", "no_sign"].gives == pytest.approx(60 * 0.15 / 0.80)


def test_whoever_is_in_no_table_is_named() -> None:
    with pytest.raises(ContractError, match="nobody are in none"):
        tiering.explain(**frames(), customers=["nobody"], as_of=LAST_DAY)


def dimension(name: str, rows: dict[str, list[Any]]) -> float:
    given = replace(tiering.load_policy(), weights=Weights(0, 0, 0, 0, **{name: 1.0}))
    tables = {table: native("polars", cells) for table, cells in rows.items()}
    (row,) = (
        each
        for each in rows_of(tiering.score(**tables, as_of=LAST_DAY, policy=given))
        if each["customer_id"] == "c1"
    )
    assert row["score"] == row[name]
    return float(row[name])


ASIDE = {"orders": [order(9, "c9")], "signals": [signal(9, customer_id="c9")]}
BY_HAND = {
    # no text: nothing written; neutral; no sign
    "content of the silent": ("content", {"orders": [order(1)], "signals": ASIDE["signals"]}, 0.0),
    "community of the silent": (
        "community",
        {"orders": [order(1)], "signals": ASIDE["signals"]},
        60.0,
    ),
    "risk of the silent": ("risk", {"orders": ASIDE["orders"], "signals": [signal(1)]}, 100.0),
    # one post: 20; 20 letters: 50; 10 likes today: 15; .3 * 20 + .4 * 50 + .3 * 15
    "one post": (
        "content",
        {"orders": ASIDE["orders"], "signals": [signal(1, masked_text="好" * 20, likes=10)]},
        30.5,
    ),
    "an advert is no content": (
        "content",
        {"orders": ASIDE["orders"], "signals": [signal(1, spam=True, likes=10)]},
        0.0,
    ),
    # answers to others 1: 8, suggestions 1: 5; the answer under an own post does not count
    "who answers others": (
        "community",
        {
            "orders": ASIDE["orders"],
            "signals": [
                *ASIDE["signals"],
                signal(1, parent_id="s9"),
                signal(2, parent_id="s1", intents=["suggestion"]),
            ],
        },
        73.0,
    ),
    # half of the texts are adverts: 60 - 30
    "adverts": (
        "community",
        {"orders": ASIDE["orders"], "signals": [signal(1, spam=True), signal(2)]},
        30.0,
    ),
    # 2 of 4 orders paid back: 30; two are too few to say anything
    "refunds": (
        "risk",
        {
            "orders": [order(n, refunded=5_000 * (n < 2)) for n in range(4)],
            "signals": ASIDE["signals"],
        },
        70.0,
    ),
    "too few refunds": (
        "risk",
        {"orders": [order(n, refunded=5_000) for n in range(2)], "signals": ASIDE["signals"]},
        100.0,
    ),
    # five device changes: 15
    "devices": (
        "risk",
        {
            "orders": [order(1)],
            "signals": ASIDE["signals"],
            "engagement": [event("device", n) for n in range(5)],
        },
        85.0,
    ),
}


@pytest.mark.parametrize("case", BY_HAND)
def test_a_dimension_by_hand(case: str) -> None:
    name, rows, points = BY_HAND[case]
    assert dimension(name, rows) == pytest.approx(points)


def test_weights_that_lie_on_tables_not_given_are_refused() -> None:
    only = replace(tiering.load_policy(), weights=Weights(0, 0, 0, 1.0))
    tables = {"orders": native("polars", [order(1)]), "signals": native("polars", [signal(1)])}
    with pytest.raises(PolicyError, match="add up to 0; give the other tables"):
        tiering.score(**tables, as_of=LAST_DAY, policy=only)


def test_old_orders_fade_where_the_policy_says_so() -> None:
    fading = replace(tiering.load_policy(), decay=MappingProxyType({"order": 10.0}))
    (row,) = rows_of(
        tiering.rfm(native("polars", [order(1), order(2, ordered_at=days_ago(20))]),
                    as_of=LAST_DAY, policy=fading)
    )  # fmt: skip
    assert (row["frequency"], row["monetary"]) == (2, 20_000)
    assert row["counted_orders"] == pytest.approx(0.5 + 0.25)
    assert row["counted_fen"] == 5_000 + 2_500


def test_what_a_policy_does_not_ask_for_changes_nothing() -> None:
    shipped = tiering.load_policy()
    bare = replace(
        shipped,
        **dict.fromkeys(("content", "community", "risk"), None),
        decay=MappingProxyType({}),
        promotions=(),
        industries=MappingProxyType({}),
    )
    rows, plain = (
        rows_of(tiering.score(**frames(), as_of=LAST_DAY, policy=policy))
        for policy in (shipped, bare)
    )
    for row, other in zip(rows, plain, strict=True):
        assert row | {"policy_version": ""} == other | {"policy_version": ""}
        assert (row["content"], row["community"], row["risk"]) == (None, None, None)
        assert (row["tier"], row["runs_beyond"]) == (row["score_tier"], 0)
