"""Accounts that repost the same account within seconds, again and again: a group, not a public.

After `detect_groups` of CooRTweet (Righetti and Balluff), whose object is here the account that is
reposted: time is cut into windows twice, the second time shifted by half, and accounts that stand
in the same window often enough are tied. What very many repost at once is news, and ties nobody.
"""

from dataclasses import dataclass

import narwhals as nw
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray
from scipy import sparse

from tiering.frames import Frame, attach, collect
from tiering.graph import Indices
from tiering.policy import CoRepostPolicy

SECOND_US = 1_000_000


@dataclass(frozen=True, slots=True)
class _Window:
    """Reposts in one cutting of time: their account and event, and who was in which event."""

    row: Indices
    source: Indices
    event: Indices
    present: "sparse.csr_array"


def co_reposts(edges: Frame, policy: CoRepostPolicy) -> Frame:
    """Return `author_id`, `reposted` and `together` of accounts that repost as a group.

    `reposted` counts the reposts of an account whose time is known, `together` those within
    `window_seconds` of one of the same account by somebody who does so with it at least
    `least_times`; a group are at least `least_authors` of whom one is tied to all the others.
    Windows with more than `most_accounts` accounts are left out.

    Parameters
    ----------
    edges
        Checked edges: `source`, `target`, `kind`, `at`.
    """
    table = collect(_reposts(edges))
    accounts = pc.unique(table["source"].cast(pa.string()))
    accounts = accounts.take(pc.sort_indices(accounts))
    source = _places(table["source"], accounts)
    target = _places(table["target"], pc.unique(table["target"].cast(pa.string())))
    at = table["at"].to_numpy().astype(np.int64)
    together = _together(source, target, at, len(accounts), policy)
    made = np.bincount(source, minlength=len(accounts))
    shared = np.bincount(source[together], minlength=len(accounts))
    grouped = shared > 0
    columns = {
        "author_id": accounts.filter(pa.array(grouped)),
        "reposted": made[grouped].astype(np.int64),
        "together": shared[grouped].astype(np.int64),
    }
    return attach(pa.table(columns), edges)


def _reposts(edges: Frame) -> Frame:
    timed = (nw.col("kind") == "repost") & ~nw.col("at").is_null()
    return edges.filter(timed & (nw.col("source") != nw.col("target"))).select(
        "source", "target", "at"
    )


def _places(column: pa.ChunkedArray, accounts: pa.Array) -> Indices:
    found = pc.index_in(column.cast(pa.string()), accounts).combine_chunks()
    places: Indices = found.to_numpy(zero_copy_only=False).astype(np.int64)
    return places


def _together(
    source: Indices, target: Indices, at: Indices, accounts: int, policy: CoRepostPolicy
) -> NDArray[np.bool_]:
    """Return which reposts were made together with others of a group."""
    width = policy.window_seconds * SECOND_US
    found = np.zeros(len(source), np.bool_)
    if not found.size:
        return found
    cuts = ((at + shift) // width for shift in (0, width // 2))
    windows = [_window(source, target, cut, accounts, policy.most_accounts) for cut in cuts]
    whole, half = (each.present @ each.present.T for each in windows)
    tied = _tied(whole.maximum(half), policy.least_times)
    member = np.asarray(tied.sum(axis=1)).ravel() >= policy.least_authors - 1
    for each in windows:
        events = each.present.shape[1]
        company = (tied @ each.present).multiply(each.present).tocoo()
        who, where = company.coords
        kept = member[who] & (company.data > 0)
        keys = who[kept].astype(np.int64) * events + where[kept]
        found[each.row[np.isin(each.source * events + each.event, keys)]] = True
    return found


def _window(source: Indices, target: Indices, time: Indices, accounts: int, most: int) -> _Window:
    """Return the events (an account reposted in a window) with two accounts to `most`."""
    order = np.lexsort((time, target))
    fresh = np.ones(len(order), np.bool_)
    fresh[1:] = (np.diff(target[order]) != 0) | (np.diff(time[order]) != 0)
    event = np.empty(len(order), np.int64)
    event[order] = np.cumsum(fresh) - 1
    events = int(event.max()) + 1
    ones = np.ones(len(source), np.int32)
    present = sparse.coo_array((ones, (source, event)), shape=(accounts, events)).tocsr()
    size = np.bincount(present.indices, minlength=events)
    telling = (size >= 2) & (size <= most)
    present.data = telling[present.indices].astype(np.int32)
    present.eliminate_zeros()
    row = np.flatnonzero(telling[event])
    return _Window(row, source[row], event[row], present)


def _tied(times: "sparse.csr_array", least: int) -> "sparse.csr_array":
    """Return a 0/1 matrix of the different accounts that were together so many times."""
    pairs = times.tocoo()
    one, other = pairs.coords
    often = (pairs.data >= least) & (one != other)
    ones = np.ones(int(often.sum()), np.int32)
    ties = sparse.coo_array((ones, (one[often], other[often])), shape=times.shape)
    return ties.tocsr()
