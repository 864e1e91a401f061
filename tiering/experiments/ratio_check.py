"""Did customers come into the groups as planned (sample ratio mismatch, SRM)?

A mismatch means that something between the lot and the count went wrong (a redirect that loses
people, a bot filter, a log that drops one group), and then no difference of the groups can be
believed (Fabijan et al. 2019, Diagnosing sample ratio mismatch in online controlled experiments).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from nlp.message import Message
from tiering.errors import ExperimentError

ALARM = 0.001
"""A p below this is a mismatch (GrowthBook, Statsig): looked at often, it must seldom cry wolf."""
FEWEST_EXPECTED = 8
"""Customers that each group must expect before the chi-square is believed (GrowthBook)."""
MOST_IN_SEVERAL = 0.01
"""Share of customers seen in several groups from which on the lot itself is doubted."""

Judgement = Literal["sound", "mismatch", "several groups", "too few"]


@dataclass(frozen=True, slots=True)
class RatioCheck:
    """How many customers each group has, and has by plan.

    `p` is of the chi-square test; `several` are customers that were seen in more than one group
    and are left out of the counts.
    """

    counts: Mapping[str, int]
    expected: Mapping[str, float]
    p: float
    several: int
    judgement: Judgement

    def reason(self) -> Message:
        """Return the judgement in words."""
        told = ", ".join(
            f"{name} {count:,} ({self.expected[name]:,.1f})" for name, count in self.counts.items()
        )
        return Message(
            f"{SAID[self.judgement].en}: {told}; p {self.p:.3g}, in several groups {self.several}",
            f"{SAID[self.judgement].zh}：{told}；p 值 {self.p:.3g}，跨组 {self.several} 位",
        )


SAID: Mapping[Judgement, Message] = {
    "sound": Message("groups are as large as planned", "各组人数符合计划"),
    "mismatch": Message(
        "sample ratio mismatch, nothing of this experiment can be believed; find the cause first",
        "样本比例失衡（SRM），本次实验的任何结果均不可信；请先查明原因",
    ),
    "several groups": Message(
        "too many customers were in several groups, nothing can be believed; repair the lot",
        "过多顾客出现在多个组，结果不可信；请先修复分流",
    ),
    "too few": Message(
        f"too few to check the groups: each must expect {FEWEST_EXPECTED} customers",
        f"人数过少，无法检查分流：每组预期至少 {FEWEST_EXPECTED} 位",
    ),
}


def ratio_check(
    counts: Mapping[str, int], weights: Mapping[str, float], several: int = 0
) -> RatioCheck:
    """Return whether the groups are as large as planned.

    Parameters
    ----------
    counts
        Customers by group, those in several groups left out.
    weights
        What each group should have, in any unit: `{"control": 1, "treatment": 1}`.
    several
        Customers that were in more than one group.

    Raises
    ------
    ExperimentError
        Fewer than two groups, a weight that is not above 0, or a group that is not planned.

    >>> ratio_check({"control": 821_588, "treatment": 815_482}, {"control": 1, "treatment": 1}).p
    1.8217928726191858e-06
    """
    from scipy.stats import chi2

    _demand_groups(counts, weights)
    found = {name: int(counts.get(name, 0)) for name in weights}
    total, whole = sum(found.values()), sum(weights.values())
    expected = {name: total * weight / whole for name, weight in weights.items()}
    p = 1.0
    if total:
        statistic = sum((found[name] - e) ** 2 / e for name, e in expected.items())
        p = float(chi2.sf(statistic, len(weights) - 1))
    return RatioCheck(
        found, expected, p, several, _judged(min(expected.values()), p, several, total)
    )


def _judged(least: float, p: float, several: int, total: int) -> Judgement:
    if several > MOST_IN_SEVERAL * (several + total):
        return "several groups"
    if least < FEWEST_EXPECTED:
        return "too few"
    return "mismatch" if p < ALARM else "sound"


def _demand_groups(counts: Mapping[str, int], weights: Mapping[str, float]) -> None:
    if len(weights) < 2 or not all(0 < weight < float("inf") for weight in weights.values()):
        raise ExperimentError(
            f"groups {dict(weights)}: name at least two, each with a weight above 0",
            f"分组 {dict(weights)}：至少两组，且权重均须大于 0",
        )
    unknown = sorted(set(counts) - set(weights))
    if unknown:
        raise ExperimentError(
            f"group {', '.join(unknown)} is not planned; planned are {', '.join(weights)}",
            f"计划中没有分组 {'、'.join(unknown)}；计划的分组为 {'、'.join(weights)}",
        )
