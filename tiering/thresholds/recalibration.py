"""What new cuts would move, and whether the customer moved or the cut did."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from nlp.evaluation import Flags
from nlp.message import Message
from tiering.policy import Stability, Tier
from tiering.thresholds.cuts import Cuts


@dataclass(frozen=True, slots=True)
class Move:
    """One customer whose tier the new cuts would change, with the reason.

    `is_held` where the policy's hysteresis keeps the customer where it is at the next run: the
    score does not pass the cut by its margin, and it takes more runs than one.
    """

    customer: str
    score: float
    tier: str
    proposed: str
    cause: str
    is_held: bool
    reason: Message


@dataclass(frozen=True, slots=True)
class Recalibration:
    """All moves, and how many there are by cause.

    `own_score`: the old cuts would move the customer too, whose score has changed since the tier
    was given; `cut`: only the new cuts would, the customer did nothing.
    """

    moves: tuple[Move, ...]
    customers: int

    def by_cause(self) -> Mapping[str, int]:
        """Return the number of moves by cause."""
        causes = [move.cause for move in self.moves]
        return {name: causes.count(name) for name in ("own_score", "cut")}

    def held(self) -> int:
        """Return how many of the moves hysteresis holds at the next run."""
        return sum(move.is_held for move in self.moves)


def recalibration(
    customers: Sequence[str],
    scores: Sequence[float],
    tiers: Sequence[str],
    ladder: Sequence[Tier],
    cuts: Cuts,
    stability: Stability | None = None,
) -> Recalibration:
    """Return what the new cuts would move; nothing moves by this alone.

    Parameters
    ----------
    customers, scores, tiers
        One a customer: id, score of today, tier of today (held ones included).
    ladder
        The tiers of the policy with the cuts of today, the best first.
    cuts
        The cuts proposed, for the same tiers.
    stability
        Of the policy; None holds nobody.
    """
    place = {tier.name: number for number, tier in enumerate(ladder)}
    old = Cuts(tuple(tier.at_least for tier in ladder), (), 0, ())
    by_old, by_new = old.tier_of(scores), cuts.tier_of(scores)
    stays = _stays([place[tier] for tier in tiers], scores, cuts, stability or Stability())
    rows = zip(
        *(customers, scores, tiers, by_old.tolist(), by_new.tolist(), stays.tolist()), strict=True
    )
    moves = [
        _move(name, score, (place[tier], kept, proposed), ladder, cuts, is_held=held)
        for name, score, tier, kept, proposed, held in rows
        if place[tier] != proposed
    ]
    return Recalibration(tuple(moves), len(customers))


def _stays(now: Sequence[int], scores: Sequence[float], cuts: Cuts, stability: Stability) -> Flags:
    """Return who stays in the tier of now at the next run, as `tiering.stability` has it."""
    held = np.asarray(now)
    if stability.runs <= 1:
        return np.zeros(len(held), dtype=bool)
    score, margin = np.asarray(scores, dtype=float), stability.margin
    up, down = cuts.tier_of(score - margin), cuts.tier_of(score + margin)
    return np.asarray((up >= held) & (down <= held))


def _move(
    name: str,
    score: float,
    places: tuple[int, int, int],
    ladder: Sequence[Tier],
    cuts: Cuts,
    *,
    is_held: bool,
) -> Move:
    now, by_old, proposed = places
    is_own = by_old == proposed
    # the cut that is crossed: of the better of the two tiers
    crossed = min(now, proposed)
    before, after = ladder[crossed].at_least, cuts.at_least[crossed]
    tier = ladder[crossed]
    if is_own:
        reason = Message(
            f"score {score:.1f} crosses {tier.name} at {before:g} already today",
            f"得分 {score:.1f} 按现行界线 {before:g} 已越过 {tier.zh}",
        )
    else:
        reason = Message(
            f"score {score:.1f}; the cut of {tier.name} goes from {before:g} to {after:g}",
            f"得分 {score:.1f}；{tier.zh}的界线由 {before:g} 变为 {after:g}",
        )
    cause = "own_score" if is_own else "cut"
    return Move(name, score, ladder[now].name, ladder[proposed].name, cause, is_held, reason)
