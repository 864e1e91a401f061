"""The place of accounts in the network of follows, reposts and replies."""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from tiering.frames import Frame, attach, collect
from tiering.graph import Floats, Indices, pagerank, psi_score

PRIOR = 0.5
"""Half a post and half a repost are added to each account, so that silence has a rate too."""


@dataclass(frozen=True, slots=True)
class _Pairs:
    """Edges of some kinds as positions in the sorted list of accounts."""

    source: Indices
    target: Indices
    weight: Floats


def network_scores(edges: Frame, posts: Frame) -> Frame:
    """Return `author_id` and `times_average`: how much each is heard, the average account being 1.

    With follows among the edges it is the ψ-score: follows say who reads whom, posts and reposts
    say how often each speaks. Without, it is PageRank over reposts and replies. The average is the
    mean over the accounts of the edges: ψ-scores sum to less than 1 where some follow nobody.

    Parameters
    ----------
    edges
        Checked edges: `source`, `target`, `kind`.
    posts
        `author_id` and `posts`, one row an account.
    """
    table = collect(edges.group_by("source", "target", "kind").agg(nw.len().alias("times")))
    accounts = _accounts(table)
    if len(accounts) == 0:
        score: Floats = np.zeros(0)
    elif _pairs(table, accounts, "follow").source.size:
        score = _psi(table, accounts, collect(posts))
    else:
        every = _pairs(table, accounts, "repost", "reply")
        score = pagerank(every.source, every.target, every.weight, len(accounts))
    times = score / score.mean() if len(accounts) else score
    return attach(pa.table({"author_id": accounts, "times_average": times}), edges)


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
    chosen = table.filter(pc.is_in(table["kind"].cast(pa.string()), pa.array(kinds)))
    source, target = (
        pc.index_in(chosen[name].cast(pa.string()).combine_chunks(), accounts)
        .to_numpy(zero_copy_only=False)
        .astype(np.int64)
        for name in ("source", "target")
    )
    return _Pairs(source, target, chosen["times"].cast(pa.float64()).to_numpy())
