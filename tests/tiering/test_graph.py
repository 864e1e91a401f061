"""ψ-score and PageRank against published and independent values."""

import narwhals as nw
import networkx as nx
import numpy as np
import pytest

from tests.tiering.tables import native, rows_of
from tiering.cores import core_numbers, neighbour_degree, undirected
from tiering.frames import open_frame
from tiering.graph import pagerank, psi_score
from tiering.listeners import listening
from tiering.network import NetworkCounts, network_counts, network_scores

# The example of the package psi-score 1.0.0 (pypi.org/project/psi-score): who follows whom,
# rates of posting and of reposting, and the printed scores.
FOLLOWS = {0: (1, 3), 1: (0, 2), 2: (0, 1, 3), 3: (0,)}
POSTING = np.array([0.23, 0.50, 0.86, 0.19])
REPOSTING = np.array([0.42, 0.17, 0.10, 0.37])
PUBLISHED = [0.21158803, 0.35253745, 0.28798439, 0.14789014]

PAIRS = [(follower, leader) for follower, leaders in FOLLOWS.items() for leader in leaders]


@pytest.mark.parametrize("again", [1, 3], ids=["once", "pairs repeated"])
@pytest.mark.parametrize("backwards", [False, True])
def test_psi_score_is_the_published_one(again: int, backwards: bool) -> None:
    pairs = np.array(PAIRS * again)[:: -1 if backwards else 1]
    found = psi_score(pairs[:, 0], pairs[:, 1], POSTING, REPOSTING)
    assert found == pytest.approx(PUBLISHED, abs=5e-9)
    assert found.sum() == pytest.approx(1)


def test_psi_score_of_accounts_that_follow_nobody() -> None:
    none = np.array([], np.int64)
    found = psi_score(none, none, np.array([1.0, 3.0]), np.array([1.0, 1.0]))
    assert found == pytest.approx([0.25, 0.375])


@pytest.mark.parametrize("seed", [1, 2])
def test_pagerank_is_that_of_networkx(seed: int) -> None:
    graph = nx.gnp_random_graph(120, 0.02, seed=seed, directed=True)
    weights = {edge: 1 + sum(edge) % 3 for edge in graph.edges}
    nx.set_edge_attributes(graph, weights, "weight")
    pairs = np.array(list(graph.edges))
    found = pagerank(
        pairs[:, 0], pairs[:, 1], np.array([float(weights[e]) for e in graph.edges]), 120
    )
    expected = nx.pagerank(graph, tol=1e-13, max_iter=1_000)
    assert found == pytest.approx([expected[node] for node in range(120)], abs=1e-11)


def scores(edges: list[tuple[str, str, str]], posts: dict[str, int]) -> dict[str, float]:
    rows = [{"source": s, "target": t, "kind": kind} for s, t, kind in edges]
    frame = open_frame(native("polars", rows), ["source", "target", "kind"])
    counts = [{"author_id": name, "posts": number} for name, number in posts.items()]
    known = open_frame(native("polars", counts), ["author_id", "posts"])
    found = network_scores(frame, known).collect().to_native()
    return {row["author_id"]: row["times_average"] for row in rows_of(found)}


STAR = [(f"fan{n}", "star", "follow") for n in range(8)] + [("star", "fan0", "follow")]


def test_the_followed_account_is_heard_more_and_more_so_when_it_posts() -> None:
    silent, posting = scores(STAR, {"star": 0}), scores(STAR, {"star": 20})
    assert max(silent, key=lambda name: silent[name]) == "star"
    assert posting["star"] > silent["star"] > 1
    assert sum(posting.values()) / len(posting) == pytest.approx(1)


def test_the_average_is_that_of_the_accounts_where_some_follow_nobody() -> None:
    # a follows b, b nobody; each posts and reposts at the rate 0.5, so half of each wall is its
    # own. The other half of a's wall comes from a feed of b alone, half of it b's own posts: 0.25.
    # Of the two walls a fills 0.5 / 2 = 0.25, b (0.5 + 0.25) / 2 = 0.375; their mean is 0.3125.
    found = scores([("a", "b", "follow")], {"a": 0})
    assert found == pytest.approx({"a": 0.25 / 0.3125, "b": 0.375 / 0.3125})


def test_without_follows_it_is_who_passes_on_and_answers() -> None:
    edges = [("a", "b", "repost"), ("a", "b", "reply"), ("a", "c", "reply"), ("c", "b", "repost")]
    # a passes on three times, log2(1 + 3) = 2; c once, 1: b hears both, c only a; the mean is 5/3.
    assert scores(edges, {"a": 3}) == pytest.approx({"a": 0, "b": 3 / (5 / 3), "c": 2 / (5 / 3)})


COUNTED = {
    "nothing": ([], (0, 0, 0, 0, 0)),
    "a loop alone": ([("a", "a", "follow")], (1, 0, 1, 1, 0)),
    "a loop beside": ([("a", "a", "reply"), ("a", "b", "reply")], (2, 1, 1, 0, 1)),
    "an island": (
        [("c", "c", "repost"), ("a", "b", "reply"), ("a", "b", "follow")],
        (3, 1, 1, 1, 1),
    ),
    "two groups": (
        [("a", "b", "reply"), ("b", "c", "reply"), ("d", "e", "reply")],
        (5, 3, 0, 0, 2),
    ),
}


@pytest.mark.parametrize("case", COUNTED)
def test_loops_and_islands_are_counted(case: str) -> None:
    edges, expected = COUNTED[case]
    rows = [{"source": s, "target": t, "kind": kind} for s, t, kind in [*edges, *edges]]
    names = ["source", "target", "kind"]
    frame = open_frame(native("polars", rows or [dict.fromkeys(names, "x")]), names)
    frame = frame if rows else frame.filter(nw.col("source") == "y")
    assert network_counts(frame) == NetworkCounts(*expected)


def test_known_accounts_without_an_edge_are_islands() -> None:
    edges = [{"source": "a", "target": "b"}]
    known = [{"author_id": name} for name in ("a", "x", "y", "x", None)]
    frames = (open_frame(native("polars", rows), list(rows[0])) for rows in (edges, known))
    assert network_counts(*frames) == NetworkCounts(4, 1, 0, 2, 1)


def test_loops_change_nothing() -> None:
    edges = [("a", "b", "repost"), ("c", "b", "follow"), ("b", "c", "follow")]
    assert scores([*edges, ("b", "b", "repost"), ("c", "c", "follow")], {}) == scores(edges, {})


def test_the_order_of_edges_changes_no_bit() -> None:
    edges = [
        (f"x{n * 7 % 13}", f"x{n * 5 % 11}", kind)
        for n in range(60)
        for kind in ("follow", "repost")
    ]
    edges = [edge for edge in edges if edge[0] != edge[1]]
    assert scores(edges, {"x1": 4}) == scores(edges[::-1], {"x1": 4})


KARATE = nx.karate_club_graph()
GRAPHS = {
    "karate club": KARATE,
    "one account": nx.empty_graph(1),
    "islands": nx.empty_graph(5),
    "star": nx.star_graph(9),
    "ring of cliques": nx.ring_of_cliques(4, 6),
    "random": nx.gnp_random_graph(300, 0.02, seed=3),
    "scale-free": nx.barabasi_albert_graph(400, 3, seed=5),
}


@pytest.mark.parametrize("name", GRAPHS)
def test_cores_and_neighbour_degree_are_those_of_networkx(name: str) -> None:
    graph = GRAPHS[name]
    pairs = np.array(list(graph.edges), np.int64).reshape(-1, 2)
    # Pairs repeat, in both directions, and everybody answers himself: none of it may count.
    loops = np.arange(len(graph))
    one = np.concatenate([pairs[:, 0], pairs[:, 1], pairs[:, 0], loops])
    other = np.concatenate([pairs[:, 1], pairs[:, 0], pairs[:, 1], loops])
    ties = undirected(one, other, len(graph))
    cores = nx.core_number(graph)
    assert core_numbers(ties).tolist() == [cores[node] for node in range(len(graph))]
    assert neighbour_degree(ties).tolist() == [
        sum(graph.degree[near] for near in graph[node]) for node in range(len(graph))
    ]


def test_listening_counts_each_account_once_by_what_it_says() -> None:
    # 1 passes 0 on three times: log2(1 + 3); 2 passes on 0 and 3 once each: log2(1 + 2).
    source, target = np.array([1, 1, 2, 2]), np.array([0, 0, 0, 3])
    found = listening(source, target, np.array([2.0, 1.0, 1.0, 1.0]), 5)
    assert found == pytest.approx([2 + np.log2(3), 0, 0, np.log2(3), 0])
