"""The policy in force: industry and half-lives put into the sections that they change."""

from collections.abc import Mapping
from dataclasses import fields, replace

from tiering.curves import Curve
from tiering.policy import ContentPolicy, Industry, Policy, Weights


def in_force(policy: Policy) -> Policy:
    """Return the policy by which customers are scored; its label is that of the given one.

    The coefficients of the industry multiply the weights, which then add up to 1 again; its cycle
    stretches the days of recency; `decay` stands in place of the half-lives of its kinds.
    """
    industry = policy.industries.get(policy.industry, Industry())
    recency = _stretched(policy.rfm.recency, industry.cycle)
    return replace(
        policy,
        weights=_weighted(policy.weights, industry.coefficients),
        rfm=replace(policy.rfm, recency=recency),
        influence=replace(
            policy.influence,
            half_life_days=policy.decay.get("post", policy.influence.half_life_days),
        ),
        experience=replace(
            policy.experience,
            half_life_days=policy.decay.get("opinion", policy.experience.half_life_days),
            complaint_half_life_days=policy.decay.get(
                "complaint", policy.experience.complaint_half_life_days
            ),
        ),
        content=_content(policy.content, policy.decay),
    )


def _weighted(weights: Weights, coefficients: Mapping[str, float]) -> Weights:
    if not coefficients:
        return weights
    names = [field.name for field in fields(weights)]
    raw = {name: getattr(weights, name) * coefficients.get(name, 1.0) for name in names}
    total = sum(raw.values())
    return Weights(**{name: weight / total for name, weight in raw.items()}) if total else weights


def _stretched(curve: Curve, times: float) -> Curve:
    return curve if times == 1 else Curve(tuple((days * times, at) for days, at in curve.knots))


def _content(content: ContentPolicy | None, decay: Mapping[str, float]) -> ContentPolicy | None:
    if content is None:
        return None
    return replace(content, half_life_days=decay.get("post", content.half_life_days))
