"""What a policy of actions must obey beyond its types: every name known, no tier left out."""

from collections.abc import Iterable, Iterator, Sequence

from tiering.actions.conditions import condition_of
from tiering.actions.entitlements import entitled
from tiering.actions.policy import (
    CONSENTS,
    INHERITS,
    JUDGES,
    KINDS,
    MEASURES,
    WORSE,
    Action,
    ActionsPolicy,
    Kpi,
)
from tiering.errors import ActionsError
from tiering.policy import Tier

Broken = tuple[str, str, str]
"""Key, and what is wrong with it and what to do, in English and in Chinese."""

MOST_DAYS = 3660
MOST_FEN = 10**10


def broken_rules(policy: ActionsPolicy, tiers: Sequence[Tier]) -> Iterator[Broken]:
    """Yield the rules that the policy breaks, in the order of its sections."""
    yield from _once("entitlements", [each.name for each in policy.entitlements])
    yield from _once("tiers", [each.tier for each in policy.tiers])
    yield from _once("channels", [each.name for each in policy.channels])
    yield from _once("actions", [each.name for each in policy.actions])
    yield from _once("kpis.list", [each.name for each in policy.kpis.list])
    yield from _grants(policy, tiers)
    yield from _plain(policy)
    yield from _conditions("care_first", policy.care_first)
    for number, action in enumerate(policy.actions):
        yield from _action(f"actions[{number}]", action, policy, tiers)
    for number, kpi in enumerate(policy.kpis.list):
        yield from _kpi(f"kpis.list[{number}]", kpi, tiers)


def _once(key: str, names: Sequence[str]) -> Iterator[Broken]:
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice or "" in names:
        en, zh = ", ".join(twice) or "an empty name", "、".join(twice) or "空名称"
        yield (
            key,
            f"{en}: stands there twice or is empty; each needs a name of its own",
            f"{zh} 重复或为空；每一项都须有各自的名称",
        )


def _grants(policy: ActionsPolicy, tiers: Sequence[Tier]) -> Iterator[Broken]:
    rows, known = [each.tier for each in policy.tiers], [each.name for each in policy.entitlements]
    names = [tier.name for tier in tiers]
    missing = [name for name in names if name not in rows]
    if missing:
        yield (
            "tiers",
            f"{', '.join(missing)} of the scoring policy has no row; write what it is granted",
            f"评分策略中的层级 {'、'.join(missing)} 没有对应行；请写明其权益，即使没有权益",
        )
    for number, grant in enumerate(policy.tiers):
        yield from _one_of(f"tiers[{number}].tier", grant.tier, names)
        yield from _one_of(f"tiers[{number}].inherits", grant.inherits, INHERITS)
        for key, said in (("adds", grant.adds), ("drops", grant.drops)):
            for name in said:
                yield from _one_of(f"tiers[{number}].{key}", name, known)
        if grant.tier == names[-1] and grant.inherits == "below":
            yield (
                f"tiers[{number}].inherits",
                f"'below' is not possible for {grant.tier}, the lowest tier; write nothing",
                f"{grant.tier} 是最低层级，不能为 below；请写 nothing",
            )


def _plain(policy: ActionsPolicy) -> Iterator[Broken]:
    for number, channel in enumerate(policy.channels):
        yield from _one_of(f"channels[{number}].offers", channel.offers, CONSENTS)
    for number, each in enumerate(policy.entitlements):
        yield from _within(f"entitlements[{number}].cost", each.cost or 0, 0, MOST_FEN)
    yield from _within("most.actions", policy.most.actions, 1, 20)
    yield from _within("most.offers", policy.most.offers, 0, policy.most.actions)
    yield from _within("offer_pause_days", policy.offer_pause_days, 0, MOST_DAYS)
    yield from _within("open_complaint_days", policy.open_complaint_days, 1, MOST_DAYS)
    yield from _within("orders_window_days", policy.orders_window_days, 1, MOST_DAYS)
    yield from _within("kpis.level", policy.kpis.level, 0.5, 0.9999)
    yield from _one_of("kpis.judge", policy.kpis.judge, JUDGES)


def _action(
    key: str, action: Action, policy: ActionsPolicy, tiers: Sequence[Tier]
) -> Iterator[Broken]:
    yield from _one_of(f"{key}.kind", action.kind, KINDS)
    yield from _within(f"{key}.priority", action.priority, 1, 100)
    yield from _within(f"{key}.valid_days", action.valid_days, 1, MOST_DAYS)
    yield from _within(f"{key}.cooldown_days", action.cooldown_days, 0, MOST_DAYS)
    channels = [each.name for each in policy.channels]
    for name in action.channels or ("",):
        yield from _one_of(f"{key}.channels", name, channels)
    for tier in action.tiers:
        yield from _one_of(f"{key}.tiers", tier, [each.name for each in tiers])
    yield from _conditions(f"{key}.when", action.when)
    yield from _conditions(f"{key}.any_of", action.any_of)
    if action.gives:
        yield from _given(key, action, policy, tiers)


def _given(
    key: str, action: Action, policy: ActionsPolicy, tiers: Sequence[Tier]
) -> Iterator[Broken]:
    """Check that who is given something is entitled to it."""
    names = [each.name for each in policy.entitlements]
    yield from _one_of(f"{key}.gives", action.gives, names)
    for tier, each in entitled(policy, tiers).items():
        if (not action.tiers or tier in action.tiers) and action.gives not in {
            one.name for one in each.entitlements
        }:
            yield (
                f"{key}.gives",
                f"{action.gives!r} is given to {tier}, who is not entitled to it; grant it",
                f"{action.gives!r} 会发给 {tier}，但该层级没有此权益；请授予，或写明本行动的层级",
            )


def _kpi(key: str, kpi: Kpi, tiers: Sequence[Tier]) -> Iterator[Broken]:
    yield from _one_of(f"{key}.measure", kpi.measure, MEASURES)
    yield from _one_of(f"{key}.worse", kpi.worse, WORSE)
    yield from _within(f"{key}.window_days", kpi.window_days, 1, MOST_DAYS)
    yield from _within(f"{key}.least", kpi.least, 2, 10**9)
    yield from _within(f"{key}.alert_level", kpi.alert_level, 1, 4)
    lowest = -1.0 if kpi.measure == "nsr" else 0.0
    for tier, threshold in kpi.thresholds.items():
        yield from _one_of(f"{key}.thresholds", tier, [each.name for each in tiers])
        yield from _within(f"{key}.thresholds.{tier}", threshold, lowest, 1)
    if (kpi.measure == "share") != bool(kpi.of):
        yield (
            f"{key}.of",
            f"{list(kpi.of)} with measure {kpi.measure!r}; a share has conditions, others none",
            f"measure 为 {kpi.measure!r}，条件为 {list(kpi.of)}；share 须有条件，其他指标不得有",
        )
    yield from _conditions(f"{key}.of", kpi.of)
    yield from _conditions(f"{key}.among", kpi.among)


def _conditions(key: str, said: Iterable[str]) -> Iterator[Broken]:
    for number, text in enumerate(said):
        try:
            condition_of(text, f"{key}[{number}]")
        except ActionsError as error:
            en, zh = error.text("en"), error.text("zh")
            place = f"{key}[{number}]"
            yield place, en.removeprefix(f"{place}: "), zh.removeprefix(f"{place}：")


def _one_of(key: str, value: str, allowed: Sequence[str]) -> Iterator[Broken]:
    if value not in allowed:
        yield (
            key,
            f"{value!r} is not known; write one of {', '.join(allowed)}",
            f"未知的 {value!r}；请写 {'、'.join(allowed)} 之一",
        )


def _within(key: str, value: float, low: float, high: float) -> Iterator[Broken]:
    if not low <= value <= high:
        yield (
            key,
            f"{value:g} must lie from {low:g} to {high:g}",
            f"{value:g} 须在 {low:g} 到 {high:g} 之间",
        )
