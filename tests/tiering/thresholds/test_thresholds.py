"""Cuts by dynamic programming: equal to every possibility tried, and every refusal."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations_with_replacement
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from tests.tiering.tables import native
from tiering import load_policy, moment_of
from tiering.curves import Curve
from tiering.errors import CutsError
from tiering.frames import collect, open_frame
from tiering.policy import Stability
from tiering.policy_rules import broken_rules
from tiering.stability import open_previous, with_tier
from tiering.thresholds import (
    Cuts,
    Grid,
    MoveCosts,
    Offer,
    Offers,
    best_cuts,
    gains,
    load_offers,
    recalibration,
    simulation,
    with_cuts,
)

NAMES = ("strategic", "core", "potential", "basic")


def tried(grid: Grid, capacities: list[int | None]) -> Iterator[tuple[int, tuple[int, ...]]]:
    """Yield total and ends of every way to part the groups into ordered tiers."""
    groups, last = len(grid.scores), len(capacities) - 1
    for inner in combinations_with_replacement(range(groups + 1), last):
        ends = (*inner, groups)
        starts = (0, *inner)
        held = [grid.customers[i:j].sum() for i, j in zip(starts, ends, strict=True)]
        fits = all(c is None or n <= c for n, c in zip(held, capacities, strict=True))
        zero_above = last > 0 and grid.scores[-1] == 0 and inner[-1] == groups
        if fits and not zero_above:
            parts = enumerate(zip(starts, ends, strict=True))
            yield int(sum(grid.gains[i:j, t].sum() for t, (i, j) in parts)), ends


def drawn(seed: int) -> tuple[Grid, list[int | None], np.ndarray[Any, Any]]:
    rng = np.random.default_rng(seed)
    scores = rng.integers(0, 12, size=rng.integers(1, 25)) * rng.choice([0.5, 7.3])
    tiers = int(rng.integers(1, 5))
    distinct, counts = np.unique(-scores, return_counts=True)
    worth = rng.integers(-900, 900, size=(len(distinct), tiers))
    grid = Grid(-distinct, counts.astype(np.int64), worth.astype(np.int64))
    room = [int(rng.integers(0, 15)) if rng.random() < 0.6 else None for _ in range(tiers)]
    return grid, room, scores


@pytest.mark.parametrize("seed", range(300))
def test_no_other_way_to_cut_brings_more(seed: int) -> None:
    grid, room, scores = drawn(seed)
    ways = list(tried(grid, room))
    if not ways:
        with pytest.raises(CutsError):
            best_cuts(grid, room)
        return
    found = best_cuts(grid, room)
    most = max(total for total, _ in ways)
    assert found.total == most
    # of equally good ways that with the fewest in the better tiers
    fewest = min(ends for total, ends in ways if total == most)
    people = np.append(0, np.cumsum(grid.customers))
    assert tuple(np.cumsum(found.customers)) == tuple(people[list(fewest)])
    # the cuts are an ordered ladder, give just those tiers, and part no equal scores
    assert list(found.at_least) == sorted(set(found.at_least), reverse=True)
    assert found.at_least[-1] == 0
    tiers = found.tier_of(scores).tolist()
    assert tuple(np.bincount(tiers, minlength=len(room))) == found.customers
    assert all(c is None or n <= c for n, c in zip(found.customers, room, strict=True))
    assert len(set(zip(scores.tolist(), tiers, strict=True))) == len(set(scores.tolist()))


def offers(**changes: Any) -> Offers:
    """Three euros of benefit a point at the top, two, one, none; the top serves two."""
    tiers = (
        Offer("strategic", 20_000, Curve(((0, 0), (100, 30_000))), capacity=2),
        Offer("core", 8_000, Curve(((0, 0), (100, 20_000)))),
        Offer("potential", 1_000, Curve(((0, 0), (100, 10_000)))),
        Offer("basic", 0),
    )
    return replace(Offers(tiers), **changes)


def test_by_hand() -> None:
    # per customer: strategic 300 s - 20000, core 200 s - 8000, potential 100 s - 1000: potential
    # pays from 10, core beats it from 70, and strategic would from 120, which nobody has
    scores = [5, 10, 50, 69, 71, 90, 100]
    plan = best_cuts(gains(scores, offers()), [2, None, None, None], NAMES)
    assert plan.customers == (0, 3, 2, 2)
    assert plan.at_least == (101, 71, 50, 0)  # at 10 both bring nothing
    assert plan.total == 200 * (71 + 90 + 100) - 3 * 8_000 + 100 * (50 + 69) - 2 * 1_000
    assert plan.reasons[1].en == (
        "below it core brings no more than potential: last in ¥+1.00, next out ¥-1.00 a customer"
    )
    assert "每人" in plan.reasons[1].zh


def test_a_full_tier_says_so() -> None:
    cheap = offers(tiers=(replace(offers().tiers[0], cost=0), *offers().tiers[1:]))
    plan = best_cuts(gains([80, 90, 95, 99], cheap), [2, None, None, None], NAMES)
    assert plan.customers == (2, 2, 0, 0)
    assert plan.reasons[0].en.startswith("strategic is full (2 of 2): last in ¥+")
    assert plan.reasons[0].zh.startswith("strategic 名额已满（2/2）")


def test_a_tier_that_must_take_more_than_pays_says_so() -> None:
    dear = Offers((Offer("a", 500), Offer("b", 0, capacity=1)))
    plan = best_cuts(gains([1, 2], dear), [None, 1], ["a", "b"])
    assert plan.customers == (1, 1)
    assert plan.reasons[0].en.startswith("what lies below is full, so a takes more than pays")


def test_what_a_customer_is_worth_counts_by_the_uplift() -> None:
    lifted = Offers((Offer("a", 100, uplift=0.1), Offer("b", 0)))
    grid = gains([1, 1, 2], lifted, values=[500, 1_500, 3_000])
    assert grid.gains[:, 0].tolist() == [200, 0]
    assert grid.customers.tolist() == [1, 2]


def test_moving_costs_keep_customers_where_they_are() -> None:
    pair = (Offer("a", 100, Curve(((0, 0), (100, 200)))), Offer("b", 0))  # a pays from 50
    scores, current = [45.0, 55.0], [0, 1]
    free = best_cuts(gains(scores, Offers(pair), current=current), [None, None])
    assert free.tier_of(scores).tolist() == [1, 0]
    dear = Offers(pair, MoveCosts(up=5, down=30))
    kept = best_cuts(gains(scores, dear, current=current), [None, None])
    assert kept.tier_of(scores).tolist() == [0, 0]  # 45 stays for -10 rather than fall for -30
    assert kept.total == -10 + 10 - 5


def test_one_customer_and_all_equal_scores() -> None:
    pair = Offers((Offer("a", 100, Curve(((0, 0), (100, 200)))), Offer("b", 0)))
    assert best_cuts(gains([60.0], pair), [None, None]).customers == (1, 0)
    assert best_cuts(gains([40.0], pair), [None, None]).customers == (0, 1)
    assert best_cuts(gains([60.0] * 9, pair), [9, None]).customers == (9, 0)
    assert best_cuts(gains([60.0] * 9, pair), [8, None]).customers == (0, 9)


def test_scores_closer_than_a_millionth_are_equal() -> None:
    pair = Offers((Offer("a", 0), Offer("b", 0)))
    assert len(gains([0.1 + 0.2, 0.3], pair).scores) == 1


@pytest.mark.parametrize(
    ("scores", "room", "en", "zh"),
    [
        ([1, 2, 3], [1, 1], "the tiers hold 2 customers", "各层共可容纳 2 位"),
        ([5, 5, 5, 1], [2, 2], "3 customers score 5, and no cuts fit", "3 位顾客得分同为 5"),
    ],
    ids=["too small", "ties do not fit"],
)
def test_capacities_that_cannot_hold_everybody(
    scores: list[float], room: list[int | None], en: str, zh: str
) -> None:
    pair = Offers((Offer("a", 0), Offer("b", 0)))
    with pytest.raises(CutsError, match=en) as caught:
        best_cuts(gains(scores, pair), room, ["a", "b"])
    assert zh in caught.value.text("zh")


BAD_SCORES = {
    "nobody": ([], None, "nothing to cut"),
    "nan": ([1.0, float("nan")], None, "not finite"),
    "infinite": ([float("inf")], None, "not finite"),
    "below 0": ([-1.0], None, "below 0"),
    "uplift without values": ([1.0], None, "have an uplift"),
    "values of others": ([1.0], [1.0, 2.0], "have an uplift"),
}


@pytest.mark.parametrize("case", BAD_SCORES)
def test_scores_that_cannot_be_cut(case: str) -> None:
    scores, values, said = BAD_SCORES[case]
    lifted = Offers((Offer("a", 0, uplift=0.1 if "uplift" in case else 0.0), Offer("b", 0)))
    if case == "values of others":
        lifted = Offers((Offer("a", 0, uplift=0.1), Offer("b", 0)))
    with pytest.raises(CutsError, match=said):
        gains(scores, lifted, values=values)


def test_sums_beyond_whole_numbers_are_refused() -> None:
    with pytest.raises(CutsError, match="check the units"):
        gains([1.0] * 10, Offers((Offer("a", 1e18), Offer("b", 0))))


def test_alternatives_tell_what_they_bring_and_whom_they_move() -> None:
    rng = np.random.default_rng(3)
    many = offers(tiers=(replace(offers().tiers[0], cost=1_000, capacity=20), *offers().tiers[1:]))
    grid = gains(rng.uniform(0, 100, 400), many)
    plan = best_cuts(grid, [20, None, None, None], NAMES)
    found = {each.change.en: each for each in simulation(grid, many, plan)}
    more = found["strategic capacity +10% (20 → 22)"]
    assert (more.up, more.down) == (2, 0)
    assert more.gain > 0
    assert found["strategic capacity -10% (20 → 18)"].gain < 0
    dearer = found["core cost +10% (8,000 → 8,800)"]
    assert dearer.gain < 0
    assert dearer.down > 0
    assert len(found) == 2 + 3 * 2  # one capacity, three costs that are not 0
    assert all(each.change.zh for each in found.values())


def test_an_alternative_that_cannot_be_is_told() -> None:
    pair = Offers((Offer("a", 0, capacity=10), Offer("b", 0, capacity=10)))
    grid = gains(np.arange(20.0), pair)
    found = simulation(grid, pair, best_cuts(grid, [10, 10]))
    assert [each.cuts is None for each in found] == [True, False, True, False]


def test_recalibration_tells_who_moved_from_whom_the_cut_moved() -> None:
    ladder = load_policy().tiers  # 70, 50, 30, 0
    rich = replace(offers().tiers[0], cost=0, capacity=1)
    scores = [90.0, 72.0, 55.0, 20.0, 0.0]
    plan = best_cuts(
        gains(scores, offers(tiers=(rich, *offers().tiers[1:]))), [1, None, None, None], NAMES
    )
    assert plan.at_least == (90, 72, 20, 0)
    today = ["strategic", "strategic", "core", "basic", "core"]
    found = recalibration(list("abcde"), scores, today, ladder, plan)
    by = {move.customer: (move.tier, move.proposed, move.cause) for move in found.moves}
    assert by == {
        "b": ("strategic", "core", "cut"),
        "c": ("core", "potential", "cut"),
        "d": ("basic", "potential", "cut"),
        "e": ("core", "basic", "own_score"),
    }
    assert found.by_cause() == {"own_score": 1, "cut": 3}
    said = {move.customer: move.reason.en for move in found.moves}
    assert said["b"] == "score 72.0; the cut of strategic goes from 70 to 90"
    assert said["e"] == "score 0.0 crosses core at 50 already today"


HELD = {
    "one run": (Stability(margin=9, runs=1), ""),
    "no margin": (Stability(margin=0, runs=3), ""),
    "a small margin": (Stability(margin=1, runs=3), "u"),
    "a large one": (Stability(margin=6, runs=3), "ud"),
}


@pytest.mark.parametrize("case", HELD)
def test_hysteresis_holds_whom_it_would_hold_in_the_next_run(case: str) -> None:
    stability, held = HELD[case]
    ladder, cuts = load_policy().tiers, Cuts((60, 40, 20, 0), (), 0, ())
    people, scores, today = list("udx"), [60.5, 35.0, 80.0], ["core", "core", "basic"]
    found = recalibration(people, scores, today, ladder, cuts, stability)
    assert "".join(move.customer for move in found.moves if move.is_held) == held
    assert (len(found.moves), found.held()) == (3, len(held))
    # the same tiers as a run by the new cuts with the run before
    policy = replace(load_policy(), tiers=with_cuts(load_policy(), cuts, "x").tiers)
    rows = [{"customer_id": who, "score": score} for who, score in zip(people, scores, strict=True)]
    before = [
        {"customer_id": who, "tier": tier, "runs_beyond": 0, "as_of": "2026-03-31"}
        for who, tier in zip(people, today, strict=True)
    ]
    frame = open_frame(native("polars", rows), ["customer_id", "score"])
    earlier = open_previous(
        native("polars", before), replace(policy, stability=stability), moment_of("2026-06-30")
    )
    run = with_tier(frame, earlier, replace(policy, stability=stability))
    kept = {row["customer_id"] for row in collect(run).to_pylist() if row["tier"] == "core"}
    assert kept & {"u", "d"} == set(held)


def test_new_cuts_make_a_policy_that_obeys_the_rules() -> None:
    scores = np.random.default_rng(1).uniform(0, 100, 500)
    plan = best_cuts(gains(scores, offers()), [2, None, None, None], NAMES)
    policy = with_cuts(load_policy(), plan, "mine")
    assert list(broken_rules(policy)) == []
    assert tuple(tier.at_least for tier in policy.tiers) == plan.at_least


def written(tmp_path: Path, data: object) -> Path:
    path = tmp_path / "offers.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    return path


def plain(**changes: Any) -> dict[str, Any]:
    tiers: list[dict[str, Any]] = [{"name": name, "cost": 10} for name in NAMES]
    tiers[0] |= changes
    return {"tiers": tiers}


def test_offers_are_read_with_defaults(tmp_path: Path) -> None:
    read = load_offers(written(tmp_path, plain(capacity=5, benefit=[[0, 0], [100, 50]])), NAMES)
    assert read.tiers[0].capacity == 5
    assert read.tiers[1] == Offer("core", 10.0)
    assert read.move == MoveCosts()


BAD_OFFERS = {
    "unknown key": (plain(price=1), "tiers[0].price"),
    "no cost": ({"tiers": [{"name": "strategic"}]}, "tiers[0].cost: this key is missing"),
    "other tiers": ({"tiers": [{"name": "gold", "cost": 1}]}, "['gold'] must be the tiers"),
    "curve falls back": (plain(benefit=[[5, 1], [1, 2]]), "strategic.benefit"),
    "below 0": (plain(cost=-5), "strategic.cost"),
    "huge": (plain(cost=10**13), "strategic.cost"),
    "nan": (plain(cost=float("nan")), "tiers[0].cost: nan must be a finite number"),
    "capacity below 0": (plain(capacity=-1), "strategic.capacity"),
    "half a customer": (plain(capacity=1.5), "whole number"),
    "list": ([], "section of keys"),
}


@pytest.mark.parametrize("case", BAD_OFFERS)
def test_offers_that_cannot_be_used(case: str, tmp_path: Path) -> None:
    data, said = BAD_OFFERS[case]
    with pytest.raises(CutsError) as caught:
        load_offers(written(tmp_path, data), NAMES)
    assert said in str(caught.value)


def test_offers_that_are_no_yaml(tmp_path: Path) -> None:
    with pytest.raises(CutsError, match="cannot be read as offers"):
        load_offers(tmp_path / "none.yaml", NAMES)
