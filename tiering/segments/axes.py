"""What customers are grouped by: how far each shows every profile, rather than every figure.

Sixteen figures, of which half tell the same, hide groups: distances in many columns are all alike.
The profiles of the policy are what the segments will be called by, so each is one axis: the mean of
its figures by their weights. A figure of no profile is an axis of its own, so that none is lost.
"""

from collections.abc import Sequence

import numpy as np

from nlp.evaluation import Floats
from tiering.segments.naming import fit_of
from tiering.segments.policy import SegmentPolicy
from tiering.segments.transform import Standard

FLAT = 1e-9


def axes_of(
    standard: Standard, measured: Sequence[str], policy: SegmentPolicy
) -> tuple[tuple[str, ...], Floats]:
    """Return the names of the axes, and customers on them in standard deviations.

    Parameters
    ----------
    standard
        Comparable figures.
    measured
        All figures that were measured: one without a column in `standard` is alike for everybody.
    policy
        With `made_of: figures`, or where none of its profiles was measured, the figures themselves
        are the axes.
    """
    plain = standard.names, standard.matrix
    if policy.made_of == "figures":
        return plain
    place = {name: np.zeros(len(standard.matrix)) for name in measured}
    place |= dict(zip(standard.names, standard.matrix.T, strict=True))
    fits = {each.name: fit_of(each.profile, place) for each in policy.names}
    known = {name: fit for name, fit in fits.items() if fit is not None and fit.std() > FLAT}
    told = {figure for each in policy.names if each.name in known for figure in each.profile}
    known |= {name: place[name] for name in standard.names if name not in told}
    if not any(each.name in known for each in policy.names):
        return plain
    columns = [(fit - fit.mean()) / fit.std() for fit in known.values()]
    return tuple(known), np.stack(columns, axis=1)
