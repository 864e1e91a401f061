"""ψ-score, PageRank and k-core on five million edges, beside networkit and networkx.

One skewed graph from one seed. All times are of one process, the best of some tries, from arrays
of edges to scores: networkit and networkx first build their graph, and both parts are told.
networkx would take minutes; it is measured on a graph a tenth as large, beside ours on the same.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

import networkit
import networkx
import numpy as np

from tiering.cores import core_numbers, undirected
from tiering.graph import Floats, Indices, pagerank, psi_score

ACCOUNTS, EDGES, SEED = 500_000, 5_000_000, 7
SMALLER = 10
SKEW = 3.0
TRIES = 3
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, order=True)
class Spent:
    """Seconds by the clock, and of the processor: the same where nobody else computes."""

    seconds: float
    processor: float

    def __str__(self) -> str:
        return f"{self.seconds:.2f} s ({self.processor:.2f} s processor)"


def skewed(accounts: int, edges: int) -> tuple[Indices, Indices]:
    """Return follower and followed: the chance of being followed falls as a power of the rank."""
    rng = np.random.default_rng(SEED)
    rank = (accounts * rng.random(edges) ** SKEW).astype(np.int64)
    source, target = rng.integers(0, accounts, edges), rng.permutation(accounts)[rank]
    apart = source != target
    pairs = np.unique(source[apart] * accounts + target[apart])
    follower, followed = np.divmod(rng.permutation(pairs), accounts)
    return follower, followed


def run() -> Iterator[tuple[str, str]]:
    """Yield seconds and the agreement of the scores."""
    source, target = skewed(ACCOUNTS, EDGES)
    yield "graph", f"{ACCOUNTS:,} accounts, {len(source):,} different edges"
    ones, rng = np.ones(len(source)), np.random.default_rng(SEED)
    posting, reposting = (rng.gamma(1.0, 1.0, ACCOUNTS) + 0.01 for _ in range(2))
    mine, spent = best(lambda: pagerank(source, target, ones, ACCOUNTS))
    yield "PageRank", str(spent)
    _, spent = best(lambda: psi_score(source, target, posting, reposting))
    yield "ψ-score", str(spent)
    ties, built = best(lambda: undirected(source, target, ACCOUNTS))
    cores, spent = best(lambda: core_numbers(ties))
    yield "k-core", f"{built} for the ties, {spent} for the cores"
    yield from _networkit(source, target, mine, cores)
    yield from _networkx()


def _networkit(
    source: Indices, target: Indices, mine: Floats, cores: Indices
) -> Iterator[tuple[str, str]]:
    def rank() -> Floats:
        found = networkit.centrality.PageRank(graph, 0.85, 1e-8)
        return np.array(found.run().scores())

    def peel() -> Floats:
        return np.array(networkit.centrality.CoreDecomposition(both).run().scores())

    graph, built = best(lambda: _coo(source, target, directed=True), tries=1)
    theirs, spent = best(rank)
    yield (
        f"networkit {networkit.__version__}, PageRank",
        f"{parts(built, spent)}; largest difference {np.abs(mine - theirs).max():.0e}",
    )
    both, built = best(lambda: _coo(source, target, directed=False), tries=1)
    theirs, spent = best(peel)
    yield (
        f"networkit {networkit.__version__}, k-core",
        f"{parts(built, spent)}; {(theirs == cores).mean():.1%} of accounts alike",
    )


def _coo(source: Indices, target: Indices, *, directed: bool) -> "networkit.Graph":
    pairs = (source.astype(np.uint64), target.astype(np.uint64))
    graph = networkit.GraphFromCoo(
        (np.ones(len(source)), pairs), n=ACCOUNTS, weighted=False, directed=directed
    )
    if not directed:
        graph.removeMultiEdges()
    return graph


def _networkx() -> Iterator[tuple[str, str]]:
    accounts = ACCOUNTS // SMALLER
    source, target = skewed(accounts, EDGES // SMALLER)
    mine, spent = best(lambda: pagerank(source, target, np.ones(len(source)), accounts))
    yield f"a {SMALLER}th of the graph: PageRank", str(spent)

    def build() -> "networkx.DiGraph[int]":
        graph = networkx.DiGraph()
        graph.add_nodes_from(range(accounts))
        graph.add_edges_from(zip(source.tolist(), target.tolist(), strict=True))
        return graph

    graph, built = best(build, tries=1)
    theirs, spent = best(lambda: networkx.pagerank(graph, tol=1e-12, max_iter=500), tries=1)
    apart = np.abs(mine - np.array([theirs[node] for node in range(accounts)])).max()
    yield (
        f"a {SMALLER}th of the graph: networkx {networkx.__version__}, PageRank",
        f"{parts(built, spent)}; largest difference {apart:.0e}",
    )


def parts(built: Spent, ran: Spent) -> str:
    """Return the time of both, and that of building alone."""
    return f"{built.seconds + ran.seconds:.2f} s, of it {built} for the graph"


def best(work: Callable[[], Result], tries: int = TRIES) -> tuple[Result, Spent]:
    """Return what the work returns, and what its fastest try took."""
    spent = []
    for _ in range(tries):
        started, used = time.perf_counter(), time.process_time()
        result = work()
        spent.append(Spent(time.perf_counter() - started, time.process_time() - used))
    return result, min(spent)


if __name__ == "__main__":
    for label, value in run():
        print(f"{label:50} {value}", flush=True)
