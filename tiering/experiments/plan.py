"""What an experiment sets out to find, written down before it starts: a small YAML file."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from nlp.message import Message
from tiering.errors import ExperimentError
from tiering.experiments.correction import METHODS
from tiering.policy_reader import Reader, read_yaml

KINDS = ("mean", "proportion", "ratio")
ROLES = ("goal", "guard")
BETTER = ("higher", "lower")
LOOKS = ("once", "any")
PRE_DAYS = 14
"""Days before the exposure whose figures CUPED uses (GrowthBook's default)."""
FEWEST = 150
"""Customers of a group below which no verdict is given (GrowthBook's least sample)."""

PLANNED = 10_000
"""Customers of two groups at which intervals of an experiment read at any time are narrowest."""


@dataclass(frozen=True, slots=True)
class Metric:
    """One figure that the groups are compared by.

    `of` is a measure of a customer: `orders`, `order_fen` (after refunds), or an event of the
    engagement table. A `proportion` is who has any, a `mean` how much of it each has, a `ratio`
    all of it over all of `per`. A `guard` is a figure that must not suffer by more than
    `most_harm`, in the metric's own unit.
    """

    name: str
    kind: str
    of: str
    per: str = ""
    better: str = "higher"
    role: str = "goal"
    most_harm: float = 0.0

    def measures(self) -> tuple[str, ...]:
        """Return the measures that the metric needs."""
        return (self.of, self.per) if self.kind == "ratio" else (self.of,)


@dataclass(frozen=True, slots=True)
class Plan:
    """The groups with their weights, which of them is the control, and the metrics.

    `days` is how long after the exposure outcomes count; customers whose days are not over are
    left out. None counts everything to the end, and then who came late had less time.

    `looks` is `once`, when the days of all are over, or `any`: then intervals and p hold however
    often they are read while the experiment runs, are wider, and narrowest at `planned` customers.
    """

    version: str
    control: str
    groups: Mapping[str, float]
    metrics: tuple[Metric, ...]
    level: float = 0.05
    correction: str = "holm"
    pre_days: int = PRE_DAYS
    days: int | None = None
    fewest: int = FEWEST
    looks: str = "once"
    planned: int = PLANNED

    def arms(self) -> tuple[str, ...]:
        """Return the groups that are not the control."""
        return tuple(name for name in self.groups if name != self.control)


def load_plan(path: Path | str) -> Plan:
    """Return the plan of a YAML file.

    Raises
    ------
    ExperimentError
        The file cannot be read, or a key is unknown, missing, or has a value that is not allowed;
        the message names file, key, value and remedy.
    """
    path = Path(path)
    data = read_yaml(path, Message("a plan", "实验计划"), ExperimentError)
    plan: Plan = Reader(str(path), ExperimentError).section(Plan, data, "")
    demand_sound(plan, str(path))
    return plan


def demand_sound(plan: Plan, source: str = "plan") -> None:
    """Raise unless an experiment can be judged by the plan.

    Raises
    ------
    ExperimentError
        Names the source, the key, the value and what is allowed.
    """
    _one_of(source, "correction", plan.correction, METHODS)
    _one_of(source, "looks", plan.looks, LOOKS)
    _within(source, "planned", plan.planned, 2, 10**9)
    _one_of(source, "control", plan.control, tuple(plan.groups))
    _within(source, "level", plan.level, 0.0001, 0.5)
    _within(source, "pre_days", plan.pre_days, 0, 365)
    _within(source, "fewest", plan.fewest, 2, 10**9)
    if plan.days is not None:
        _within(source, "days", plan.days, 1, 3650)
    _within(source, "groups (how many)", len(plan.groups), 2, 50)
    for name, weight in plan.groups.items():
        _within(source, f"groups.{name}", weight, 1e-6, 1e6)
    _within(source, "metrics (how many)", len(plan.metrics), 1, 200)
    names = [metric.name for metric in plan.metrics]
    for number, metric in enumerate(plan.metrics):
        _sound_metric(source, metric, f"metrics[{number}]", names[:number])


def _sound_metric(source: str, metric: Metric, key: str, before: list[str]) -> None:
    _one_of(source, f"{key}.kind", metric.kind, KINDS)
    _one_of(source, f"{key}.role", metric.role, ROLES)
    _one_of(source, f"{key}.better", metric.better, BETTER)
    _within(source, f"{key}.most_harm", metric.most_harm, 0, 10**12)
    if metric.name in before or not metric.name.strip() or not metric.of.strip():
        _refuse(source, f"{key}.name", metric.name, "a name of its own", "互不相同的名称")
    if (metric.kind == "ratio") != bool(metric.per):
        said = "a measure for a ratio, and for nothing else"
        _refuse(source, f"{key}.per", metric.per, said, "仅用于 ratio 且必填的指标")


def _one_of(source: str, key: str, value: str, allowed: tuple[str, ...]) -> None:
    if value not in allowed:
        told = ", ".join(allowed)
        _refuse(source, key, value, f"one of {told}", f"以下之一：{told}")


def _within(source: str, key: str, value: float, least: float, most: float) -> None:
    if not least <= value <= most:
        _refuse(source, key, value, f"from {least:g} to {most:g}", f"{least:g} 至 {most:g}")


def _refuse(source: str, key: str, value: object, en: str, zh: str) -> None:
    raise ExperimentError(
        f"{source}, {key}: {value!r} must be {en}", f"{source}，{key}：{value!r} 须为{zh}"
    )
