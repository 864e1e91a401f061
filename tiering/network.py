"""The place of accounts in the network of follows, reposts and replies."""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from scipy.sparse.csgraph import connected_components

from tiering.cores import core_numbers, undirected
from tiering.frames import Frame, attach, collect
from tiering.graph import Floats, Indices, psi_score
from tiering.listeners import listening

PRIOR = 0.5
"""Half a post and half a repost are added to each account, so that silence has a rate too."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Edges of some kinds as positions in the sorted list of accounts."""

    source: Indices
    target: Indices
    weight: Floats


@dataclass(frozen=True, slots=True)
class NetworkCounts:
    """What a table of edges holds: different accounts and pairs, and what is special among them.

    `loops` are pairs of an account with itself, which count for nothing; `islands` are accounts
    with no other edge than such a loop; `groups` of tied accounts have no edge between them.
    """

    accounts: int
    pairs: int
    loops: int
    islands: int
    groups: int


def network_counts(edges: Frame, known: Frame | None = None) -> NetworkCounts:
    """Return how many accounts, pairs, loops, islands and groups edges hold.

    Parameters
    ----------
    edges
        `source` and `target`.
    known
        Accounts by `author_id`: those without any edge are islands too.
    """
    table = collect(edges.select("source", "target").unique())
    accounts = _accounts(table)
    source, target = _places(table, accounts)
    apart = source != target
    tied = np.unique(np.concatenate([source[apart], target[apart]]))
    loops = int((~apart).sum())
    everyone = len(accounts) + (0 if known is None else _beside(known, accounts))
    groups = _groups(source[apart], target[apart], len(accounts)) - (len(accounts) - len(tied))
    return NetworkCounts(everyone, len(source) - loops, loops, everyone - len(tied), groups)


def _beside(known: Frame, accounts: pa.Array) -> int:
    """Return how many known accounts have no edge."""
    ids = pc.unique(collect(known.select("author_id"))["author_id"].cast(pa.string())).drop_null()
    return int(pc.index_in(ids, accounts).null_count)


def _groups(source: Indices, target: Indices, accounts: int) -> int:
    """Return how many parts of the network no edge connects, single accounts included."""
    if not accounts:
        return 0
    groups, _ = connected_components(undirected(source, target, accounts), directed=False)
    return int(groups)


def network_scores(edges: Frame, posts: Frame) -> Frame:
    """Return `author_id`, `times_average` and `core`: how much and how deep each is heard.

    With follows among the edges `times_average` is the ψ-score: follows say who reads whom, posts
    and reposts say how often each speaks. Without, it is `listening` over reposts and replies: who
    passed the account on, each once. The average account is 1; it is the mean over the accounts of
    the edges: ψ-scores sum to less than 1 where some follow nobody. `core` is the core number
    among all edges, 0 for who is neither followed nor answered.

    An edge of an account to itself counts for nothing; an account with no other edge is an island,
    which only a network with follows hears at all: on its own wall.

    Parameters
    ----------
    edges
        Checked edges: `source`, `target`, `kind`.
    posts
        `author_id` and `posts`, one row an account.
    """
    table = collect(edges.group_by("source", "target", "kind").agg(nw.len().alias("times")))
    accounts = _accounts(table)
    score, core = _measured(table, accounts, posts) if len(accounts) else (np.zeros(0),) * 2
    mean = score.mean() if score.any() else 1.0
    columns = {"author_id": accounts, "times_average": score / mean, "core": core.astype(np.int64)}
    return attach(pa.table(columns), edges)


def _measured(table: pa.Table, accounts: pa.Array, posts: Frame) -> tuple[Floats, Indices]:
    every = _pairs(table, accounts, "follow", "repost", "reply")
    if _pairs(table, accounts, "follow").source.size:
        score = _psi(table, accounts, collect(posts))
    else:
        score = listening(every.source, every.target, every.weight, len(accounts))
    core = core_numbers(undirected(every.source, every.target, len(accounts)))
    core[np.bincount(every.target, minlength=len(accounts)) == 0] = 0
    return score, core


def _psi(table: pa.Table, accounts: pa.Array, posts: pa.Table) -> Floats:
    follows, reposts = (_pairs(table, accounts, kind) for kind in ("follow", "repost"))
    posting = np.full(len(accounts), PRIOR)
    place = pc.index_in(posts["author_id"].cast(pa.string()), accounts)
    known = pc.is_valid(place).to_numpy(zero_copy_only=False)
    counts = posts["posts"].cast(pa.float64()).to_numpy()
    posting[place.drop_null().to_numpy()] += counts[known]
    reposting = np.full(len(accounts), PRIOR)
    np.add.at(reposting, reposts.source, reposts.weight)
    return psi_score(follows.source, follows.target, posting, reposting)


def _accounts(table: pa.Table) -> pa.Array:
    """Return every account once, sorted, so that the order of the edges does not matter."""
    both = [table[name].cast(pa.string()).combine_chunks() for name in ("source", "target")]
    different = pc.unique(pa.concat_arrays(both))
    return different.take(pc.sort_indices(different))


def _pairs(table: pa.Table, accounts: pa.Array, *kinds: str) -> _Pairs:
    """Return the edges of some kinds between different accounts."""
    chosen = table.filter(pc.is_in(table["kind"].cast(pa.string()), pa.array(kinds)))
    source, target = _places(chosen, accounts)
    apart = source != target
    weight = chosen["times"].cast(pa.float64()).to_numpy()
    return _Pairs(source[apart], target[apart], weight[apart])


def _places(table: pa.Table, accounts: pa.Array) -> tuple[Indices, Indices]:
    source, target = (
        pc.index_in(table[name].cast(pa.string()).combine_chunks(), accounts)
        .to_numpy(zero_copy_only=False)
        .astype(np.int64)
        for name in ("source", "target")
    )
    return source, target
