"""From figures to comparable columns: Yeo-Johnson, standardised, nothing unknown left.

Yeo and Johnson (2000); scikit-learn chooses the power of each column by maximum likelihood. Columns
that say nothing are dropped and told, cells that are not known get the median of their column.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.evaluation import Floats

FARTHEST = 4.0
"""Standard deviations at which a customer stops being farther away: one outlier is no segment."""
FLAT = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """Comparable columns, shape (customers, names); what was dropped, and how much was filled."""

    names: tuple[str, ...]
    matrix: Floats
    dropped: tuple[str, ...]
    filled: tuple[tuple[str, int], ...]


def standardised(names: Sequence[str], matrix: Floats) -> Standard:
    """Return the columns transformed; nan and infinite cells count as not known."""
    known = np.isfinite(matrix)
    kept, columns, filled = [], [], []
    for place, name in enumerate(names):
        column, holds = matrix[:, place], known[:, place]
        if not holds.any():
            continue
        whole = np.where(holds, column, np.median(column[holds]))
        if np.ptp(whole) <= FLAT * max(1.0, float(np.abs(whole).max())):
            continue
        kept.append(name)
        columns.append(_standard(whole))
        if not holds.all():
            filled.append((name, int((~holds).sum())))
    empty = np.empty((matrix.shape[0], 0))
    return Standard(
        names=tuple(kept),
        matrix=np.stack(columns, axis=1) if columns else empty,
        dropped=tuple(name for name in names if name not in kept),
        filled=tuple(filled),
    )


def _standard(column: Floats) -> Floats:
    from sklearn.preprocessing import power_transform

    # a column of huge numbers has no stable power; a logarithm of its size comes before
    spread = np.sign(column) * np.log1p(np.abs(column))
    bent = power_transform(spread[:, None], method="yeo-johnson", standardize=False)[:, 0]
    apart = float(bent.std())
    if not np.isfinite(bent).all() or apart <= FLAT:
        bent, apart = spread, float(spread.std())
    held: Floats = np.clip((bent - bent.mean()) / apart, -FARTHEST, FARTHEST)
    return held
