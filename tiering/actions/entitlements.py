"""What each tier is entitled to, with what lies below, and what that costs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tiering.actions.policy import ActionsPolicy, Entitlement
from tiering.policy import Tier


@dataclass(frozen=True, slots=True)
class Entitled:
    """What the customers of one tier are entitled to.

    `cost` is in fen a customer and year, of those whose cost is known; `unknown_costs` counts the
    others.
    """

    tier: str
    entitlements: tuple[Entitlement, ...]

    @property
    def cost(self) -> int:
        """Fen a customer and year."""
        return sum(each.cost or 0 for each in self.entitlements)

    @property
    def unknown_costs(self) -> int:
        """How many have no known cost."""
        return sum(each.cost is None for each in self.entitlements)


def entitled(policy: ActionsPolicy, tiers: Sequence[Tier]) -> Mapping[str, Entitled]:
    """Return what each tier is entitled to, by tier, the best first.

    Parameters
    ----------
    policy
        Checked against these tiers (`load_actions`).
    tiers
        The tiers of the scoring policy, the best first.
    """
    grants = {grant.tier: grant for grant in policy.tiers}
    known = {each.name: each for each in policy.entitlements}
    below: tuple[str, ...] = ()
    found: dict[str, Entitled] = {}
    names = [tier.name for tier in tiers]
    for tier in reversed(names):
        grant = grants[tier]
        kept = [name for name in below if grant.inherits == "below" and name not in grant.drops]
        below = tuple(dict.fromkeys((*kept, *grant.adds)))
        found[tier] = Entitled(tier, tuple(known[name] for name in below))
    return {tier: found[tier] for tier in names}
