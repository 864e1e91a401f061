"""Credit of channels: the published check value, small chains by hand, and a simulation."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tiering.attribution import (
    Conversion,
    Path,
    Touch,
    attribution,
    chain_of,
    paths_of,
    removal_effects,
)
from tiering.errors import JourneyError


def path(text: str, conversions: float = 1, value: float = 0, nulls: float = 0) -> Path:
    return Path(tuple(text.split(">")) if text else (), conversions, value, nulls)


def earned(paths: list[Path], order: int = 1) -> dict[str, float]:
    return {each.channel: each.conversions for each in attribution(paths, order).credits}


# the README of pychattr: a simulation there gives A 1.991106, B 1.008894
PYCHATTR = [path("A>B>A>B>B>A"), path("A>B>B>A>A"), path("A>A")]


def test_the_published_check_value() -> None:
    found = attribution(PYCHATTR)
    assert {c.channel: c.removal for c in found.credits} == pytest.approx({"A": 1.0, "B": 0.5})
    assert {c.channel: c.conversions for c in found.credits} == pytest.approx({"A": 2.0, "B": 1.0})
    a, b = found.credits
    assert dict(a.by_rule) == {
        "last": (3.0, 0.0),
        "first": (3.0, 0.0),
        "linear": (pytest.approx(0.5 + 0.6 + 1), 0.0),
    }
    assert b.by_rule["linear"][0] == pytest.approx(0.5 + 0.4)


BY_HAND = {
    # start 2/3 A 1/3 B; A -> B, B -> order half: without A 1/6 of 1/2 stays, without B nothing
    "null path": ([path("A>B", 1, nulls=1), path("B", 0.5, nulls=0.5)], {"A": 2 / 3, "B": 1.0}),
    "islands": ([path("A", 3), path("B", 1)], {"A": 0.75, "B": 0.25}),
    "self-loops": ([path("A>A>A", 3), path("B>B", 1)], {"A": 0.75, "B": 0.25}),
    "never an order": ([path("A", 2), path("B>C", 0, nulls=2)], {"A": 1.0, "B": 0.0, "C": 0.0}),
    "no order at all": ([path("A>B", 0, nulls=5)], {"A": 0.0, "B": 0.0}),
    "one channel": ([path("A", 4, nulls=1)], {"A": 1.0}),
    "direct ones apart": ([path("", 9), path("A", 4)], {"A": 1.0}),
}


@pytest.mark.parametrize("order", [1, 2, 3])
@pytest.mark.parametrize("case", BY_HAND)
def test_removal_by_hand(case: str, order: int) -> None:
    paths, removal = BY_HAND[case]
    found = attribution(paths, order)
    assert {c.channel: c.removal for c in found.credits} == pytest.approx(removal)
    touched = sum(p.conversions for p in paths if p.touches)
    for total in zip(*(c.by_rule[rule] for c in found.credits for rule in ["last"]), strict=True):
        assert sum(total) in (pytest.approx(touched), 0)
    assert sum(c.conversions for c in found.credits) == pytest.approx(touched)
    assert found.direct == (9 if "direct" in case else 0)


def test_order_two_remembers_what_order_one_forgets() -> None:
    # A>C always orders, B>C never: to order 1, C is C
    paths = [path("A>C", 10), path("B>C", 0, nulls=10)]
    assert earned(paths, 1)["B"] == pytest.approx(10 * 0.5 / 2)
    assert earned(paths, 2) == pytest.approx({"A": 5.0, "B": 0.0, "C": 5.0})


def test_values_follow_their_own_path() -> None:
    found = attribution([path("A", 1, 900), path("B", 1, 100)])
    assert {c.channel: c.value for c in found.credits} == pytest.approx({"A": 900, "B": 100})
    assert {c.channel: c.conversions for c in found.credits} == pytest.approx({"A": 1, "B": 1})
    assert found.value == 1000


def random_paths(seed: int) -> list[Path]:
    rng = np.random.default_rng(seed)
    ways = [tuple(rng.choice(list("ABCDE"), rng.integers(1, 7)).tolist()) for _ in range(60)]
    figures = rng.integers(0, 5, (60, 3)).astype(float)
    return [Path(way, c, v * c, n) for way, (c, v, n) in zip(ways, figures, strict=True)]


@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_closed_form_is_the_chain_solved_without_the_channel(order: int) -> None:
    chain = chain_of(random_paths(4), order)
    whole = chain.start @ np.linalg.solve(np.eye(len(chain.moves)) - chain.moves, chain.orders)
    (effects,) = removal_effects(chain, chain.orders)
    for channel, effect in effects.items():
        stays = np.array([state[-1] != channel for state in chain.states])
        moves = chain.moves[np.ix_(stays, stays)]
        ahead = np.linalg.solve(np.eye(stays.sum()) - moves, chain.orders[stays])
        assert effect == pytest.approx(1 - chain.start[stays] @ ahead / whole)


def test_the_closed_form_is_where_a_simulation_goes() -> None:
    chain = chain_of(random_paths(4))
    effect = removal_effects(chain, chain.orders)[0]["B"]
    rng = np.random.default_rng(6)
    steps = np.hstack([chain.moves, chain.orders[:, None]])
    without = chain.states.index(("B",))
    orders = np.zeros(2)
    for _ in range(6000):
        state, met = int(rng.choice(len(chain.start), p=chain.start)), False
        while True:
            met |= state == without
            drawn = int(np.searchsorted(steps[state].cumsum(), rng.random(), side="right"))
            if drawn >= len(chain.start):
                ordered = drawn == len(chain.start)
                orders += ordered, ordered and met
                break
            state = drawn
    assert orders[1] / orders[0] == pytest.approx(effect, abs=0.03)


def test_equal_paths_need_not_be_merged() -> None:
    once = [path("A>B", 3, 30, 1)]
    thrice = [path("A>B", 1, 10), path("A>B", 2, 20), path("A>B", 0, 0, 1)]
    assert attribution(once) == attribution(thrice)


START = datetime(2026, 6, 1, tzinfo=UTC)


def touch(customer: str, channel: str, days: float) -> Touch:
    return Touch(customer, channel, START + timedelta(days=days))


def bought(customer: str, days: float, value: float = 100) -> Conversion:
    return Conversion(customer, START + timedelta(days=days), value)


PATHS = {
    "one order": (
        [touch("c", "A", 1), touch("c", "B", 2)],
        [bought("c", 2)],
        [path("A>B", 1, 100)],
    ),
    "none": ([touch("c", "A", 1)], [], [path("A", 0, 0, 1)]),
    "touch after": (
        [touch("c", "A", 1), touch("c", "B", 3)],
        [bought("c", 2)],
        [path("A", 1, 100), path("B", 0, 0, 1)],
    ),
    "two orders": (
        [touch("c", "B", 4), touch("c", "A", 1)],
        [bought("c", 5), bought("c", 2)],
        [path("A", 1, 100), path("B", 1, 100)],
    ),
    "too old": (
        [touch("c", "A", 0), touch("c", "B", 25)],
        [bought("c", 40)],
        [path("A", 0, 0, 1), path("B", 1, 100)],
    ),
    "direct": ([], [bought("c", 1)], [path("", 1, 100)]),
    "others' touches": (
        [touch("d", "A", 1)],
        [bought("c", 2)],
        [path("", 1, 100), path("A", 0, 0, 1)],
    ),
    "at one moment": ([touch("c", "B", 1), touch("c", "A", 1)], [], [path("A>B", 0, 0, 1)]),
}


@pytest.mark.parametrize("case", PATHS)
def test_touches_to_paths(case: str) -> None:
    touches, conversions, paths = PATHS[case]
    assert paths_of(touches, conversions, days=30) == paths


BAD = {
    "order 0": (lambda: attribution([path("A")], 0), "order 0"),
    "order 4": (lambda: attribution([path("A")], 4), "order 4"),
    "no touch": (lambda: attribution([path("", 3)]), "no path has a touch"),
    "nothing": (lambda: attribution([]), "no path has a touch"),
    "negative": (lambda: attribution([path("A", -1)]), "must be 0 or more"),
    "nan": (lambda: attribution([path("A", float("nan"))]), "must be 0 or more"),
    "no name": (lambda: attribution([path("A> ")]), "has no name"),
    "days": (lambda: paths_of([], [], 0), "days 0"),
}


@pytest.mark.parametrize("case", BAD)
def test_paths_that_cannot_be_used(case: str) -> None:
    ask, said = BAD[case]
    with pytest.raises(JourneyError, match=said) as caught:
        ask()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.text("zh"))
