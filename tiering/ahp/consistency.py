"""How far judgements contradict each other: consistency index and ratio.

CI = (lambda - n) / (n - 1); CR = CI / RI, where RI is the mean CI of random matrices: Saaty,
Theory and Applications of the Analytic Network Process (2005), p. 31; Donegan and Dodd, A note on
Saaty's random indexes, Mathematical and Computer Modelling 15 (1991): 135-137. With m pairs
completed, random matrices contradict themselves less: RI (1 - 2 m / ((n - 1)(n - 2))), Ágoston and
Csató, Inconsistency thresholds for incomplete pairwise comparison matrices, Omega 108 (2022).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np

from tiering.ahp.eigen import Matrix, Principal
from tiering.ahp.judgements import Judgements

MOST_RATIO = 0.1
"""Saaty's rule: above it the judgements must be thought over again."""

RANDOM_INDEXES: Mapping[str, Mapping[int, float]] = MappingProxyType(
    {
        "saaty": MappingProxyType(
            dict(
                enumerate(
                    (0.52, 0.89, 1.11, 1.25, 1.35, 1.40, 1.45, 1.49, 1.52, 1.54, 1.56, 1.58, 1.59),
                    start=3,
                )
            )
        ),
        "donegan-dodd": MappingProxyType(
            dict(
                enumerate(
                    (
                        0.4914,
                        0.8286,
                        1.0591,
                        1.1797,
                        1.2519,
                        1.3171,
                        1.3733,
                        1.4055,
                        1.4213,
                        1.4497,
                        1.4643,
                        1.4822,
                        1.4969,
                    ),
                    start=3,
                )
            )
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Consistency:
    """The index, the random index it is measured by, and their ratio (0: no contradiction)."""

    index: float
    random_index: float
    ratio: float


def consistency_of(found: Principal, size: int, missing: int, random_index: str) -> Consistency:
    """Return index and ratio; two elements, or judgements without any cycle, cannot contradict."""
    pairs_free = (size - 1) * (size - 2)
    if size < 3 or 2 * missing >= pairs_free:
        return Consistency(0.0, 0.0, 0.0)
    index = max((found.value - size) / (size - 1), 0.0)
    random = RANDOM_INDEXES[random_index][size] * (1 - 2 * missing / pairs_free)
    return Consistency(index, random, index / random)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """One judgement, and the ratio that all the others make of the same pair."""

    element: str
    against: str
    judged: float
    implied: float


def worst_judgements(
    judgements: Judgements, matrix: Matrix, found: Principal, most: int = 3
) -> list[Contradiction]:
    """Return the judgements that lie farthest from the weights, by |ln(a_ij w_j / w_i)|.

    Saaty (2003), Decision-making with the AHP: Why is the principal eigenvector necessary. What
    was completed is no judgement and is left out.
    """
    weights, names = found.vector, judgements.elements
    off = np.abs(np.log(matrix * weights[None, :] / weights[:, None]))
    size, skipped = len(names), set(judgements.missing())
    pairs = [(i, j) for i in range(size) for j in range(i + 1, size) if (i, j) not in skipped]
    pairs.sort(key=lambda pair: (-float(off[pair]), pair))
    return [
        Contradiction(names[i], names[j], float(matrix[i, j]), float(weights[i] / weights[j]))
        for i, j in pairs[:most]
    ]
