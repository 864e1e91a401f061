"""Moves between two runs: published intervals and chains, and the null line of the index."""

import numpy as np
import pytest

from tiering.errors import MovesError
from tiering.migration import (
    migration,
    population_stability,
    same_bins,
    steady_state,
    wilson,
)

TIERS = ("strategic", "core", "basic")

# Newcombe (1998), Statistics in Medicine 17: 857-872, table I, method 3
NEWCOMBE = [
    (81, 263, 0.2553, 0.3662),
    (15, 148, 0.0624, 0.1605),
    (0, 20, 0.0000, 0.1611),
    (1, 29, 0.0061, 0.1718),
]


@pytest.mark.parametrize(("hits", "trials", "low", "high"), NEWCOMBE)
def test_wilson_as_newcombe_prints_it(hits: int, trials: int, low: float, high: float) -> None:
    found = wilson(hits, trials)
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)
    mirrored = wilson(trials - hits, trials)
    assert mirrored.high == pytest.approx(1 - found.low, abs=1e-12)


def test_wilson_of_nobody_is_nothing() -> None:
    assert np.isnan(wilson(0, 0).share)


CHAINS = {
    # the stock market of Wikipedia's "Markov chain": bull .625, bear .3125, stagnant .0625
    "market": ([[900, 75, 25], [150, 800, 50], [250, 250, 500]], (0.625, 0.3125, 0.0625), "unique"),
    "turning": ([[0, 5], [5, 0]], (0.5, 0.5), "unique"),
    "absorbing": ([[1, 1], [0, 7]], (0.0, 1.0), "unique"),
    "nobody moved": ([[4, 0], [0, 4]], None, "several"),
    "one tier in use": ([[0, 0], [0, 9]], (0.0, 1.0), "unique"),
    "moved to the unknown": ([[3, 2], [0, 0]], None, "unseen"),
}


@pytest.mark.parametrize("case", CHAINS)
def test_where_moves_lead(case: str) -> None:
    counts, shares, reason = CHAINS[case]
    found = steady_state(np.array(counts))
    assert found.reason == reason
    assert found.shares == (None if shares is None else pytest.approx(shares, abs=1e-12))


def test_moves_are_counted_and_whoever_came_or_left_is_apart() -> None:
    old = {"a": "strategic", "b": "core", "c": "core", "d": "basic", "gone": "basic"}
    new = {"a": "core", "b": "strategic", "c": "core", "d": "basic", "new": "core"}
    found = migration(old, new, TIERS)
    assert found.counts.tolist() == [[0, 1, 0], [1, 1, 0], [0, 0, 1]]
    assert (found.up.share, found.down.share, found.stayed.share) == (0.25, 0.25, 0.5)
    assert (found.came, found.left) == ((0, 1, 0), (0, 0, 1))
    assert found.both() == 4
    assert sum(row["customers"] for row in found.rows()) == 4  # type: ignore[misc]


def test_the_intervals_of_a_row_are_those_of_its_beta_margins() -> None:
    old = {str(n): "core" for n in range(10)}
    found = migration(old, old | {"0": "basic"}, TIERS)
    cell = found.cells[1][2]
    # Beta(1.5, 10.0): qbeta(c(.025, .975), 1.5, 10) of R
    from scipy.stats import beta

    assert cell.share == 0.1
    assert (cell.low, cell.high) == pytest.approx(tuple(beta.interval(0.95, 1.5, 10.0)))
    assert np.isnan(found.cells[0][0].share)


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_the_intervals_hold_as_often_as_they_say(level: float) -> None:
    rng = np.random.default_rng(5)
    true, trials = np.array([0.15, 0.7, 0.15]), 120
    held = 0
    from tiering.migration.intervals import dirichlet_row

    for _ in range(1500):
        row = dirichlet_row(rng.multinomial(trials, true), level)
        held += row[0].low <= true[0] <= row[0].high
    assert held / 1500 == pytest.approx(level, abs=0.025)


BAD_MOVES = {
    "unknown tier": ({"a": "gold"}, {"a": "core"}, TIERS, "tier gold is not known"),
    "nobody twice": ({"a": "core"}, {"b": "core"}, TIERS, "no customer in common"),
    "nobody at all": ({}, {}, TIERS, "no customer in common"),
    "tiers repeat": ({"a": "core"}, {"a": "core"}, ("core", "core"), "differ"),
}


@pytest.mark.parametrize("case", BAD_MOVES)
def test_runs_that_cannot_be_compared(case: str) -> None:
    old, new, tiers, said = BAD_MOVES[case]
    with pytest.raises(MovesError, match=said) as caught:
        migration(old, new, tiers)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.text("zh"))


def test_one_customer() -> None:
    found = migration({"a": "core"}, {"a": "core"}, TIERS)
    assert (found.stayed.share, found.stayed.high) == (1.0, 1.0)
    assert found.steady.shares == (0.0, 1.0, 0.0)


def test_the_index_by_hand() -> None:
    found = population_stability([500, 500], [600, 400])
    assert found.psi == pytest.approx(0.1 * np.log(1.2) - 0.1 * np.log(0.8))
    assert sum(found.bins) == pytest.approx(found.psi)
    assert (found.size, found.method) == ("small", "chi-square")


# Measured for the reference (10 equal bins, n = m): how often pure chance crosses 0.1, and the
# line that it crosses in 1 % of cases; ours differ within the noise of 4,000 draws and in how an
# empty bin is counted.
CHANCE = [(100, 0.86, 0.487), (200, 0.38, 0.224), (500, 0.002, 0.083), (1000, 0, 0.043)]


@pytest.mark.parametrize(("size", "crosses", "line"), CHANCE)
def test_chance_alone_crosses_the_fixed_line_in_small_tiers(
    size: int, crosses: float, line: float
) -> None:
    rng = np.random.default_rng(2)
    runs = rng.multinomial(size, np.full(10, 0.1), size=(2, 1500))
    found = [
        population_stability(*pair, method="chi-square")
        for pair in zip(runs[0], runs[1], strict=True)
    ]
    assert np.mean([each.psi > 0.1 for each in found]) == pytest.approx(crosses, abs=0.06)
    assert np.quantile([each.psi for each in found], 0.99) == pytest.approx(line, rel=0.12)
    # the null line that is taken by itself errs as often as it says
    common = np.full(10, size // 10)
    own = population_stability(common, common)
    assert own.method == ("bootstrap" if size < 500 else "chi-square")
    assert np.mean([each.psi > own.line for each in found]) == pytest.approx(0.01, abs=0.008)


@pytest.mark.parametrize("method", ["chi-square", "bootstrap"])
def test_a_million_that_moved_a_little_drifted_though_the_fixed_line_sleeps(method: str) -> None:
    found = population_stability([500_000, 500_000], [505_000, 495_000], method=method)
    assert found.size == "small"
    assert found.drifted()
    assert population_stability([25, 25], [32, 18], method=method).drifted() is False


def test_bootstrap_and_chi_square_agree_where_both_hold() -> None:
    counts = [400, 300, 200, 100], [380, 310, 190, 120]
    chance, drawn = (population_stability(*counts, method=m) for m in ("chi-square", "bootstrap"))
    assert drawn.line == pytest.approx(chance.line, rel=0.1)
    assert drawn.p == pytest.approx(chance.p, abs=0.03)
    assert population_stability(*counts, method="bootstrap") == drawn


def test_few_customers_are_judged_by_drawing_and_an_empty_bin_is_finite() -> None:
    found = population_stability([9, 1, 0], [5, 5, 0])
    assert found.method == "bootstrap"
    assert np.isfinite(population_stability([10, 0], [5, 5]).psi)
    assert found.bins[2] == 0
    same = population_stability([0, 7], [0, 9])
    assert (same.psi, same.p) == (0.0, 1.0)


BAD_COUNTS = {
    "other bins": ([1, 2], [1, 2, 3], "same bins"),
    "one bin": ([1], [1], "same bins"),
    "nobody": ([0, 0], [1, 1], "no counts"),
    "negative": ([-1, 2], [1, 1], "no counts"),
    "halves": ([0.5, 2], [1, 1], "no counts"),
    "nan": ([float("nan"), 2], [1, 1], "no counts"),
}


@pytest.mark.parametrize("case", BAD_COUNTS)
def test_counts_that_cannot_be_compared(case: str) -> None:
    old, new, said = BAD_COUNTS[case]
    with pytest.raises(MovesError, match=said):
        population_stability(old, new)  # type: ignore[arg-type]


@pytest.mark.parametrize(("method", "level"), [("mine", 0.01), ("auto", 0.0), ("auto", 1.0)])
def test_a_method_or_level_that_is_none(method: str, level: float) -> None:
    with pytest.raises(MovesError, match="chi-square or bootstrap"):
        population_stability([1, 2], [2, 1], method=method, level=level)


def test_bins_are_cut_at_the_old_quantiles_and_equal_ones_are_one() -> None:
    old = np.arange(100, dtype=float)
    before, after = same_bins(old, old + 50)
    assert before.tolist() == [9, *[10] * 8, 11]
    assert after.sum() == 100
    before, after = same_bins(np.full(7, 3.0), np.array([1.0, 3.0]))
    assert (before.tolist(), after.tolist()) == ([0, 7], [1, 1])
