"""Intervals of credits: they hold what they promise, draw customers whole, and repeat."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from tiering.attribution import Conversion, Path, Spread, Touch, attribution, spreads, walked_paths
from tiering.errors import JourneyError

CHANNELS = ("A", "B", "C")
MOVES = [[0, 0.4, 0.1, 0.1, 0.4], [0.1, 0, 0.3, 0.3, 0.3], [0.1, 0.1, 0, 0.4, 0.4]]


def walk(chance: np.random.Generator) -> Path:
    """Return one path of a known chain: start A .5 B .3 C .2, then on, order or nothing."""
    at = int(chance.choice(3, p=[0.5, 0.3, 0.2]))
    way = [CHANNELS[at]]
    while True:
        drawn = int(chance.choice(5, p=MOVES[at]))
        if drawn > 2:
            ordered = float(drawn == 3)
            return Path(tuple(way), ordered, ordered * float(chance.integers(50, 150)), 1 - ordered)
        at = drawn
        way.append(CHANNELS[at])


def true_removal() -> dict[str, float]:
    moves, orders = np.array(MOVES)[:, :3], np.array(MOVES)[:, 3]
    start = np.array([0.5, 0.3, 0.2])
    whole = start @ np.linalg.solve(np.eye(3) - moves, orders)
    lost = {}
    for place, name in enumerate(CHANNELS):
        stays = np.arange(3) != place
        ahead = np.linalg.solve(np.eye(2) - moves[np.ix_(stays, stays)], orders[stays])
        lost[name] = 1 - float(start[stays] @ ahead) / float(whole)
    return lost


@pytest.mark.parametrize("walked", [True, False], ids=["by customer", "by order"])
def test_nineteen_of_twenty_intervals_hold_the_truth(walked: bool) -> None:
    chance, truth = np.random.default_rng(5), true_removal()
    held, tried = 0, 0
    for _ in range(40):
        paths = [walk(chance) for _ in range(400)]
        walkers = [f"c{number}" for number in range(400)] if walked else None
        for name, found in spreads(paths, walkers=walkers, draws=120).items():
            low, high = found.removal
            held, tried = held + (low <= truth[name] <= high), tried + 1
    # 120 intervals of 95 %: 114 are expected, fewer than 105 have a chance of 1 in 2,000
    assert 105 <= held <= tried


def width(found: dict[str, Spread]) -> float:
    low, high = found["A"].removal
    return high - low


def test_what_one_customer_does_again_is_no_news() -> None:
    chance = np.random.default_rng(8)
    once = [walk(chance) for _ in range(200)]
    often = [path for path in once for _ in range(9)]
    walkers = [f"c{number}" for number in range(200) for _ in range(9)]
    plain, alone = width(spreads(once)), width(spreads(often))
    assert alone == pytest.approx(plain / 3, rel=0.25)  # as if 1,800 had walked
    assert width(spreads(often, walkers=walkers)) == pytest.approx(plain, rel=0.25)


def test_the_credits_lie_within_and_repeat() -> None:
    chance = np.random.default_rng(3)
    paths = [walk(chance) for _ in range(300)]
    first, again = (attribution(paths, 2, draws=100) for _ in range(2))
    assert first == again
    assert attribution(paths, 2).credits[0].spread is None
    for each in first.credits:
        assert each.spread is not None
        for figure, (low, high) in (
            (each.removal, each.spread.removal),
            (each.conversions, each.spread.conversions),
            (each.value, each.spread.value),
        ):
            assert low <= figure <= high


def test_paths_come_with_who_walked_them() -> None:
    start = datetime(2026, 6, 1, tzinfo=UTC)
    touches = [Touch("c", "A", start), Touch("d", "B", start)]
    orders = [Conversion("c", start + timedelta(days=1), 100)]
    assert walked_paths(touches, orders) == [
        ("c", Path(("A",), 1, 100)),
        ("d", Path(("B",), 0, 0, 1)),
    ]


EDGES = {
    "one order": ([Path(("A",), 1, 9)], {"A": (1.0, 1.0)}),
    "no order": ([Path(("A", "B"), 0, 0, 5)], {"A": (0.0, 0.0), "B": (0.0, 0.0)}),
    "direct beside": ([Path((), 5), Path(("A",), 3)], {"A": (1.0, 1.0)}),
    "counts in parts": ([Path(("A",), 0.5, 9, 0.5)], {"A": (0.0, 1.0)}),
}


@pytest.mark.parametrize("case", EDGES)
def test_small_ones_are_defined(case: str) -> None:
    paths, removal = EDGES[case]
    assert {name: each.removal for name, each in spreads(paths).items()} == removal


BAD: dict[str, tuple[Callable[[], object], str]] = {
    "one draw": (lambda: spreads([Path(("A",))], draws=1), "draws 1 must be from 2"),
    "too many": (lambda: attribution([Path(("A",))], draws=10**6), "draws 1000000"),
    "walkers": (lambda: spreads([Path(("A",))], walkers=[]), "0 walkers for 1 paths"),
    "no touch": (lambda: spreads([Path(())]), "no path has a touch"),
}


@pytest.mark.parametrize("case", BAD)
def test_what_cannot_be_drawn(case: str) -> None:
    ask, said = BAD[case]
    with pytest.raises(JourneyError, match=said) as caught:
        ask()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.text("zh"))
