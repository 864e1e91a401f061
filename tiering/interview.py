"""Whom to interview: customers of each tier by lot, the same ones when others join.

The lot of a customer is a hash of seed and id. With `share`, who is drawn depends on nobody else.
With `number`, those with the lowest lots are drawn: of one who joins at most one gives way.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import sha256

from nlp.message import Message
from tiering.errors import LiftError

REST_DAYS = 180
"""Days after an interview in which a customer is not asked again."""


@dataclass(frozen=True, slots=True)
class Invited:
    """One customer to interview: `lot` from 0 to 1, and its place in the tier."""

    customer_id: str
    tier: str
    lot: float
    place: int


@dataclass(frozen=True, slots=True)
class TierSample:
    """What became of one tier: its customers, who rested, who was drawn."""

    tier: str
    customers: int
    resting: int
    invited: tuple[Invited, ...]

    def reason(self) -> Message:
        """Return the figures in words."""
        drawn = len(self.invited)
        return Message(
            f"{self.tier}: {drawn} of {self.customers} drawn, {self.resting} interviewed lately",
            f"{self.tier}：{self.customers} 位中抽取 {drawn} 位，{self.resting} 位近期已访谈",
        )


def interview_sample(
    tiers: Mapping[str, str],
    *,
    seed: str,
    on: date,
    number: int | None = None,
    share: float | None = None,
    interviewed: Mapping[str, date] | None = None,
    rest_days: int = REST_DAYS,
) -> list[TierSample]:
    """Return whom to interview, by tier, tiers by name: the order of the rows does not matter.

    Parameters
    ----------
    tiers
        Tier by customer.
    seed
        Another one gives another sample; keep it to keep the sample.
    on
        The day of asking.
    number, share
        How many of each tier, or which share: one of the two. A tier with fewer customers is
        asked whole.
    interviewed
        The day of each customer's last interview; days after `on` count as lately too.
    rest_days
        How long a customer rests after an interview; 0 for not at all.

    Raises
    ------
    LiftError
        Not one of `number` and `share`, or a value out of its range.
    """
    _demand_one(number, share, rest_days)
    oldest = on - timedelta(days=rest_days)
    resting = {who for who, day in (interviewed or {}).items() if rest_days and day > oldest}
    return [
        _of_tier(
            tier, [who for who, of in tiers.items() if of == tier], resting, seed, number, share
        )
        for tier in sorted(set(tiers.values()))
    ]


def lot_of(seed: str, customer: str) -> float:
    """Return the lot of a customer, from 0 to below 1.

    >>> round(lot_of("2026", "c001"), 6)
    0.979456
    """
    digest = sha256(f"{seed}\x1f{customer}".encode()).digest()
    return int.from_bytes(digest[:7], "big") / 2**56


def _of_tier(
    tier: str,
    customers: Sequence[str],
    resting: set[str],
    seed: str,
    number: int | None,
    share: float | None,
) -> TierSample:
    lots = sorted((lot_of(seed, who), who) for who in customers if who not in resting)
    drawn = lots[:number] if share is None else [each for each in lots if each[0] < share]
    return TierSample(
        tier,
        len(customers),
        sum(who in resting for who in customers),
        tuple(Invited(who, tier, lot, place + 1) for place, (lot, who) in enumerate(drawn)),
    )


def _demand_one(number: int | None, share: float | None, rest_days: int) -> None:
    if (number is None) == (share is None):
        raise LiftError(
            "give either a number of each tier or a share of it",
            "请指定每层人数或比例，二者择一",
        )
    if (number is not None and number < 1) or (share is not None and not 0 < share <= 1):
        raise LiftError(
            f"number {number}, share {share}: at least 1, or above 0 to 1",
            f"人数 {number}、比例 {share}：人数至少为 1，比例须大于 0 且不超过 1",
        )
    if rest_days < 0:
        raise LiftError(
            f"rest of {rest_days} days must be 0 or more", f"间隔 {rest_days} 天须不小于 0"
        )
