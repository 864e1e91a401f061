"""One row a customer: dimensions joined, weighted, cut into tiers, and told."""

from collections.abc import Mapping, Sequence

import narwhals as nw

from tiering.curves import settled, weighted
from tiering.frames import Frame, null_like, settle
from tiering.policy import CarePolicy, Policy, Tier
from tiering.reasons import Notice, Reason, tenths, with_reasons
from tiering.times import Moment

FEATURES_VERSION = "2"
"""Changes with every change of how figures are computed; the policy has a version of its own."""

SCORE_COLUMNS = (
    "customer_id",
    "as_of",
    "tier",
    "score",
    "commercial",
    "social",
    "experience",
    "engagement",
    "influence",
    "band",
    "care",
    "reasons",
    "features_version",
    "policy_version",
)

LIFETIME_COLUMNS = ("p_alive", "expected_orders_12m", "value_12m")
"""Columns behind `SCORE_COLUMNS` where the policy names a lifetime model; value in fen."""

NAMES = {
    "commercial": ("commercial value", "商业价值"),
    "social": ("social influence", "社交影响力"),
    "experience": ("experience", "客户体验"),
    "engagement": ("engagement", "互动活跃度"),
}
NOTHING = {
    "commercial": ("no orders so far", "尚无订单"),
    "social": ("no account and no post known", "没有已知账号和发帖"),
    "experience": ("no feedback, so neutral", "没有反馈，按中性计"),
    "engagement": ("no events so far", "尚无行为记录"),
}


def customers_of(sources: Sequence[Frame]) -> Frame:
    """Return every customer that any of the frames names, once."""
    named = (source.select("customer_id") for source in sources)
    return nw.concat(list(named)).filter(~nw.col("customer_id").is_null()).unique()


def score_card(
    customers: Frame,
    parts: Mapping[str, Frame],
    moment: Moment,
    policy: Policy,
    lifetime: Frame | None = None,
) -> Frame:
    """Return `SCORE_COLUMNS` for every customer, and `LIFETIME_COLUMNS` where they are given.

    Parameters
    ----------
    customers
        Every `customer_id` once.
    parts
        One frame a dimension, one row a customer at most, in the order of the dimensions: the
        points under the dimension's name (social: `influence`) and `<name>_en`, `<name>_zh`.
    moment, policy
        When, and by which weights and cuts.
    lifetime
        One row a customer at most: `LIFETIME_COLUMNS` and `lifetime_en`, `lifetime_zh`.
    """
    columns = SCORE_COLUMNS if lifetime is None else SCORE_COLUMNS + LIFETIME_COLUMNS
    for part in (*parts.values(), *(() if lifetime is None else (lifetime,))):
        customers = customers.join(settle(part), on="customer_id", how="left")
    weights = {name: getattr(policy.weights, name) for name in parts}
    total = sum(weights.values())
    shares = {name: weight / total for name, weight in weights.items()}
    filled = settle(_filled(customers, parts, policy))
    scored = _scored(filled, shares, moment, policy)
    return _told(scored, shares, policy, lifetime is not None).select(columns)


def _filled(customers: Frame, parts: Mapping[str, Frame], policy: Policy) -> Frame:
    """Return the customers with a figure and a sentence for each dimension that was given."""
    neutral = policy.experience.neutral
    customers = customers.with_columns(social=nw.col("influence")).with_columns(
        *(nw.col(name).fill_null(neutral if name == "experience" else 0.0) for name in parts),
        *(
            nw.col(f"{name}_{language}").fill_null(NOTHING[name][place])
            for name in parts
            for place, language in enumerate(("en", "zh"))
        ),
    )
    if "engagement" in parts:
        return customers
    return customers.with_columns(engagement=null_like("influence"))


def _scored(customers: Frame, shares: Mapping[str, float], moment: Moment, policy: Policy) -> Frame:
    return customers.with_columns(score=settled(weighted(shares))).with_columns(
        tier=_tier(nw.col("score"), policy.tiers),
        care=_care(policy.care),
        as_of=nw.lit(moment.text),
        features_version=nw.lit(FEATURES_VERSION),
        policy_version=nw.lit(policy.label()),
    )


def _tier(points: nw.Expr, tiers: tuple[Tier, ...]) -> nw.Expr:
    name: nw.Expr = nw.lit(tiers[-1].name)
    for tier in reversed(tiers[:-1]):
        name = nw.when(points >= tier.at_least).then(nw.lit(tier.name)).otherwise(name)
    return name


def _care(policy: CarePolicy) -> nw.Expr:
    worth = nw.col("commercial") >= policy.commercial_at_least
    return worth & (nw.col("experience") <= policy.experience_at_most)


def _told(
    customers: Frame, shares: Mapping[str, float], policy: Policy, with_lifetime: bool
) -> Frame:
    """Add the reasons: notices first, then the dimensions from the one that counts most."""
    customers = customers.with_columns(
        **{f"said_{name}": tenths(nw.col(name)) for name in shares},
        **{f"gives_{name}": tenths(nw.col(name) * share) for name, share in shares.items()},
    )
    notices = [
        Notice(nw.col("care"), _care_reason()),
        Notice(
            ~nw.col("doubt_en").is_null(),
            Reason(
                nw.format("influence discounted: {}", nw.col("doubt_en")),
                nw.format("影响力打折：{}", nw.col("doubt_zh")),
            ),
        ),
    ]
    most = policy.reasons
    if with_lifetime:
        told = Reason(
            nw.format("lifetime value: {}", nw.col("lifetime_en")),
            nw.format("客户终身价值：{}", nw.col("lifetime_zh")),
        )
        notices.append(Notice(~nw.col("p_alive").is_null(), told))
        most += 1
    by_weight = sorted(shares, key=lambda name: -shares[name])
    return with_reasons(customers, notices, [_reason(n) for n in by_weight], most)


def _reason(name: str) -> Reason:
    """Return such as `commercial value 72.3/100 gives 39.8 points: last kept order ...`."""
    en, zh = NAMES[name]
    said, gives = nw.col(f"said_{name}"), nw.col(f"gives_{name}")
    return Reason(
        nw.format(f"{en} {{}}/100 gives {{}} points: {{}}", said, gives, nw.col(f"{name}_en")),
        nw.format(f"{zh} {{}}/100，计 {{}} 分：{{}}", said, gives, nw.col(f"{name}_zh")),
    )


def _care_reason() -> Reason:
    figures = nw.col("said_commercial"), nw.col("said_experience")
    return Reason(
        nw.format("care first: commercial value {}, but experience only {}", *figures),
        nw.format("请优先关怀：商业价值 {}，而客户体验仅 {}", *figures),
    )
