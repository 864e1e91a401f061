"""Less noise by what was known before (CUPED).

Deng, Xu, Kohavi and Walker 2013, Improving the sensitivity of online controlled experiments by
utilizing pre-experiment data: y - theta (x - mean x), theta = cov(y, x) / var(x), both over all
groups together, so that groups stay comparable. x is measured before the exposure, never after.
"""

from dataclasses import dataclass

import numpy as np

from nlp.evaluation import Floats
from nlp.message import Message

FEWEST_KNOWN = 30
"""Customers with a past from which on a slope is worth estimating."""


@dataclass(frozen=True, slots=True, eq=False)
class Adjusted:
    """Outcomes after CUPED; `removed` is the share of the variance that it took away.

    Where it was not used `values` are those that came in, `removed` is 0, and `reason` says why.
    """

    values: Floats
    theta: float
    removed: float
    used: bool
    reason: Message


def cuped(values: Floats, before: Floats | None) -> Adjusted:
    """Return outcomes adjusted by the same measure before the exposure.

    Parameters
    ----------
    values
        Shape (customers,), of all groups together.
    before
        Shape (customers,); nan where a customer has no past: those are moved by nothing.
    """
    if before is None:
        return _plain(values, "no figures from before the exposure", "没有曝光前的数据")
    known = np.isfinite(before)
    if known.sum() < FEWEST_KNOWN:
        return _plain(
            values,
            f"only {known.sum()} customers have a past, {FEWEST_KNOWN} are needed",
            f"仅 {known.sum()} 位顾客有曝光前数据，至少需要 {FEWEST_KNOWN} 位",
        )
    past = np.where(known, before - before[known].mean(), 0.0)
    spread = float(past @ past)
    if spread == 0 or np.ptp(values) == 0:
        return _plain(
            values,
            "the past or the outcome is the same for all customers",
            "所有顾客的曝光前数据或结果均相同",
        )
    theta = float(past @ (values - values.mean())) / spread
    adjusted = values - theta * past
    removed = 1 - float(adjusted.var()) / float(values.var())
    return Adjusted(adjusted, theta, removed, used=True, reason=_used(removed, known.mean()))


def _used(removed: float, known: float) -> Message:
    return Message(
        f"CUPED removed {removed:.1%} of the variance; {known:.0%} of customers have a past",
        f"CUPED 消除了 {removed:.1%} 的方差；{known:.0%} 的顾客有曝光前数据",
    )


def _plain(values: Floats, en: str, zh: str) -> Adjusted:
    reason = Message(f"without CUPED: {en}", f"未用 CUPED：{zh}")
    return Adjusted(values, 0.0, 0.0, used=False, reason=reason)
