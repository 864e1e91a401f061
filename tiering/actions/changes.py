"""What changed for a customer since an earlier run: in or out, up or down, score, care, reasons.

A reason holds figures that change every day ("last order 12 days ago"). Reasons have changed when
others are given; not when only their figures or their order are others.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tiering.errors import ActionsError

CHANGES = (
    "entered",
    "left",
    "tier_up",
    "tier_down",
    "score_up",
    "score_down",
    "care_on",
    "care_off",
    "reasons",
)
FIGURE = re.compile(r"-?\d+(?:[.,]\d+)*")


@dataclass(frozen=True, slots=True)
class Standing:
    """How a customer stood in a run; `why` is a fingerprint of the reasons without figures."""

    tier: str
    score: float
    care: bool | None
    why: bytes


def standing_of(row: Mapping[str, object]) -> Standing:
    """Return how a customer stands by a row of scores; care and reasons may be absent."""
    score, care = row.get("score"), row.get("care")
    return Standing(
        tier=str(row.get("tier")),
        score=_number(score),
        care=None if care is None else str(care).lower() in ("true", "1", "1.0"),
        why=_fingerprint(row.get("reasons")),
    )


def changes_of(
    old: Standing | None, new: Standing | None, ladder: Sequence[str], moved_by: float
) -> tuple[str, ...]:
    """Return what changed, in the order of `CHANGES`; nothing where both are None or alike.

    Parameters
    ----------
    old, new
        None where the customer is not in that run.
    ladder
        The tiers, the best first.
    moved_by
        The score has moved when it differs by more than this.

    Raises
    ------
    ActionsError
        A tier is not of the ladder.
    """
    if old is None or new is None:
        return ("entered",) if new is not None else ("left",) if old is not None else ()
    step = _place(old.tier, ladder) - _place(new.tier, ladder)
    moved = new.score - old.score
    said = {
        "tier_up": step > 0,
        "tier_down": step < 0,
        "score_up": moved > moved_by,
        "score_down": -moved > moved_by,
        "care_on": new.care is True and old.care is False,
        "care_off": new.care is False and old.care is True,
        "reasons": old.why != new.why and bool(old.why) and bool(new.why),
    }
    return tuple(name for name, is_so in said.items() if is_so)


def _place(tier: str, ladder: Sequence[str]) -> int:
    if tier not in ladder:
        raise ActionsError(
            f"tier {tier} is not in the policy, which has {', '.join(ladder)}; name the scoring "
            "policy of these scores",
            f"层级 {tier} 不在策略中（{'、'.join(ladder)}）；请指定这些得分所用的评分策略",
        )
    return ladder.index(tier)


def _number(cell: object) -> float:
    try:
        return float(str(cell))
    except ValueError:
        return float("nan")


def _fingerprint(reasons: object) -> bytes:
    """Return a short fingerprint of the English reasons without figures; empty without any."""
    if not isinstance(reasons, list) or not reasons:
        return b""
    said = [each.get("en", "") if isinstance(each, Mapping) else str(each) for each in reasons]
    plain = "\0".join(sorted(FIGURE.sub("#", text) for text in said))
    return hashlib.blake2b(plain.encode("utf-8", "replace"), digest_size=8).digest()
