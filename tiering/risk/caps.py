"""Risk caps tiers: who scores below a line is at best in the tier that the policy names."""

from collections.abc import Sequence

import narwhals as nw

from tiering.frames import Frame
from tiering.policy import RiskCap, Tier
from tiering.reasons import Reason, tenths
from tiering.stability import name_of_rank


def with_caps(customers: Frame, caps: Sequence[RiskCap], tiers: Sequence[Tier]) -> Frame:
    """Return customers (with `rank`, `tier` and, where there are caps, `risk`) held by the caps.

    Adds `uncapped_tier`, the tier before; `is_capped`, where it was a better one; and
    `capped_below`, the line that did it, the lowest where two give the same tier. Of several caps
    that hold for a customer the strictest counts.
    """
    customers = customers.with_columns(uncapped_tier=nw.col("tier"))
    if not caps:
        return customers.with_columns(is_capped=nw.col("rank") < 0)
    names = [tier.name for tier in tiers]
    at_best: nw.Expr = nw.lit(0)
    below: nw.Expr = nw.lit(0.0)
    for cap in sorted(caps, key=lambda cap: (names.index(cap.at_best), -cap.below)):
        holds = nw.col("risk") < cap.below
        at_best = nw.when(holds).then(names.index(cap.at_best)).otherwise(at_best)
        below = nw.when(holds).then(cap.below).otherwise(below)
    capped = customers.with_columns(at_best=at_best.cast(nw.Int64), capped_below=below)
    rank = nw.max_horizontal("rank", "at_best")
    return capped.with_columns(
        is_capped=nw.col("at_best") > nw.col("rank"),
        tier=name_of_rank(rank, tiers),
    )


def capped_reason() -> Reason:
    """Return such as `tier capped at basic because freedom from risk is 22.0, below 30 ...`."""
    figures = nw.col("tier"), tenths(nw.col("risk")), tenths(nw.col("capped_below"))
    before = nw.col("uncapped_tier")
    return Reason(
        nw.format(
            "tier capped at {} because freedom from risk is {}, below {} (else {}): {}",
            *figures,
            before,
            nw.col("risk_en"),
        ),
        nw.format(
            "层级封顶为 {}：风险安全度 {}，低于 {}（否则为 {}）：{}",
            *figures,
            before,
            nw.col("risk_zh"),
        ),
    )
