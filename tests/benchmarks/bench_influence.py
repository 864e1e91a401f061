"""Does influence on the first half of real cascades tell who is heard in the second?

Accounts are ranked by what was known at a moment; then by the reposts that they caused in the
cascades that began later (`Cascades.caused`). Whole numbers of later reposts tie, and most
accounts caused none, so that no ranking comes near 1.

The second half was looked at while the score was built, for the choice of its network measure, of
its weights and half-life and of what depth counts; so it is later in time, but not held out. The
last window, from three quarters on, was run when all was fixed, and looked at again when the shares
of depth and the discount of reposts together were added; it overlaps the one before. The texts of
these cascades hold neither sentiment nor labels: what depth makes of them is not measured here.
"""

import sys
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import polars as pl
from scipy.stats import rankdata, spearmanr

import tiering
from tests.benchmarks.cascades import Cascades, read
from tiering.cores import core_numbers, neighbour_degree, undirected
from tiering.graph import Floats, Indices, pagerank, psi_score

TOP = 100
DRAWS = 200
OURS = "influence"


def run(data: Path) -> Iterator[tuple[str, str]]:
    """Yield Spearman, top-100 precision and the reach that the top 100 caught, per ranking."""
    cascades = read(data)
    quarter, half, late = np.quantile(cascades.posts["written"], [0.25, 0.5, 0.75])
    end = float(cascades.at.max())
    yield "the second quarter, ranked on the first", ""
    yield from window(cascades, quarter, half)
    yield "the second half, ranked on the first", ""
    yield from window(cascades, half, end)
    yield "the last quarter, ranked on all before; run once at the end", ""
    yield from window(cascades, late, end)


def window(cascades: Cascades, cut: float, end: float) -> Iterator[tuple[str, str]]:
    """Yield the figures of one cut in time, for all accounts and for those who wrote posts."""
    known, later = cascades.known(cut), cascades.later(cut, end)
    caused = cascades.caused(later)
    rankings = {OURS: ours(cascades, known, cut), **baselines(cascades, known)}
    both = (cascades.seen(known) > 0) & (cascades.seen(later) > 0)
    author = np.arange(cascades.accounts) >= cascades.first_author
    groups = {
        "accounts seen before and after": both,
        "of these, reposted before": both & (rankings["distinct reposters"] > 0),
        "of these, wrote a post (followers known)": both & author,
    }
    for label, group in groups.items():
        chosen = np.flatnonzero(group)
        yield (
            f"  {label}: {len(chosen):,}",
            "Spearman, top-100 precision, of the reach of the true 100",
        )
        for name, ranking in rankings.items():
            yield f"    {name}", told(ranking[chosen], caused[chosen])
        yield from apart({n: r[chosen] for n, r in rankings.items()}, caused[chosen])


def told(ranking: Floats, caused: Floats) -> str:
    """Return the three figures of one ranking."""
    if np.ptp(ranking) == 0:
        return "all alike"
    return "{:.4f}  {:.2f}  {:.1%}".format(*figures(ranking, caused))


def figures(ranking: Floats, caused: Floats) -> tuple[float, float, float]:
    """Return Spearman, the share of the true top among its top, and the share of their reach."""
    mine, true = top(ranking), top(caused)
    hit = np.isin(mine, true).mean()
    reach = caused[mine].sum() / caused[true].sum()
    return float(spearmanr(ranking, caused).statistic), float(hit), float(reach)


def top(ranking: Floats) -> Indices:
    """Return the places of the largest `TOP`; of equal ones the first."""
    return np.argsort(-ranking, kind="stable")[:TOP]


def apart(rankings: Mapping[str, Floats], caused: Floats) -> Iterator[tuple[str, str]]:
    """Yield ours less the best baseline of each figure, with accounts drawn again."""
    rng = np.random.default_rng(1)
    drawn = [rng.integers(0, len(caused), len(caused)) for _ in range(DRAWS)]
    rivals = {name: each for name, each in rankings.items() if name != OURS and np.ptp(each) > 0}
    for place, label in enumerate(("Spearman", "top-100 precision")):
        best = max(rivals, key=lambda name: figures(rivals[name], caused)[place])
        gain = figures(rankings[OURS], caused)[place] - figures(rivals[best], caused)[place]
        gains = [
            quick(rankings[OURS][draw], caused[draw], place)
            - quick(rivals[best][draw], caused[draw], place)
            for draw in drawn
        ]
        low, high = np.quantile(gains, [0.025, 0.975])
        yield f"    {label} above {best}", f"{gain:+.4f} [{low:+.4f}, {high:+.4f}]"


def quick(ranking: Floats, caused: Floats, place: int) -> float:
    """Return Spearman (0) or top precision (1) alone."""
    if place:
        return float(np.isin(top(ranking), top(caused)).mean())
    return float(np.corrcoef(rankdata(ranking), rankdata(caused))[0, 1])


def ours(cascades: Cascades, known: Indices, cut: float) -> Floats:
    """Return the influence that the shipped policy gives, by account."""
    tables = cascades.tables(known)
    moment = datetime.fromtimestamp(cut, UTC)
    scored = tiering.influence(tables.pop("signals"), as_of=moment, **tables)
    place = scored["author_id"].str.slice(1).cast(pl.Int64).to_numpy()
    found = np.zeros(cascades.accounts)
    found[place] = scored["influence"].to_numpy()
    return found


def baselines(cascades: Cascades, known: Indices) -> dict[str, Floats]:
    """Return what else may rank accounts: followers, and measures of the graph of reposts."""
    edge = known[cascades.parent[known] >= 0]
    source, target = cascades.account[edge], cascades.account[cascades.parent[edge]]
    apart = source != target
    place, ends = np.unique(np.concatenate([source[apart], target[apart]]), return_inverse=True)
    source, target = np.split(ends, 2)
    reposted = np.bincount(target, minlength=len(place))
    pairs = np.unique(source * len(place) + target)
    source, target = np.divmod(pairs, len(place))
    ties = undirected(source, target, len(place))
    posting, reposting = rates(cascades, known, place)
    of_graph = {
        "reposts received": reposted,
        "distinct reposters": np.bincount(target, minlength=len(place)),
        "degree": np.diff(ties.indptr),
        "PageRank": pagerank(source, target, np.ones(len(source)), len(place)),
        "k-core": core_numbers(ties),
        "neighbour degree": neighbour_degree(ties),
        "ψ-score": psi_score(source, target, posting, reposting),
    }
    spread = {name: np.zeros(cascades.accounts) for name in of_graph}
    for name, values in of_graph.items():
        spread[name][place] = values
    followers = np.zeros(cascades.accounts)
    profiles = cascades.profiles(known)
    followers[profiles["account_id"].str.slice(1).cast(pl.Int64).to_numpy()] = profiles["followers"]
    return {"followers": followers, **spread, "reach caused before": cascades.caused(known)}


def rates(cascades: Cascades, known: Indices, place: Indices) -> tuple[Floats, Floats]:
    """Return how often each account posted and reposted, half a time added."""
    post = cascades.parent[known] < 0
    size = cascades.accounts
    posted = np.bincount(cascades.account[known][post], minlength=size)
    reposted = np.bincount(cascades.account[known][~post], minlength=size)
    return posted[place] + 0.5, reposted[place] + 0.5


if __name__ == "__main__":
    for label, value in run(Path(sys.argv[1])):
        print(f"{label:58} {value}", flush=True)
