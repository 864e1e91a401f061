"""One row a customer: dimensions joined, weighted, cut into tiers, and told."""

from collections.abc import Mapping, Sequence

import narwhals as nw

from tiering.curves import settled, weighted
from tiering.errors import PolicyError
from tiering.frames import Frame, null_like, settle
from tiering.policy import CarePolicy, Policy, Stability
from tiering.reasons import Notice, Reason, tenths, with_reasons
from tiering.risk import capped_reason, with_caps
from tiering.stability import with_tier
from tiering.times import Moment

NO_RISK = 100.0
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
    "content",
    "community",
    "risk",
    "influence",
    "band",
    "care",
    "reasons",
    "score_tier",
    "runs_beyond",
    "features_version",
    "policy_version",
)

CAP_COLUMNS = ("uncapped_tier",)
"""Column behind the others where risk caps tiers: the tier that the customer would have."""

LIFETIME_COLUMNS = ("p_alive", "expected_orders_12m", "value_12m")
"""Columns behind `SCORE_COLUMNS` where the policy names a lifetime model; value in fen."""

NAMES = {
    "commercial": ("commercial value", "商业价值"),
    "social": ("social influence", "社交影响力"),
    "experience": ("experience", "客户体验"),
    "engagement": ("engagement", "互动活跃度"),
    "content": ("content", "内容价值"),
    "community": ("community health", "社区健康度"),
    "risk": ("freedom from risk", "风险安全度"),
}
NOTHING = {
    "commercial": ("no orders so far", "尚无订单"),
    "social": ("no account and no post known", "没有已知账号和发帖"),
    "experience": ("no feedback, so neutral", "没有反馈，按中性计"),
    "engagement": ("no events so far", "尚无行为记录"),
    "content": ("no public text so far", "尚无公开内容"),
    "community": ("no public text, so neutral", "没有公开内容，按中性计"),
    "risk": ("no sign of risk", "没有风险迹象"),
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
    previous: Frame | None = None,
    lifetime: Frame | None = None,
) -> Frame:
    """Return `SCORE_COLUMNS` but `policy_version` for every customer, beside all figures.

    Parameters
    ----------
    customers
        Every `customer_id` once.
    parts
        One frame a dimension, one row a customer at most, in the order of the dimensions: the
        points under the dimension's name (social: `influence`) and `<name>_en`, `<name>_zh`.
    moment, policy
        When, and by which weights and cuts.
    previous
        The tiers of the run before (`tiering.stability.open_previous`), for hysteresis.
    lifetime
        One row a customer at most: `LIFETIME_COLUMNS` and `lifetime_en`, `lifetime_zh`.
    """
    shares = shares_of(parts, policy)
    scored = with_score(customers, parts, policy)
    if lifetime is not None:
        scored = scored.join(settle(lifetime), on="customer_id", how="left")
    caps = policy.risk.caps if policy.risk is not None else ()
    tiered = settle(with_caps(with_tier(scored, previous, policy), caps, policy.tiers))
    return _told(_labelled(tiered, moment, policy), shares, policy, lifetime is not None)


def shares_of(parts: Mapping[str, Frame], policy: Policy) -> dict[str, float]:
    """Return what each measured dimension counts; the sum is 1.

    Raises
    ------
    PolicyError
        All weight lies on dimensions whose tables were not given.
    """
    weights = {name: getattr(policy.weights, name) for name in parts}
    total = sum(weights.values())
    if total <= 0:
        named = ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
        raise PolicyError(
            f"weights: those of the tables given ({named}) add up to {total:g}; give the other "
            "tables, or these a weight",
            f"weights：所给各表的权重（{named}）合计为 {total:g}；请补充其他表，或为其设置权重",
        )
    return {name: weight / total for name, weight in weights.items()}


def with_score(customers: Frame, parts: Mapping[str, Frame], policy: Policy) -> Frame:
    """Return the customers with all figures of the parts, each dimension filled, and `score`."""
    for part in parts.values():
        customers = customers.join(settle(part), on="customer_id", how="left")
    filled = settle(_filled(customers, parts, policy))
    return filled.with_columns(score=settled(weighted(shares_of(parts, policy))))


def _filled(customers: Frame, parts: Mapping[str, Frame], policy: Policy) -> Frame:
    """Return the customers with a figure and a sentence for each dimension that was given."""
    silent = _silent(policy)
    customers = customers.with_columns(social=nw.col("influence")).with_columns(
        *(nw.col(name).fill_null(silent.get(name, 0.0)) for name in parts),
        *(
            nw.col(f"{name}_{language}").fill_null(NOTHING[name][place])
            for name in parts
            for place, language in enumerate(("en", "zh"))
        ),
    )
    absent = {name: null_like("influence") for name in NAMES if name not in parts}
    return customers.with_columns(**absent) if absent else customers


def _silent(policy: Policy) -> dict[str, float]:
    """Return the points of who gives no sign at all, where they are not 0."""
    community = policy.community.neutral if policy.community else 0.0
    return {"experience": policy.experience.neutral, "community": community, "risk": NO_RISK}


def _labelled(customers: Frame, moment: Moment, policy: Policy) -> Frame:
    return customers.with_columns(
        care=_care(policy.care),
        as_of=nw.lit(moment.text),
        features_version=nw.lit(FEATURES_VERSION),
    )


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
        *([Notice(nw.col("is_capped"), capped_reason())] if policy.measures_risk() else []),
        Notice(nw.col("is_held"), _held_reason(policy.stability)),
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
    if not policy.weights.risk:  # measured for its caps alone: they tell it where they hold
        shares = {name: share for name, share in shares.items() if name != "risk"}
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


def _held_reason(stability: Stability) -> Reason:
    """Return such as `held in core: the score 49.2 says potential, for 1 run of 3 ...`."""
    runs = nw.max_horizontal(nw.col("runs_beyond"), -nw.col("runs_beyond"))
    figures = nw.col("uncapped_tier"), tenths(nw.col("score")), nw.col("score_tier"), runs
    en = f"for {{}} of {stability.runs} runs and by less than {stability.margin:g} points"
    zh = f"已连续 {{}} 次（须 {stability.runs} 次），且未超出 {stability.margin:g} 分"
    return Reason(
        nw.format("held in {}: the score {} says {}, " + en, *figures),
        nw.format("暂留 {}：得分 {} 对应 {}，" + zh, *figures),
    )


def _care_reason() -> Reason:
    figures = nw.col("said_commercial"), nw.col("said_experience")
    return Reason(
        nw.format("care first: commercial value {}, but experience only {}", *figures),
        nw.format("请优先关怀：商业价值 {}，而客户体验仅 {}", *figures),
    )
