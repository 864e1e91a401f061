"""What the sections of influence and of orders must obey beyond sums and order."""

from collections.abc import Iterator

from tiering.policy import CoRepostPolicy, DepthPolicy, GrowthPolicy, Policy

Broken = tuple[str, str, str]
"""Key, and what is wrong with it and what to do, in English and in Chinese."""


def broken_influence(policy: Policy) -> Iterator[Broken]:
    """Yield the rules that what influence (and the size of orders) is measured by breaks."""
    yield from _depth(policy.influence.depth)
    yield from _co_reposts(policy.influence.co_reposts)
    yield from _growth(policy.influence.fake_audience.growth)
    yield from _at_least(
        "influence.reactions.impressions_per_like",
        policy.influence.reactions.impressions_per_like,
        0,
    )
    prior = policy.influence.opinion.prior
    if prior < 0:
        yield "influence.opinion.prior", f"{prior:g} must be 0 or more", f"{prior:g} 须不小于 0"
    if policy.rfm.weights.ability and policy.rfm.ability is None:
        yield _without_curve("rfm.ability", "rfm.weights.ability")


def _depth(depth: DepthPolicy) -> Iterator[Broken]:
    if depth.length_share() < -1e-9:
        taken = 1 - depth.length_share()
        yield (
            "influence.depth",
            f"answered_share, information_share and judging_share add up to {taken:g}; at most 1",
            f"answered_share、information_share 与 judging_share 合计为 {taken:g}；不得超过 1",
        )
    if depth.information_share and depth.information is None:
        yield _without_curve("influence.depth.information", "influence.depth.information_share")


def _co_reposts(rules: CoRepostPolicy | None) -> Iterator[Broken]:
    if rules is None:
        return
    least = {"window_seconds": 1, "least_times": 2, "least_authors": 2}
    least["most_accounts"] = rules.least_authors
    for name, low in least.items():
        yield from _at_least(f"influence.co_reposts.{name}", getattr(rules, name), low)


def _growth(rules: GrowthPolicy | None) -> Iterator[Broken]:
    if rules is None:
        return
    least = {"daily_from": 1.0, "followers_per_reaction": 0.0}
    for name, low in least.items():
        yield from _at_least(f"influence.fake_audience.growth.{name}", getattr(rules, name), low)


def _at_least(key: str, found: float, low: float) -> Iterator[Broken]:
    if found < low:
        yield key, f"{found:g} must be {low:g} or more", f"{found:g} 须不小于 {low:g}"


def _without_curve(key: str, weight: str) -> Broken:
    return (
        key,
        f"{weight} counts, but the curve {key} is missing; take it from the shipped policy",
        f"{weight} 计入得分，但缺少曲线 {key}；请从随附策略复制",
    )
