"""How risky the next campaign with an account is: its parts, each with its figure and reason."""

from dataclasses import dataclass

from nlp.message import Message
from tiering.campaigns.campaign import Campaign, Voices
from tiering.campaigns.rules import CampaignRules


@dataclass(frozen=True, slots=True)
class RiskPart:
    """One part of risk: its figure, its points from 0 to 100, and the sentence that says so."""

    name: str
    figure: float
    points: float
    reason: Message


def risk_parts(campaign: Campaign, rules: CampaignRules) -> tuple[RiskPart, ...]:
    """Return the parts of risk that are known, the heaviest in points and weight first."""
    known = []
    if campaign.fake_share is not None:
        known.append(_fake(campaign.fake_share, rules))
    if campaign.voices is not None and campaign.voices.total():
        known += [_negatives(campaign.voices, rules), _nsr(campaign.voices, rules)]
    return tuple(sorted(known, key=lambda part: -part.points * _weight(part, rules)))


def risk_of(parts: tuple[RiskPart, ...], rules: CampaignRules) -> float | None:
    """Return the weighted mean of the known parts, 0 to 100; None where none counts."""
    total = sum(_weight(part, rules) for part in parts)
    if total == 0:
        return None
    return sum(part.points * _weight(part, rules) for part in parts) / total


def nsr(voices: Voices, prior: float) -> float:
    """Return (positive - negative) / (positive + negative + prior), -1 to 1; 0 without voices."""
    total = voices.positive + voices.negative + prior
    return (voices.positive - voices.negative) / total if total else 0.0


def _weight(part: RiskPart, rules: CampaignRules) -> float:
    return float(getattr(rules.weights, part.name))


def _fake(share: float, rules: CampaignRules) -> RiskPart:
    reason = Message(f"{share:.0%} of the audience looks fake", f"受众中约 {share:.0%} 疑似虚假")
    return RiskPart("fake_audience", share, rules.fake_audience.points(share), reason)


def _negatives(voices: Voices, rules: CampaignRules) -> RiskPart:
    total = voices.total() + rules.prior
    share = voices.negative / total if total else 0.0
    reason = Message(
        f"of {voices.total()} earlier texts about us {voices.negative} negative",
        f"此前提及我们的 {voices.total()} 条内容中 {voices.negative} 条为负面",
    )
    return RiskPart("negatives", share, rules.negatives.points(share), reason)


def _nsr(voices: Voices, rules: CampaignRules) -> RiskPart:
    figure = nsr(voices, rules.prior)
    reason = Message(
        f"net sentiment {figure:+.2f} ({voices.positive} positive, {voices.negative} negative)",
        f"净情感 {figure:+.2f}（正面 {voices.positive}，负面 {voices.negative}）",
    )
    return RiskPart("nsr", figure, rules.nsr.points(figure), reason)
