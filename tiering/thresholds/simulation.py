"""What other capacities and costs would do to the cuts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.message import Message
from tiering.errors import CutsError
from tiering.thresholds.cuts import Cuts, best_cuts
from tiering.thresholds.gains import Grid
from tiering.thresholds.offers import Offers


@dataclass(frozen=True, slots=True)
class Alternative:
    """One change of the offers: its cuts, what they bring more, and who moves against the plan.

    `cuts` is None where the capacities cannot hold everybody; then `gain`, `up` and `down` are 0.
    """

    change: Message
    cuts: Cuts | None
    gain: int
    up: int
    down: int


def simulation(
    grid: Grid, offers: Offers, plan: Cuts, steps: Sequence[float] = (-0.1, 0.1)
) -> list[Alternative]:
    """Return what happens when one capacity, or one cost, is so much larger or smaller.

    Parameters
    ----------
    grid, offers
        Of the plan.
    plan
        `best_cuts` of the two.
    steps
        Shares: 0.1 is a tenth more.
    """
    names = [offer.name for offer in offers.tiers]
    found = []
    for change, other, capacities in _changes(grid, offers, steps):
        try:
            cuts = best_cuts(other, capacities, names)
        except CutsError:
            found.append(Alternative(change, None, 0, 0, 0))
            continue
        up, down = _moved(grid, plan, cuts)
        found.append(Alternative(change, cuts, cuts.total - plan.total, up, down))
    return found


def _changes(
    grid: Grid, offers: Offers, steps: Sequence[float]
) -> Iterator[tuple[Message, Grid, list[int | None]]]:
    given = [offer.capacity for offer in offers.tiers]
    for tier, offer in enumerate(offers.tiers):
        for step in steps:
            if offer.capacity is not None:
                other = list(given)
                other[tier] = max(round(offer.capacity * (1 + step)), 0)
                said = Message(f"{offer.name} capacity", f"{offer.name} 名额")
                yield _told(said, step, offer.capacity, other[tier]), grid, other
            if offer.cost:
                more = round(offer.cost * step)
                said = Message(f"{offer.name} cost", f"{offer.name} 成本")
                now = offer.cost
                yield _told(said, step, now, now + more), grid.dearer(tier, more), given


def _told(said: Message, step: float, old: float, new: float | None) -> Message:
    figures = f"{step:+.0%} ({old:,.0f} → {new or 0:,.0f})"
    return Message(f"{said.en} {figures}", f"{said.zh} {figures}")


def _moved(grid: Grid, plan: Cuts, other: Cuts) -> tuple[int, int]:
    before, after = (cuts.tier_of(grid.scores) for cuts in (plan, other))
    up, down = (int(grid.customers[moved].sum()) for moved in (after < before, after > before))
    return up, down
