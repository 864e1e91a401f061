"""How surprising a share is, and how much of a rise it explains: the measures of Adtributor.

Bhagwan et al. (2014), "Adtributor: Revenue Debugging in Advertising Systems", NSDI, section 4.
"""

from math import log2


def surprise(expected_share: float, observed_share: float) -> float:
    """Return what one element adds to the Jensen-Shannon divergence of two distributions, in bits.

    `(p log2(2p / (p + q)) + q log2(2q / (p + q))) / 2`, 0 where the shares are equal, at most 0.5
    (equation 7). Splitting both shares in the same proportion splits it in that proportion.

    >>> surprise(0.25, 0.25), surprise(0.0, 1.0)
    (0.0, 0.5)
    """
    middle = (expected_share + observed_share) / 2.0
    return sum(
        share * log2(share / middle) / 2.0 for share in (expected_share, observed_share) if share
    )


def explanatory_power(
    observed: float, expected: float, total_observed: float, total_expected: float
) -> float | None:
    """Return the part of the whole rise that one element makes up (equation 4); all add up to 1.

    It may lie outside 0 to 1 where others fall. None where there is no rise to explain.

    >>> explanatory_power(30, 10, 50, 25)
    0.8
    """
    rise = total_observed - total_expected
    return (observed - expected) / rise if rise > 0 else None
