"""Segments: found again where planted, named by the rule, the same from any order of rows."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from tests.tiering.tables import ENGINES, Row, days_ago, event, native, order, rows_of, signal
from tiering.errors import PolicyError, SegmentError
from tiering.segments import (
    FIGURES,
    SEGMENT_COLUMNS,
    Clusters,
    Soundness,
    clusters,
    fit_of,
    group,
    load_segment_policy,
    named,
    segments,
    soundness,
    standardised,
)

POLICY = load_segment_policy()
TODAY = "2026-06-30"
KINDS = ("often", "reads", "promotions")


def shop(customers: int = 90) -> dict[str, list[Row]]:
    """Return a shop of three kinds: who buys often, who only reads, who buys in 618."""
    rng = random.Random(4)
    orders: list[Row] = []
    events: list[Row] = []
    for number in range(customers):
        who, kind = f"c{number:03}", KINDS[number % 3]
        if kind == "often":
            days = [rng.uniform(1, 340) for _ in range(rng.randrange(18, 30))]
        elif kind == "reads":
            days = [rng.uniform(100, 300)]
        else:  # 618 is 20 May to 20 June
            days = [rng.uniform(12, 38) for _ in range(rng.randrange(3, 6))]
        for day in days:
            amount = rng.randrange(5_000, 20_000)
            orders.append(order(len(orders), who, ordered_at=days_ago(day), amount=amount))
        seen = {"often": 4, "reads": 60, "promotions": 4}[kind]
        events += [
            event(rng.choice(["view", "like", "save"]), rng.uniform(1, 90), who)
            for _ in range(rng.randrange(seen, 2 * seen))
        ]
    return {"orders": orders, "engagement": events}


SHOP = shop()


def kind_of(segment: str) -> str:
    """Return the name without the number that tells several of one kind apart."""
    return segment.rstrip(" 0123456789")


def grouped(engine: str = "polars", tables: Mapping[str, list[Row]] = SHOP, **options: Any) -> Any:
    frames = {name: native(engine, rows) for name, rows in tables.items()}
    return segments(frames.pop("orders"), as_of=TODAY, **frames, **options)


def test_planted_kinds_are_found_and_named() -> None:
    run = grouped()
    rows = rows_of(run.table)
    assert tuple(rows[0])[: len(SEGMENT_COLUMNS)] == SEGMENT_COLUMNS
    planted = [int(row["customer_id"][1:]) % 3 for row in rows]
    kinds = [kind_of(row["segment"]) for row in rows]
    assert adjusted_rand_score(planted, kinds) == 1
    names = {KINDS[place]: kind for place, kind in zip(planted, kinds, strict=True)}
    assert names == {
        "often": "loyal",
        "reads": "content-driven",
        "promotions": "promotion-sensitive",
    }
    # readers who happened to buy in 双11 stand apart from the others
    readers = {"内容驱动1": 17, "内容驱动2": 13}
    sizes = {each.name.zh: each.customers for each in run.segments}
    assert sizes == {"忠诚型": 30, "促销敏感": 30, **readers}
    assert min(run.agreement) > 0.9
    assert run.sound.level == "reasonable"
    assert run.sound.silhouette > run.sound.chance + 0.3


def test_by_figures_the_planted_kinds_are_three() -> None:
    run = grouped(policy=replace(POLICY, made_of="figures"))
    assert run.axes == tuple(name for name in FIGURES if name in run.axes)
    assert [each.customers for each in run.segments] == [30, 30, 30]


@pytest.mark.parametrize("engine", ENGINES)
def test_engines_and_the_order_of_rows_change_nothing(engine: str) -> None:
    mixed = {name: random.Random(1).sample(rows, len(rows)) for name, rows in SHOP.items()}
    assert rows_of(grouped(engine, mixed).table) == rows_of(grouped().table)


def test_a_seed_decides_and_repeats() -> None:
    policy = replace(POLICY, seed=5)
    one, other = grouped(policy=policy), grouped(policy=policy)
    assert rows_of(one.table) == rows_of(other.table)
    assert one.agreement == other.agreement


def test_many_customers_go_in_mini_batches() -> None:
    run = grouped(policy=replace(POLICY, minibatch_from=10))
    planted = [int(row["customer_id"][1:]) % 3 for row in rows_of(run.table)]
    kinds = [kind_of(row["segment"]) for row in rows_of(run.table)]
    assert adjusted_rand_score(planted, kinds) > 0.95
    assert rows_of(run.table) == rows_of(grouped(policy=replace(POLICY, minibatch_from=10)).table)


def test_figures_by_hand() -> None:
    orders = [
        order(1, ordered_at=days_ago(15), amount=10_000),  # in 618
        order(2, ordered_at=days_ago(100), amount=30_000, refunded=10_000),
        order(3, ordered_at=days_ago(400), amount=90_000),  # before the window
        order(4, "c2", ordered_at=days_ago(9), refunded=10_000),
    ]
    said = [
        signal(1, complaint=["price"], likes=3, reposts=2),
        signal(2, channel="transcript", likes=9),
    ]
    events = [event(name) for name in ("view", "search", "add_to_cart", "share", "save")]
    run = segments(
        native("polars", orders),
        native("polars", said),
        as_of=TODAY,
        engagement=native("polars", events),
    )
    first, second = rows_of(run.table)
    assert {name: first[name] for name in FIGURES} == {
        "since_order_days": 15,
        "purchases": 2,
        "spend_fen": 30_000,
        "basket_fen": 15_000,
        "tenure_days": 400,
        "promo_share": 0.5,
        "refund_share": 0.5,
        "active_days": 1,
        "content_events": 2,
        "search_events": 1,
        "cart_events": 1,
        "share_events": 1,
        "looks_per_order": 4 / 3,
        "public_texts": 1,
        "echo": 5,
        "price_complaints": 1,
    }
    assert (second["since_order_days"], second["basket_fen"]) == (None, None)
    assert (second["purchases"], second["active_days"]) == (0, 0)


BLOB = np.random.default_rng(3).normal(size=(60, 2)) + np.repeat([[0, 0], [9, 9], [0, 9]], 20, 0)
ODD: dict[str, tuple[np.ndarray, int, tuple[str, ...], tuple[tuple[str, int], ...]]] = {
    "constant": (np.column_stack([BLOB[:, 0], np.full(60, 7.0)]), 60, ("b",), ()),
    "all unknown": (np.column_stack([BLOB[:, 0], np.full(60, np.nan)]), 60, ("b",), ()),
    "some unknown": (
        np.column_stack([BLOB[:, 0], np.where(np.arange(60) < 5, np.nan, BLOB[:, 1])]),
        60,
        (),
        (("b", 5),),
    ),
    "infinite": (
        np.column_stack([BLOB[:, 0], np.where(np.arange(60) < 1, np.inf, BLOB[:, 1])]),
        60,
        (),
        (("b", 1),),
    ),
    "one huge": (np.vstack([BLOB, [[1e15, 0]]]), 61, (), ()),
    "a column of zeros but one": (
        np.column_stack([BLOB[:, 0], (np.arange(60) == 0) * 1e6]),
        60,
        (),
        (),
    ),
}


@pytest.mark.parametrize("case", ODD)
def test_odd_columns_are_defined_and_told(case: str) -> None:
    matrix, rows, dropped, filled = ODD[case]
    found = group(("a", "b"), matrix, POLICY)
    assert found.standard.dropped == dropped
    assert found.standard.filled == filled
    assert np.isfinite(found.standard.matrix).all()
    assert np.isfinite(found.distances()).all()
    assert sum(each.customers for each in found.segments) == rows


FEW: dict[str, tuple[np.ndarray, int]] = {
    "one": (np.ones((1, 2)), 1),
    "two": (np.arange(4.0).reshape(2, 2), 1),
    "three": (np.array([[0.0, 0], [0, 9], [9, 0]]), 2),
    "all alike": (np.ones((50, 2)), 1),
    "two kinds": (np.repeat([[0.0, 0], [9, 9]], 25, 0), 1),
    "three kinds": (np.repeat([[0.0, 0], [9, 9], [0, 9]], 25, 0), 2),
}


@pytest.mark.parametrize("case", FEW)
def test_fewer_customers_than_segments(case: str) -> None:
    matrix, expected = FEW[case]
    found = group(("a", "b"), matrix, POLICY)
    assert len(found.segments) == expected
    assert len(found.found.labels) == len(matrix)


def test_the_number_of_segments_keeps_its_bounds() -> None:
    rng = np.random.default_rng(9)
    found = group(("a", "b"), rng.normal(size=(200, 2)), replace(POLICY, least=4, most=5))
    assert sorted(found.found.silhouettes) == [4, 5]
    assert len(found.segments) in (4, 5)


CENTRES: dict[str, tuple[dict[str, float], str]] = {
    "loyal": ({"purchases": 1.2, "since_order_days": -0.9, "spend_fen": 1.1}, "loyal"),
    "content": ({"content_events": 1.0, "active_days": 1.0}, "content-driven"),
    "social": ({"share_events": 1.0, "public_texts": 0.8, "echo": 1.0}, "social-driven"),
    "promotions": ({"promo_share": 1.0}, "promotion-sensitive"),
    "decision": ({"search_events": 1.0, "looks_per_order": 1.5, "purchases": -0.5}, "decision"),
    "price": ({"basket_fen": -1.2, "price_complaints": 1.0}, "price-sensitive"),
    "nobody in particular": ({"purchases": 0.2}, "ordinary"),
    "just below": ({"promo_share": 0.299}, "ordinary"),
    "at the line": ({"promo_share": 0.3}, "promotion-sensitive"),
    "the better of two": ({"promo_share": 0.7, "content_events": 2.0}, "content-driven"),
}


@pytest.mark.parametrize("case", CENTRES)
def test_names_by_the_written_rule(case: str) -> None:
    centre, expected = CENTRES[case]
    matrix = np.array([[centre.get(name, 0.0) for name in FIGURES]])
    (name,) = named(FIGURES, matrix, FIGURES, POLICY)
    assert name.name == expected


def test_no_name_stands_twice_without_a_number() -> None:
    column = ("promo_share",)
    names = named(column, np.array([[2.0], [1.0], [0.0]]), column, POLICY)
    assert [each.name for each in names] == [
        "promotion-sensitive 1",
        "promotion-sensitive 2",
        "ordinary",
    ]
    assert [each.zh for each in names] == ["促销敏感1", "促销敏感2", "普通型"]


def test_a_profile_of_which_too_little_was_measured_is_out() -> None:
    profile = {"share_events": 1.0, "public_texts": 1.0, "echo": 1.0}
    assert fit_of(profile, {"share_events": 3.0}) is None
    assert fit_of(profile, {"share_events": 3.0, "echo": 1.0}) == 2.0


def test_columns_are_comparable() -> None:
    heavy = np.random.default_rng(1).lognormal(3, 2, size=(5_000, 1))
    found = standardised(("spend_fen",), heavy).matrix[:, 0]
    assert abs(found.mean()) < 0.01
    assert found.std() == pytest.approx(1, abs=0.01)
    assert abs(np.mean(found**3)) < 0.1
    assert (np.argsort(found, kind="stable") == np.argsort(heavy[:, 0], kind="stable")).all()


REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "nobody": (lambda: grouped(tables={"orders": [order(1, ordered_at=days_ago(-3))]}), "0, "),
    "no rows": (lambda: group(("a",), np.empty((0, 1)), POLICY), "shape (0, 1)"),
    "names": (lambda: group(("a",), np.ones((3, 2)), POLICY), "with 1 names"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_grouped_is_refused(case: str) -> None:
    make, said = REFUSED[case]
    with pytest.raises(SegmentError) as caught:
        make()
    assert said in str(caught.value)
    assert "请至少提供一位顾客" in caught.value.text("zh")


def chosen(matrix: np.ndarray) -> Soundness:
    return soundness(clusters(matrix, replace(POLICY, refits=5)))


def test_a_cloud_without_groups_is_told_as_one() -> None:
    cloud = np.random.default_rng(2).normal(size=(300, 8))
    assert chosen(cloud).level == "none"
    assert "use the figures themselves" in chosen(cloud).reason().en


def test_two_columns_of_any_cloud_look_like_groups_and_are_not_believed() -> None:
    flat = chosen(np.random.default_rng(2).normal(size=(300, 2)))
    assert flat.silhouette > 0.3  # by the silhouette alone: weak structure
    assert flat.silhouette - flat.chance < 0.03
    assert flat.level == "none"


LEVELS = {
    "strong": (0.8, 0.2, 0.95, "strong"),
    "reasonable": (0.6, 0.2, 0.95, "reasonable"),
    "not found again": (0.8, 0.2, 0.5, "weak"),
    "nearly as much by chance": (0.8, 0.65, 0.95, "weak"),
    "weak": (0.3, 0.1, 0.95, "weak"),
    "none": (0.2, 0.1, 0.95, "none"),
    "as by chance": (0.4, 0.4, 0.95, "none"),
}


@pytest.mark.parametrize("case", LEVELS)
def test_how_far_segments_can_be_believed(case: str) -> None:
    silhouette, chance, agreement, level = LEVELS[case]
    labels, centres = np.array([0, 1, 1]), np.zeros((2, 1))
    found = Clusters(labels, centres, {2: silhouette}, {2: chance}, (agreement,))
    assert soundness(found).level == level
    assert soundness(found).reason().zh


def test_a_figure_of_no_profile_is_an_axis_of_its_own() -> None:
    names, matrix = ("promo_share", "shoe_size"), BLOB
    found = group(names, matrix, POLICY)
    assert found.axes == ("promotion-sensitive", "shoe_size")
    assert found.places.shape == (60, 2)
    assert group(("a", "b"), matrix, POLICY).axes == ("a", "b")


BAD = {
    "made of": ("made_of: profiles", "made_of: moods", "made_of: moods cannot be used"),
    "bounds": ("least: 3", "least: 9", "most: [9, 8] cannot be used"),
    "sample": ("sample: 2000", "sample: 5", "sample: 5 cannot be used; allowed: >= 16"),
    "smallest": ("smallest: 0.02", "smallest: 0.5", "smallest: 0.5 cannot be used"),
    "seed": ("seed: 0", "seed: -1", "seed: -1 cannot be used"),
    "refits": ("refits: 20", "refits: -1", "refits: -1 cannot be used"),
    "batches": ("minibatch_from: 100000", "minibatch_from: 0", "minibatch_from: 0 cannot"),
    "figure": ("{promo_share: 1}", "{promos: 1}", "names[3].profile: ['promos'] cannot be used"),
    "no weight": ("{promo_share: 1}", "{promo_share: 0}", "names[3].profile: "),
    "twice": ("name: decision", "name: loyal", "names: "),
    "key": ("refits: 20", "refit: 20", "refit: this key is not known"),
}


@pytest.mark.parametrize("case", BAD)
def test_policies_that_cannot_be_used(case: str, tmp_path: Path) -> None:
    old, new, said = BAD[case]
    shipped = (Path(__file__).parents[3] / "tiering/segments/segments.yaml").read_text("utf-8")
    assert old in shipped
    path = tmp_path / "mine.yaml"
    path.write_text(shipped.replace(old, new), encoding="utf-8")
    with pytest.raises(PolicyError) as caught:
        load_segment_policy(path)
    assert f"{path}, {said}" in str(caught.value)
