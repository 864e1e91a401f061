"""Where a surge comes from: the region and the channel that hold more of it than they used to."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from types import MappingProxyType
from typing import Literal

from nlp.surveillance.mention import Mention

Dimension = Literal["region", "channel"]
VALUES: Mapping[Dimension, Callable[[Mention], str | None]] = MappingProxyType(
    {
        "region": lambda mention: mention.region,
        "channel": lambda mention: mention.channel or None,
    }
)
LEAST_SHARE = 0.3
"""A value that less of the mentions share does not tell where to look."""
GROWN = 3.29
"""z-score of a share that has grown: by chance once in 2,000 values, for there are many."""


@dataclass(frozen=True, slots=True)
class Place:
    """A value of one dimension that stands out in a surge, and its share of the mentions, 0 to 1.

    `before` is its share of the product's negative mentions before the surge.
    """

    dimension: Dimension
    value: str
    share: float
    before: float


def places_of(proof: Sequence[Mention], earlier: Sequence[Mention]) -> tuple[Place, ...]:
    """Return the region and the channel that stand out; none where nothing was said before.

    Parameters
    ----------
    proof
        The mentions of the surge, one or more.
    earlier
        The negative mentions of the same product before it.
    """
    if not earlier:
        return ()
    found = (_place(name, proof, earlier) for name in VALUES)
    return tuple(place for place in found if place is not None)


def _place(
    dimension: Dimension, proof: Sequence[Mention], earlier: Sequence[Mention]
) -> Place | None:
    value_of = VALUES[dimension]
    now = Counter(value for mention in proof if (value := value_of(mention)) is not None)
    if not now:
        return None
    value, count = min(now.items(), key=lambda one: (-one[1], one[0]))
    share = count / len(proof)
    before = sum(value_of(mention) == value for mention in earlier) / len(earlier)
    grown = share_growth(before, len(earlier), share, len(proof)) >= GROWN
    return Place(dimension, value, share, before) if grown and share >= LEAST_SHARE else None


def share_growth(expected_share: float, usual: int, observed_share: float, observed: int) -> float:
    """Return the z-score of the difference of two shares, above 0 where the share grew.

    The two-proportion test with the pooled share; 0 where both are 0 or both are 1.

    Parameters
    ----------
    expected_share, usual
        The share in the baseline, and how many mentions it was counted from.
    observed_share, observed
        The same of the surge.

    >>> round(share_growth(0.5, 100, 0.7, 100), 2)
    2.89
    """
    before, now = max(usual, 1), max(observed, 1)
    pooled = (expected_share * before + observed_share * now) / (before + now)
    spread = sqrt(max(pooled * (1.0 - pooled), 0.0) * (1.0 / before + 1.0 / now))
    return (observed_share - expected_share) / spread if spread else 0.0
