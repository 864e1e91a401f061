"""What a policy must obey beyond its types: sums, order, no gap."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from itertools import pairwise

from tiering.curves import Curve
from tiering.influence_rules import Broken, broken_influence
from tiering.policy import LIFETIME_MODELS, Policy, RiskCap, RiskSigns
from tiering.seasons import broken_seasons

SUM_TOLERANCE = 1e-9
OPTIONAL = ("content", "community", "risk")
"""Dimensions whose section a policy may leave out while they count nothing."""


def broken_rules(policy: Policy) -> Iterator[Broken]:
    """Yield the rules that the policy breaks, in the order of its sections."""
    yield from _ladder("tiers", [(tier.name, tier.at_least) for tier in policy.tiers])
    for key, section in _sections(policy):
        if isinstance(section, Curve):
            yield from _ascending(key, section)
        elif key.endswith("weights"):
            yield from _sum_to_one(key, _cells(section))
        yield from _shares(key, _cells(section))
    for number, platform in enumerate(policy.influence.bands):
        cuts = [(band.name, float(band.at_least)) for band in platform.bands]
        yield from _ladder(f"influence.bands[{number}].bands", cuts)
    yield from broken_influence(policy)
    yield from _everyone(policy)
    yield from _added(policy)


def _sections(value: object, key: str = "") -> Iterator[tuple[str, object]]:
    """Yield every section and curve below `value` with its dotted key."""
    for name, section in _cells(value).items():
        below = f"{key}.{name}".lstrip(".")
        if is_dataclass(section):
            yield below, section
            yield from _sections(section, below)


def _cells(section: object) -> Mapping[str, object]:
    if not is_dataclass(section) or isinstance(section, Curve):
        return {}
    return {field.name: getattr(section, field.name) for field in fields(section)}


def _sum_to_one(key: str, cells: Mapping[str, object]) -> Iterator[Broken]:
    weights = {name: cell for name, cell in cells.items() if isinstance(cell, int | float)}
    total = sum(weights.values())
    if min(weights.values()) < 0 or abs(total - 1) > SUM_TOLERANCE:
        written = ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
        yield (
            key,
            f"weights {written} add up to {total:g}; make them 0 or more with the sum 1",
            f"权重 {written} 合计为 {total:g}；每项须不小于 0，合计须为 1",
        )


def _shares(key: str, cells: Mapping[str, object]) -> Iterator[Broken]:
    """Check what is a part of a whole, and what something is divided by."""
    for name, cell in cells.items():
        if not isinstance(cell, int | float):
            continue
        if ("discount" in name or name.endswith("_share")) and not 0 <= cell <= 1:
            yield f"{key}.{name}", f"{cell:g} must lie from 0 to 1", f"{cell:g} 须在 0 到 1 之间"
        if name.endswith(("_days", "_minutes", "_authors")) and cell <= 0:
            yield f"{key}.{name}", f"{cell:g} must be above 0", f"{cell:g} 须大于 0"


def _ascending(key: str, curve: Curve) -> Iterator[Broken]:
    figures = [figure for figure, _ in curve.knots]
    if len(figures) < 2 or any(high <= low for low, high in pairwise(figures)):
        yield (
            key,
            f"figures {figures} of the curve must be at least two, each above the one before",
            f"曲线的取值 {figures} 须至少两个，且逐个递增",
        )


def _ladder(key: str, steps: Sequence[tuple[str, float]]) -> Iterator[Broken]:
    """Check steps from the best to the last: names differ, cuts fall, the last is 0."""
    names, cuts = [name for name, _ in steps], [cut for _, cut in steps]
    if not steps or cuts[-1] != 0:
        yield (
            key,
            f"the last step starts at {cuts[-1:]}, so there is a gap below it; start it at 0",
            f"最后一级从 {cuts[-1:]} 开始，其下有空档；请从 0 开始",
        )
    if any(low >= high for high, low in pairwise(cuts)):
        yield key, f"cuts {cuts} must fall from step to step", f"界线 {cuts} 须逐级递减"
    if len(set(names)) < len(names):
        yield key, f"names {names} must differ", f"名称 {names} 不得重复"


def _everyone(policy: Policy) -> Iterator[Broken]:
    if not policy.influence.bands or policy.influence.bands[-1].platforms != ("*",):
        yield (
            "influence.bands",
            'the last entry must be for platforms ["*"], so that every platform has bands',
            '最后一项的 platforms 须为 ["*"]，使每个平台都有分级',
        )
    if not 1 <= policy.reasons <= 6:
        yield (
            "reasons",
            f"{policy.reasons} must lie from 1 to 6",
            f"{policy.reasons} 须在 1 到 6 之间",
        )
    if policy.lifetime.model not in LIFETIME_MODELS:
        known = ", ".join(LIFETIME_MODELS)
        yield (
            "lifetime.model",
            f"{policy.lifetime.model!r} must be one of {known}",
            f"{policy.lifetime.model!r} 须为 {known} 之一",
        )


def _added(policy: Policy) -> Iterator[Broken]:
    for name in OPTIONAL:
        if getattr(policy.weights, name) and getattr(policy, name) is None:
            yield (
                f"weights.{name}",
                f"it counts, but the section {name} is missing; take it from the shipped policy",
                f"该维度计入得分，但缺少小节 {name}；请从随附策略复制",
            )
    yield from _decay(policy)
    yield from _industry(policy)
    if policy.risk is not None:
        yield from _caps(policy.risk.caps, [tier.name for tier in policy.tiers])
        yield from _signs(policy.risk.signs)
    yield from broken_seasons(policy.promotions)
    margin, runs = policy.stability.margin, policy.stability.runs
    if margin < 0 or runs < 1:
        en = f"margin {margin:g} must be 0 or more, runs {runs} 1 or more"
        yield "stability", en, f"margin {margin:g} 须不小于 0，runs {runs} 须不小于 1"


def _caps(caps: Sequence[RiskCap], tiers: Sequence[str]) -> Iterator[Broken]:
    for number, cap in enumerate(caps):
        key = f"risk.caps[{number}]"
        if cap.at_best not in tiers:
            yield (
                f"{key}.at_best",
                f"{cap.at_best!r} must be one of the tiers {', '.join(tiers)}",
                f"{cap.at_best!r} 须为层级之一：{'、'.join(tiers)}",
            )
        if not 0 < cap.below <= 100:
            en, zh = "must lie above 0 and up to 100", "须大于 0 且不超过 100"
            yield f"{key}.below", f"{cap.below:g} {en}", f"{cap.below:g} {zh}"


def _signs(signs: RiskSigns | None) -> Iterator[Broken]:
    least = {"high_value_fen": 1, "least_burst": 2, "public_from": 3}
    for name, low in least.items():
        found = low if signs is None else getattr(signs, name)
        if found < low:
            en, zh = f"{found} must be {low} or more", f"{found} 须不小于 {low}"
            yield f"risk.signs.{name}", en, zh


def _decay(policy: Policy) -> Iterator[Broken]:
    known = ("order", "opinion", "complaint", "post", *policy.engagement.events)
    for name, days in policy.decay.items():
        if name not in known or days <= 0:
            yield (
                f"decay.{name}",
                f"{days:g} must be a half-life above 0 of one of {', '.join(known)}",
                f"{days:g} 须为大于 0 的半衰期，种类须为 {'、'.join(known)} 之一",
            )


def _industry(policy: Policy) -> Iterator[Broken]:
    if policy.industry and policy.industry not in policy.industries:
        yield (
            "industry",
            f"{policy.industry!r} is not among the industries {', '.join(policy.industries)}",
            f"{policy.industry!r} 不在 industries 之中：{'、'.join(policy.industries)}",
        )
    known = [each.name for each in fields(policy.weights)]
    for name, industry in policy.industries.items():
        wrong = {n: c for n, c in industry.coefficients.items() if n not in known or c < 0}
        if wrong or industry.cycle <= 0:
            en = f"{industry.cycle:g} must be above 0, and coefficients 0 or more of {known}"
            zh = f"{industry.cycle:g} 须大于 0；系数须不小于 0，维度须为 {known} 之一"
            yield f"industries.{name}", f"cycle {en}; found {wrong}", f"cycle {zh}；现为 {wrong}"
