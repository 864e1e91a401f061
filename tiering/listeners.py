"""Who passes an account on: distinct accounts, each weighing by how much it says itself.

A local measure in the manner of the neighbour degree (Pei et al. 2014) and of the social capital
of Zhou, Lü and Mariani (2019, arXiv 1903.06367), on the reposts and replies themselves. One
account counts once however often it answers, as in Weibo's own ranking; how active it is counts
by its logarithm, so that machines that repost everything make nobody influential.
"""

import numpy as np

from tiering.graph import Floats, Indices


def listening(source: Indices, target: Indices, times: Floats, accounts: int) -> Floats:
    """Return for each account the sum of log2(1 + n) over the accounts that passed it on.

    n is how often such an account passed on anybody, so that one of a single repost counts 1.

    Parameters
    ----------
    source, target, times
        Account `source[i]` reposted or answered `target[i]` so many times; pairs may repeat.
    accounts
        How many accounts there are; those nobody passed on have 0.
    """
    said = np.bincount(source, weights=times, minlength=accounts)
    pairs = np.unique(target * accounts + source)
    heard, by = np.divmod(pairs, accounts)
    weights = np.log2(1.0 + said[by])
    total: Floats = np.bincount(heard, weights=weights, minlength=accounts).astype(np.float64)
    return total
