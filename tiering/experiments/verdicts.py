"""A difference to a verdict: of a goal whether it is better, of a guard whether it held."""

from collections.abc import Mapping
from typing import Literal

from nlp.message import Message
from tiering.experiments.difference import Difference
from tiering.experiments.plan import Metric, Plan

Verdict = Literal[
    "better", "worse", "no difference shown", "held", "breached", "open", "not judged"
]

SAID: Mapping[Verdict, Message] = {
    "better": Message("better, more than chance explains", "更好，且超出偶然"),
    "worse": Message("worse, more than chance explains", "更差，且超出偶然"),
    "no difference shown": Message(
        "no difference shown; that is no proof that there is none",
        "未显示差异；这并不证明没有差异",
    ),
    "held": Message(
        "guard held: harm beyond the allowed is excluded", "护栏守住：可排除超限的损害"
    ),
    "breached": Message("guard breached: it became worse", "护栏失守：该指标变差"),
    "open": Message(
        "guard open: harm beyond the allowed is neither shown nor excluded",
        "护栏未定：既未证实也未排除超限的损害",
    ),
    "not judged": Message("not judged: it cannot be compared", "不作判断：无法比较"),
}
UNSOUND = Message("not judged: the groups are not as planned", "不作判断：分组与计划不符")


def verdict_of(
    metric: Metric, found: Difference | None, p: float, plan: Plan, *, sound: bool
) -> Verdict:
    """Return the verdict; without sound groups there is none, whatever the figures are."""
    if found is None or not sound:
        return "not judged"
    sign = 1 if metric.better == "higher" else -1
    if metric.role == "guard":
        return _of_guard(metric, found, sign, plan.level)
    if p >= plan.level:
        return "no difference shown"
    return "better" if found.difference * sign > 0 else "worse"


def told(verdict: Verdict, *, sound: bool) -> Message:
    """Return the verdict in words."""
    return SAID[verdict] if sound or verdict != "not judged" else UNSOUND


def _of_guard(metric: Metric, found: Difference, sign: int, level: float) -> Verdict:
    """Return what a guard says, uncorrected: looking often must not hide harm."""
    worst = found.low if sign > 0 else -found.high
    best = found.high if sign > 0 else -found.low
    if best < -metric.most_harm or (
        metric.most_harm == 0 and found.p < level and found.difference * sign < 0
    ):
        return "breached"
    return "held" if worst >= -metric.most_harm else "open"
