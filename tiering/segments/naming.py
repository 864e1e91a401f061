"""Names of segments by a written rule on their centres; no name twice without a number."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import TypeVar

from nlp.evaluation import Floats
from tiering.segments.policy import SegmentPolicy

Place = TypeVar("Place", float, Floats)
LEAST_MEASURED = 0.5
"""Share of a profile's weight that must have been measured."""


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a segment in both languages, and how well its centre fits the `profile`."""

    name: str
    zh: str
    fit: float
    profile: Mapping[str, float]


def named(
    columns: Sequence[str], centres: Floats, measured: Sequence[str], policy: SegmentPolicy
) -> list[Name]:
    """Return the name of each centre, in their order.

    Parameters
    ----------
    columns, centres
        Names of the columns, and the centres in standard deviations, shape (segments, columns).
    measured
        All figures that were measured; one without a column was constant: every centre has 0.
    policy
        Profiles, and how well one must fit.
    """
    found = []
    for centre in centres:
        place = dict.fromkeys(measured, 0.0)
        place |= dict(zip(columns, centre.tolist(), strict=True))
        found.append(_best(place, policy))
    return _numbered(found)


def fit_of(profile: Mapping[str, float], centre: Mapping[str, Place]) -> Place | None:
    """Return the mean of weight times place; None where too little of the profile is measured.

    A place is that of one centre, or of all customers at once, in standard deviations.
    """
    known = {name: weight for name, weight in profile.items() if name in centre}
    held = sum(abs(weight) for weight in known.values())
    if held < LEAST_MEASURED * sum(abs(weight) for weight in profile.values()):
        return None
    return reduce(add, (centre[name] * weight for name, weight in known.items())) / held


def _best(centre: Mapping[str, float], policy: SegmentPolicy) -> Name:
    best = Name(policy.ordinary.name, policy.ordinary.zh, 0.0, {})
    for each in policy.names:
        fit = fit_of(each.profile, centre)
        if fit is not None and fit >= policy.fit and fit > best.fit:
            best = Name(each.name, each.zh, fit, each.profile)
    return best


def _numbered(names: Sequence[Name]) -> list[Name]:
    """Return the names; of several that are the same each carries a number, from 1."""
    counts: dict[str, int] = {}
    told = []
    for each in names:
        if sum(other.name == each.name for other in names) == 1:
            told.append(each)
            continue
        number = counts[each.name] = counts.get(each.name, 0) + 1
        told.append(replace(each, name=f"{each.name} {number}", zh=f"{each.zh}{number}"))
    return told
