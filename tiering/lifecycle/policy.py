"""The thresholds of the lifecycle: a small YAML file, read strictly."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from pathlib import Path

from nlp.message import Message
from tiering.errors import PolicyError
from tiering.policy_reader import Reader, read_yaml

SHIPPED = Path(__file__).with_name("lifecycle.yaml")
LONGEST_DAYS = 3_650


@dataclass(frozen=True, slots=True)
class CyclePolicy:
    """The purchase cycle in days: of who shows none, and within which bounds."""

    days: int
    least_gaps: int
    shortest: int
    longest: int


@dataclass(frozen=True, slots=True)
class TrendPolicy:
    """How two windows of `cycles` each are compared."""

    cycles: float
    least_orders: int
    least_days: int
    least_features: int
    least_messages: int
    fallen: float


@dataclass(frozen=True, slots=True)
class GrowthPolicy:
    """From how many purchases on one grows, and what rising orders are."""

    purchases: int
    rise: float
    more: int


@dataclass(frozen=True, slots=True)
class MaturePolicy:
    """From how many purchases over how many cycles on one is mature."""

    purchases: int
    cycles: float


@dataclass(frozen=True, slots=True)
class DeclinePolicy:
    """What each sign of decline counts, and how much is decline."""

    points: int
    overdue_cycles: float
    overdue: int
    orders: int
    activity: int
    features: int
    response: int
    leaving: int


@dataclass(frozen=True, slots=True)
class SilencePolicy:
    """For how many cycles there was no order, and no sign of life at all."""

    order_cycles: float
    sign_cycles: float


@dataclass(frozen=True, slots=True)
class MessagesPolicy:
    """Events by which we reach a customer, and those by which a customer answers."""

    reached: tuple[str, ...]
    answered: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LifecyclePolicy:
    """All thresholds; `in_days` is the cycle of who has shown none."""

    version: str
    cycle: CyclePolicy
    industry: str
    industries: Mapping[str, int]
    trend: TrendPolicy
    growth: GrowthPolicy
    mature: MaturePolicy
    decline: DeclinePolicy
    dormant: SilencePolicy
    lost: SilencePolicy
    messages: MessagesPolicy

    def in_days(self) -> int:
        """Return the cycle of the industry, in days."""
        return self.industries.get(self.industry, self.cycle.days)


def load_lifecycle_policy(path: Path | str | None = None) -> LifecyclePolicy:
    """Return the thresholds of a YAML file; without a path the shipped ones.

    Raises
    ------
    PolicyError
        The file is missing or no YAML; a key is unknown, missing or of another type; a number is
        out of range; the industry is not listed; stages are out of order.
    """
    path = Path(path) if path is not None else SHIPPED
    data = read_yaml(path, Message("a lifecycle policy", "生命周期策略"))
    policy: LifecyclePolicy = Reader(str(path)).section(LifecyclePolicy, data, "")
    for key, en, zh in broken(policy):
        raise PolicyError(f"{path}, {key}: {en}", f"{path}，{key}：{zh}")
    return policy


def broken(policy: LifecyclePolicy) -> Iterator[tuple[str, str, str]]:
    """Yield key and what is wrong, in both languages, of each rule that the policy breaks."""
    yield from _negative(policy)
    cycle, days = policy.cycle, {"cycle.days": policy.cycle.days}
    days |= {f"industries.{name}": each for name, each in policy.industries.items()}
    if not 1 <= cycle.shortest <= cycle.longest <= LONGEST_DAYS or cycle.least_gaps < 1:
        yield _said("cycle", cycle, f"1 <= shortest <= longest <= {LONGEST_DAYS}, least_gaps >= 1")
    for key, each in days.items():
        if not 1 <= each <= LONGEST_DAYS:
            yield _said(key, each, f"1 - {LONGEST_DAYS}")
    if policy.industry and policy.industry not in policy.industries:
        yield _said("industry", policy.industry, ", ".join(policy.industries))
    if not 0 < policy.trend.cycles <= LONGEST_DAYS or not 0 <= policy.trend.fallen < 1:
        yield _said("trend", policy.trend, "cycles > 0, 0 <= fallen < 1")
    if policy.decline.points < 1:
        yield _said("decline.points", policy.decline.points, ">= 1")
    yield from _ordered(policy)


def _ordered(policy: LifecyclePolicy) -> Iterator[tuple[str, str, str]]:
    overdue, dormant, lost = policy.decline.overdue_cycles, policy.dormant, policy.lost
    orders = [overdue, dormant.order_cycles, lost.order_cycles]
    if not overdue < dormant.order_cycles < lost.order_cycles:
        allowed = "decline.overdue_cycles < dormant.order_cycles < lost.order_cycles"
        yield _said("lost.order_cycles", orders, allowed)
    if dormant.sign_cycles > lost.sign_cycles:
        found = [dormant.sign_cycles, lost.sign_cycles]
        yield _said("lost.sign_cycles", found, "dormant.sign_cycles <= lost.sign_cycles")


def _negative(section: object, key: str = "") -> Iterator[tuple[str, str, str]]:
    for field in fields(section):  # type: ignore[arg-type]  # a dataclass, by the callers
        value, name = getattr(section, field.name), f"{key}.{field.name}".lstrip(".")
        if is_dataclass(value):
            yield from _negative(value, name)
        elif isinstance(value, int | float) and value < 0:
            yield _said(name, value, ">= 0")


def _said(key: str, found: object, allowed: str) -> tuple[str, str, str]:
    return key, f"{found} cannot be used; allowed: {allowed}", f"{found} 无法使用；须为 {allowed}"
