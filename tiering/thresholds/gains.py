"""What every group of equal scores would bring in every tier, in whole fen."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from tiering.errors import CutsError
from tiering.thresholds.offers import Offer, Offers

Floats = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]

DIGITS = 6
"""Scores are written to a millionth; closer ones are equal."""
MOST_TOTAL = 2**60


@dataclass(frozen=True, slots=True)
class Grid:
    """Distinct scores, falling, with what their customers bring by tier.

    `scores` and `customers` have shape (groups,), `gains` and `moved` (groups, tiers): fen, whole,
    so that sums are exact; `moved[g, t]` customers of the group would come to tier t from another.
    """

    scores: Floats
    customers: Whole
    gains: Whole

    def dearer(self, tier: int, fen: int) -> "Grid":
        """Return the grid with one tier costing so many fen more for each customer."""
        gains = self.gains.copy()
        gains[:, tier] -= fen * self.customers
        return replace(self, gains=gains)


def gains(
    scores: Sequence[float] | Floats,
    offers: Offers,
    *,
    values: Sequence[float] | Floats | None = None,
    current: Sequence[int] | Whole | None = None,
) -> Grid:
    """Return the grid of customers with these scores.

    Parameters
    ----------
    scores
        One a customer, finite and at least 0.
    offers
        Of the tiers, the best first.
    values
        What each customer is worth in fen; needed where an offer has an `uplift`.
    current
        The tier of each customer today (0 the best), so that moving costs; None: moves are free.

    Raises
    ------
    CutsError
        There is no customer; a score is not finite or below 0; values are needed and missing, or
        of another length; sums would exceed whole numbers of 60 bits.
    """
    given = _sound(scores, values, offers)
    distinct, group = np.unique(-np.round(given, DIGITS), return_inverse=True)
    worth = None if values is None else np.asarray(values, dtype=np.float64)
    columns = []
    for number, offer in enumerate(offers.tiers):
        each = _each(given, worth, offer) - _moving(offers, current, number)
        whole = np.floor(each + 0.5)
        if float(np.abs(whole).sum()) > MOST_TOTAL:
            _too_large(offer)
        columns.append(_sum_by(group, whole.astype(np.int64), len(distinct)))
    counts = np.bincount(group, minlength=len(distinct)).astype(np.int64)
    return Grid(-distinct + 0.0, counts, np.stack(columns, axis=1))


def _each(scores: Floats, worth: Floats | None, offer: Offer) -> Floats:
    """Return benefit minus cost of every customer in one tier, in fen."""
    at, points = np.array(offer.benefit.knots).T
    benefit: Floats = np.interp(scores, at, points) - offer.cost
    return benefit if worth is None else benefit + offer.uplift * worth


def _moving(offers: Offers, current: Sequence[int] | Whole | None, tier: int) -> Floats | float:
    if current is None:
        return 0.0
    now = np.asarray(current)
    cost: Floats = np.where(now > tier, offers.move.up, np.where(now < tier, offers.move.down, 0.0))
    return cost


def _sum_by(group: npt.NDArray[np.intp], cells: Whole, groups: int) -> Whole:
    """Return exact sums of whole numbers by group."""
    sums = np.zeros(groups, dtype=np.int64)
    np.add.at(sums, group, cells)
    return sums


def _sound(
    scores: Sequence[float] | Floats, values: Sequence[float] | Floats | None, offers: Offers
) -> Floats:
    given = np.asarray(scores, dtype=np.float64)
    if given.size == 0:
        raise CutsError(
            "no customer has a score, so there is nothing to cut; score customers first",
            "没有任何顾客有得分，无从划分；请先评分",
        )
    wrong = given[~np.isfinite(given) | (given < 0)]
    if wrong.size:
        raise CutsError(
            f"{wrong.size} scores such as {wrong[0]:g} are not finite or below 0; correct them",
            f"有 {wrong.size} 个得分（如 {wrong[0]:g}）不是有限数或小于 0；请更正",
        )
    uplifted = [offer.name for offer in offers.tiers if offer.uplift]
    if (uplifted and values is None) or (values is not None and len(values) != given.size):
        raise CutsError(
            f"tiers {', '.join(uplifted)} have an uplift: give what each customer is worth",
            f"层级 {'、'.join(uplifted)} 设有 uplift：请给出每位顾客的价值",
        )
    return given


def _too_large(offer: Offer) -> None:
    raise CutsError(
        f"the gains of tier {offer.name} add up to more than {MOST_TOTAL} fen; check the units",
        f"层级 {offer.name} 的收益合计超过 {MOST_TOTAL} 分；请检查单位",
    )
