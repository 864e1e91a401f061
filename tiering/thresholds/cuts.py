"""Cuts of the tiers that bring most under capacity, each with the reason where it stands."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor

import numpy as np
import numpy.typing as npt

from nlp.message import Message
from tiering.errors import CutsError
from tiering.policy import Policy
from tiering.thresholds.gains import DIGITS, Floats, Grid
from tiering.thresholds.segments import best_segments


@dataclass(frozen=True, slots=True)
class Cuts:
    """Ordered cuts, the best tier first: who scores at least `at_least[t]` is in tier t or above.

    `customers` are those of each tier, `total` what all bring in fen, `reasons` why each cut but
    the last (which is 0) stands where it does.
    """

    at_least: tuple[float, ...]
    customers: tuple[int, ...]
    total: int
    reasons: tuple[Message, ...]

    def tier_of(self, scores: Sequence[float] | Floats) -> npt.NDArray[np.int64]:
        """Return the tier of each score, 0 the best; scores below every cut are in the last."""
        rising = np.array(self.at_least[::-1])
        places = np.searchsorted(rising, np.asarray(scores), side="right")
        return np.clip(len(rising) - places, 0, len(rising) - 1).astype(np.int64)


def best_cuts(
    grid: Grid, capacities: Sequence[int | None], names: Sequence[str] | None = None
) -> Cuts:
    """Return the cuts that bring most; exact, see `tiering.thresholds.segments`.

    Equal scores are never parted, no tier holds more than its capacity, and cuts fall strictly
    (a tier that nobody should be in is cut between two scores, or above the best).

    Raises
    ------
    CutsError
        The capacities cannot hold all customers, or only by parting equal scores.
    """
    names = names or [str(number) for number in range(len(capacities))]
    ends = best_segments(grid, capacities)
    if ends is None:
        raise _impossible(grid, capacities, names)
    starts = (0, *ends[:-1])
    held = [int(grid.customers[i:j].sum()) for i, j in zip(starts, ends, strict=True)]
    total = sum(
        int(grid.gains[i:j, tier].sum())
        for tier, (i, j) in enumerate(zip(starts, ends, strict=True))
    )
    reasons = tuple(
        _reason(grid, tier, ends[tier], held[tier], capacities[tier], names)
        for tier in range(len(ends) - 1)
    )
    return Cuts(_placed(grid, ends[:-1]), tuple(held), total, reasons)


def with_cuts(policy: Policy, cuts: Cuts, version: str) -> Policy:
    """Return the policy with these cuts and that version; `broken_rules` still has to hold."""
    pairs = zip(policy.tiers, cuts.at_least, strict=True)
    tiers = tuple(replace(tier, at_least=cut) for tier, cut in pairs)
    return replace(policy, tiers=tiers, version=version)


def _placed(grid: Grid, ends: Sequence[int]) -> tuple[float, ...]:
    """Return a cut for each end, falling strictly, and 0 for the last tier."""
    cuts: list[float] = []
    for end in sorted(set(ends)):
        together = list(ends).count(end)
        high = float(grid.scores[end - 1]) if end else float(grid.scores[0]) + together
        low = float(grid.scores[end]) if end < len(grid.scores) else 0.0
        cuts.extend(_between(low, high, together))
    return (*cuts, 0.0)


def _between(low: float, high: float, number: int) -> list[float]:
    """Return falling cuts above `low` and up to `high`; a single one is the shortest decimal."""
    if number == 1:
        return [_shortest(low, high)]
    return [low + (high - low) * (number - place) / number for place in range(number)]


def _shortest(low: float, high: float) -> float:
    for digits in range(DIGITS):
        scale = 10.0**digits
        cut = float(floor(high * scale)) / scale
        if low < cut <= high:
            return cut
    return high


def _reason(
    grid: Grid,
    tier: int,
    end: int,
    held: int,
    capacity: int | None,
    names: Sequence[str],
) -> Message:
    """Say what the last group inside brings by being there, and what the next would."""
    margin = grid.gains[:, tier] - grid.gains[:, tier + 1]
    each = margin / grid.customers / 100
    inside = f"¥{each[end - 1]:+,.2f}" if end else "–"
    outside = f"¥{each[end]:+,.2f}" if end < len(each) else "–"
    en, zh = f"last in {inside}, next out {outside} a customer", f"末位 {inside}，下一位 {outside}"
    if end < len(each) and capacity is not None and margin[end] > 0:
        room = capacity - held
        if int(grid.customers[end]) > room:
            return Message(
                f"{names[tier]} is full ({held:,} of {capacity:,}): {en}",
                f"{names[tier]} 名额已满（{held:,}/{capacity:,}）：{zh}（每人）",
            )
    if end and margin[end - 1] < 0:
        return Message(
            f"what lies below is full, so {names[tier]} takes more than pays: {en}",
            f"下方层级名额已满，{names[tier]} 只得多收：{zh}（每人）",
        )
    return Message(
        f"below it {names[tier]} brings no more than {names[tier + 1]}: {en}",
        f"再往下 {names[tier]} 的收益不高于 {names[tier + 1]}：{zh}（每人）",
    )


def _impossible(grid: Grid, capacities: Sequence[int | None], names: Sequence[str]) -> CutsError:
    everyone = int(grid.customers.sum())
    held = ", ".join(f"{n} {c:,}" for n, c in zip(names, capacities, strict=True) if c is not None)
    room = sum(capacity for capacity in capacities if capacity is not None)
    if None not in capacities and room < everyone:
        return CutsError(
            f"the tiers hold {room:,} customers ({held}), but there are {everyone:,}; "
            "raise a capacity, best that of the last tier (null: no limit)",
            f"各层共可容纳 {room:,} 位顾客（{held}），而顾客有 {everyone:,} 位；"
            "请提高名额，最好放开最低层（null 表示不限）",
        )
    most = int(np.argmax(grid.customers))
    return CutsError(
        f"equal scores cannot be parted: {int(grid.customers[most]):,} customers score "
        f"{grid.scores[most]:g}, and no cuts fit the capacities ({held}); raise one of them",
        f"同分顾客不可拆开：有 {int(grid.customers[most]):,} 位顾客得分同为 "
        f"{grid.scores[most]:g}，名额（{held}）无法满足；请提高其中之一",
    )
