"""An experiment read: are the groups sound, what differs, and what of it can be believed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan

import numpy as np

from nlp.evaluation import Flags, Floats
from nlp.message import Message
from tiering.arrays import demand_alike, finite
from tiering.errors import ExperimentError
from tiering.experiments.anytime import anytime
from tiering.experiments.correction import corrected
from tiering.experiments.cuped import Adjusted, cuped
from tiering.experiments.difference import (
    Difference,
    compared,
    mean_of,
    ratio_of,
    share_counts,
    shares_compared,
)
from tiering.experiments.plan import Metric, Plan, demand_sound
from tiering.experiments.ratio_check import RatioCheck, ratio_check
from tiering.experiments.verdicts import Verdict, told, verdict_of

UNBALANCED = 0.001
"""A p of the figures before the exposure below this: the groups differed before they were one."""
NOT_RATIOS = Message("without CUPED: not made for ratios", "未用 CUPED：不适用于比率指标")


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """One measure of each customer: after the exposure, and in the days before it (nan: none)."""

    after: Floats
    before: Floats | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One arm against the control in one metric.

    `adjusted_p` is corrected for looking at several goals and arms (guards are not). `removed` is
    the share of the variance that CUPED took away. `reasons` say why the verdict is what it is.
    """

    metric: str
    arm: str
    role: str
    found: Difference | None
    adjusted_p: float
    removed: float
    verdict: Verdict
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """What an experiment says: the check of the groups first, then each comparison."""

    groups: RatioCheck
    comparisons: tuple[Comparison, ...]

    def believable(self) -> bool:
        """Return whether the groups are sound, without which there is no verdict at all."""
        return self.groups.judgement == "sound"


@dataclass(frozen=True, slots=True, eq=False)
class _Arm:
    """The customers of one comparison."""

    name: str
    control: Flags
    treated: Flags


def read_experiment(
    groups: Sequence[str], outcomes: Mapping[str, Outcome], plan: Plan, several: int = 0
) -> Reading:
    """Return what an experiment says, by its plan.

    Parameters
    ----------
    groups
        The group of each customer; customers seen in several groups are left out before.
    outcomes
        By measure, one cell a customer in the order of `groups`.
    several
        How many customers were in several groups.

    Raises
    ------
    ExperimentError
        The plan is not sound, a group is not planned, a measure is missing or not finite.
    """
    demand_sound(plan)
    demand_alike(ExperimentError, groups=groups, **{n: o.after for n, o in outcomes.items()})
    names, counts = np.unique(np.asarray(groups, dtype=str), return_counts=True)
    sizes = {str(name): int(count) for name, count in zip(names, counts, strict=True)}
    check = ratio_check(sizes, plan.groups, several)
    member = {name: np.asarray(groups, dtype=str) == name for name in plan.groups}
    arms = [_Arm(name, member[plan.control], member[name]) for name in plan.arms()]
    found = [
        _comparison(metric, arm, _outcomes(metric, outcomes), plan)
        for metric in plan.metrics
        for arm in arms
    ]
    return Reading(check, _judged(found, plan, sound=check.judgement == "sound"))


def _outcomes(metric: Metric, outcomes: Mapping[str, Outcome]) -> list[Outcome]:
    missing = [name for name in metric.measures() if name not in outcomes]
    if missing:
        there = ", ".join(outcomes) or "none 无"
        raise ExperimentError(
            f"metric {metric.name}: no measure {', '.join(missing)}; there are {there}",
            f"指标 {metric.name}：没有度量 {'、'.join(missing)}；现有 {there}",
        )
    return [
        replace(outcomes[name], after=finite(f"{metric.name} ({name})", outcomes[name].after))
        for name in metric.measures()
    ]


def _comparison(metric: Metric, arm: _Arm, given: list[Outcome], plan: Plan) -> Comparison:
    hindrance = _hindrance(metric, arm, given, plan)
    if hindrance is not None:
        name = metric.name
        return Comparison(name, arm.name, metric.role, None, nan, 0.0, "not judged", (hindrance,))
    adjusted = _adjusted(metric, arm, given[0])
    found = _difference(metric, arm, given, adjusted, plan.level)
    if plan.looks == "any":
        found = anytime(found, plan.level, plan.planned)
    notes = (adjusted.reason, *_imbalance(arm, given[0]))
    return Comparison(
        metric.name, arm.name, metric.role, found, found.p, adjusted.removed, "not judged", notes
    )


def _hindrance(metric: Metric, arm: _Arm, given: list[Outcome], plan: Plan) -> Message | None:
    """Return why the two groups cannot be compared at all, None where they can."""
    sizes = int(arm.control.sum()), int(arm.treated.sum())
    if min(sizes) < plan.fewest:
        return Message(
            f"{sizes[0]} and {sizes[1]} customers, {plan.fewest} are needed in each",
            f"两组分别为 {sizes[0]} 与 {sizes[1]} 位顾客，每组至少需要 {plan.fewest} 位",
        )
    if metric.kind == "ratio" and not all(
        given[1].after[of].sum() for of in (arm.control, arm.treated)
    ):
        return Message(
            f"nobody of a group has any {metric.per}: there is no ratio",
            f"某一组中无人有 {metric.per}：没有比率可言",
        )
    return None


def _adjusted(metric: Metric, arm: _Arm, outcome: Outcome) -> Adjusted:
    """Return the outcomes of both groups after CUPED, by customer; a ratio's stay as they are."""
    both = arm.control | arm.treated
    values = (outcome.after > 0).astype(float) if metric.kind == "proportion" else outcome.after
    if metric.kind == "ratio":
        return Adjusted(values, 0.0, 0.0, used=False, reason=NOT_RATIOS)
    before = None if outcome.before is None else outcome.before[both]
    if before is not None and metric.kind == "proportion":
        before = np.where(np.isnan(before), np.nan, before > 0)
    made = cuped(values[both], before)
    spread = values.copy()
    spread[both] = made.values
    return replace(made, values=spread)


def _difference(
    metric: Metric, arm: _Arm, given: list[Outcome], adjusted: Adjusted, level: float
) -> Difference:
    control, treated = arm.control, arm.treated
    if metric.kind == "ratio":
        up, down = (each.after for each in given)
        first, second = (ratio_of(up[of], down[of]) for of in (control, treated))
        return compared(first, second, level, "delta")
    if metric.kind == "proportion" and not adjusted.used:
        first_counts, second_counts = (
            share_counts(adjusted.values[of]) for of in (control, treated)
        )
        return shares_compared(first_counts, second_counts, level)
    first, second = (mean_of(adjusted.values[of]) for of in (control, treated))
    return compared(first, second, level)


def _imbalance(arm: _Arm, outcome: Outcome) -> tuple[Message, ...]:
    if outcome.before is None:
        return ()
    past = [outcome.before[of] for of in (arm.control, arm.treated)]
    known = [each[np.isfinite(each)] for each in past]
    if min(map(len, known)) < 2:
        return ()
    first, second = map(mean_of, known)
    p = compared(first, second).p
    if p >= UNBALANCED:
        return ()
    return (
        Message(
            f"the groups differed before the exposure already (p {p:.2g}): doubt the lot",
            f"两组在曝光前已有差异（p 值 {p:.2g}）：请怀疑分流",
        ),
    )


def _judged(found: list[Comparison], plan: Plan, *, sound: bool) -> tuple[Comparison, ...]:
    """Return the comparisons with p corrected over the goals of all arms, and their verdicts."""
    goals = [each.adjusted_p if each.role == "goal" else nan for each in found]
    together = corrected(goals, plan.correction)
    metrics = {metric.name: metric for metric in plan.metrics}
    judged = []
    for each, p in zip(found, together, strict=True):
        adjusted = replace(each, adjusted_p=p if each.role == "goal" else each.adjusted_p)
        verdict = verdict_of(
            metrics[each.metric], each.found, adjusted.adjusted_p, plan, sound=sound
        )
        reasons = (*each.reasons, told(verdict, sound=sound))
        judged.append(replace(adjusted, verdict=verdict, reasons=reasons))
    return tuple(judged)
