"""The measures of each dimension: where their figure and their points stand, and their weight."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tiering.card import NO_RISK
from tiering.policy import Policy


@dataclass(frozen=True, slots=True)
class Measure:
    """One measure: the columns of its figure and its points, and what the points are times.

    `base` is what the dimension has before any measure; it stands with the first of them.
    """

    name: str
    figure: str
    column: str
    weight: float
    base: float = 0.0


def measures_of(policy: Policy) -> Mapping[str, Sequence[Measure]]:
    """Return the measures of every dimension of a policy in force."""
    return {
        "commercial": _commercial(policy),
        "social": _social(policy),
        "experience": _experience(policy),
        "engagement": _engagement(policy),
        "content": _content(policy),
        "community": _community(policy),
        "risk": _risk(policy),
    }


def _commercial(policy: Policy) -> list[Measure]:
    weights = policy.rfm.weights
    ability = weights.ability
    return [
        Measure("recency", "recency_days", "recency_points", weights.recency),
        Measure("frequency", "counted_orders", "frequency_points", weights.frequency),
        Measure("monetary", "counted_fen", "monetary_points", weights.monetary),
        *([Measure("ability", "mean_order_fen", "ability_points", ability)] if ability else []),
    ]


def _social(policy: Policy) -> list[Measure]:
    weights = policy.influence.weights
    return [
        Measure("reach", "followers", "reach", weights.reach),
        Measure("depth", "posts", "depth", weights.depth),
        Measure("audience", "followers", "audience", weights.audience),
        Measure("network", "times_average", "network", weights.network),
        *([Measure("opinion", "nsr", "opinion", weights.opinion)] if weights.opinion else []),
    ]


def _experience(policy: Policy) -> list[Measure]:
    rules = policy.experience
    return [
        Measure("sentiment", "nsr", "shrunk", rules.sentiment, rules.neutral),
        Measure("complaints", "complaints", "lost_complaints", -1.0),
        Measure("open_requests", "open_requests", "lost_open_requests", -1.0),
        Measure("churn", "churn", "lost_churn", -1.0),
        Measure("escalations", "escalations", "lost_escalations", -1.0),
        Measure("nps", "nps", "nps_points", 1.0),
    ]


def _engagement(policy: Policy) -> list[Measure]:
    weights = policy.engagement.weights
    return [
        Measure("days", "active_days", "days_points", weights.days),
        Measure("actions", "counted_actions", "actions_points", weights.actions),
    ]


def _content(policy: Policy) -> list[Measure]:
    if policy.content is None:
        return []
    weights = policy.content.weights
    return [
        Measure("volume", "written", "volume_points", weights.volume),
        Measure("depth", "written", "depth_points", weights.depth),
        Measure("echo", "echoed", "echo_points", weights.echo),
    ]


def _community(policy: Policy) -> list[Measure]:
    base = policy.community.neutral if policy.community else 0.0
    return [
        Measure("answers", "answers", "answers_points", 1.0, base),
        Measure("suggestions", "suggestions", "suggestions_points", 1.0),
        Measure("adverts", "community_adverts", "lost_adverts", -1.0),
    ]


def _risk(policy: Policy) -> list[Measure]:
    signs = policy.risk.signs if policy.risk else None
    more = [
        Measure("returned", "paid_back", "lost_returned", -1.0),
        Measure("quick_returns", "quick_returns", "lost_quick_returns", -1.0),
        Measure("payments", "burst", "lost_payments", -1.0),
        Measure("linked", "linked", "lost_linked", -1.0),
        Measure("violations", "violations", "lost_violations", -1.0),
        Measure("reports", "unfounded_reports", "lost_reports", -1.0),
    ]
    return [
        Measure("refunds", "paid_back", "lost_refunds", -1.0, NO_RISK),
        Measure("devices", "device_events", "lost_devices", -1.0),
        Measure("adverts", "risk_adverts", "lost_risk_adverts", -1.0),
        *(more if signs else ()),
    ]
