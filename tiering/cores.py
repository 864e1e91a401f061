"""How deep in the network an account stands: its k-core, by peeling whole shells at once.

References: Seidman, "Network structure and minimum degree" (1983); Batagelj and Zaversnik (2003);
that the best spreaders stand in the core: Pei, Muchnik, Andrade, Zheng and Makse (2014).
"""

import numpy as np
from scipy import sparse

from tiering.graph import Indices


def undirected(one: Indices, other: Indices, accounts: int) -> "sparse.csr_array":
    """Return who is tied to whom: a symmetric 0/1 matrix without loops, equal pairs once."""
    apart = one != other
    ends = (one[apart].astype(np.int32), other[apart].astype(np.int32))
    both = (np.concatenate(ends), np.concatenate(ends[::-1]))
    ties = sparse.coo_array((np.ones(len(both[0]), np.int8), both), shape=(accounts, accounts))
    matrix = ties.tocsr()
    matrix.sum_duplicates()
    matrix.data[:] = 1
    return matrix


def core_numbers(ties: "sparse.csr_array") -> Indices:
    """Return the core number of each account: the largest k whose k-core it belongs to.

    The k-core is what remains when accounts with fewer than k ties are taken out until none is
    left. An island has 0.

    Parameters
    ----------
    ties
        A symmetric matrix without loops, as `undirected` returns it.
    """
    left = np.diff(ties.indptr).astype(np.int64)
    core = np.zeros(len(left), np.int64)
    alive = np.arange(len(left))
    k = 0
    while alive.size:
        k = max(k, int(left[alive].min()))
        shell = alive[left[alive] <= k]
        while shell.size:
            core[shell], left[shell] = k, -1  # below every k, so that it is peeled once
            shell = _loosened(ties, shell, left, k)
        alive = alive[left[alive] >= 0]
    return core


def neighbour_degree(ties: "sparse.csr_array") -> Indices:
    """Return the sum of the ties of all neighbours of each account: its social capital."""
    degree = np.diff(ties.indptr).astype(np.int64)
    of = np.repeat(np.arange(len(degree)), degree)
    total = np.bincount(of, weights=degree[ties.indices], minlength=len(degree))
    capital: Indices = total.astype(np.int64)
    return capital


def _loosened(ties: "sparse.csr_array", shell: Indices, left: Indices, k: int) -> Indices:
    """Take a shell's ties from its neighbours; return those that now have no more than k."""
    starts, ends = ties.indptr[shell], ties.indptr[shell + 1]
    counts = ends - starts
    before = np.repeat(np.cumsum(counts) - counts, counts)
    place = np.arange(counts.sum()) - before + np.repeat(starts, counts)
    touched, lost = np.unique(ties.indices[place], return_counts=True)
    standing = left[touched] >= 0
    touched, lost = touched[standing], lost[standing]
    left[touched] -= lost
    loosened: Indices = touched[left[touched] <= k]
    return loosened
