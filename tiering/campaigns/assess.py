"""Campaigns in, return, risk and a verdict with reasons out; nothing of the clock or of files."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nlp.message import Message
from tiering.campaigns.campaign import Campaign
from tiering.campaigns.returns import Return, campaign_return
from tiering.campaigns.risk import RiskPart, risk_of, risk_parts
from tiering.campaigns.rules import CampaignRules
from tiering.errors import CampaignError

Verdict = Literal["renew", "test", "stop"]


@dataclass(frozen=True, slots=True)
class Assessment:
    """One campaign judged; `risk` (0 to 100) is None where nothing is known of the account."""

    campaign: Campaign
    returned: Return
    risk: float | None
    parts: tuple[RiskPart, ...]
    verdict: Verdict
    reasons: tuple[Message, ...]


def assess(campaigns: Sequence[Campaign], rules: CampaignRules) -> list[Assessment]:
    """Return the campaigns judged, the best verdict first, then by the low end of the return.

    A campaign without orders takes the mean order of all for the upper end of its interval.

    Raises
    ------
    CampaignError
        No campaign, or one id twice.
    """
    _demand_once([each.campaign for each in campaigns])
    orders = sum(each.orders for each in campaigns)
    usual = sum(each.revenue for each in campaigns) / orders if orders else 0.0
    judged = [_assessed(each, usual, rules) for each in campaigns]
    order: tuple[Verdict, ...] = ("renew", "test", "stop")
    return sorted(
        judged,
        key=lambda one: (order.index(one.verdict), -one.returned.low, one.campaign.campaign),
    )


def _assessed(campaign: Campaign, usual: float, rules: CampaignRules) -> Assessment:
    margin = rules.margin if campaign.margin is None else campaign.margin
    value = campaign.revenue / campaign.orders if campaign.orders else usual
    returned = campaign_return(campaign.cost, campaign.orders, value, margin, rules.level)
    parts = risk_parts(campaign, rules)
    risk = risk_of(parts, rules)
    reasons = (_said(campaign, returned, rules), *(part.reason for part in parts))
    if risk is None:
        unknown = "nothing is known of the account, so no risk is given"
        reasons = (*reasons, Message(unknown, "没有该账号的资料，无法评估风险"))
    return Assessment(campaign, returned, risk, parts, _verdict(returned, risk, rules), reasons)


def _verdict(returned: Return, risk: float | None, rules: CampaignRules) -> Verdict:
    if returned.high < 0 or (risk is not None and risk >= rules.stop_at_least):
        return "stop"
    safe = risk is not None and risk <= rules.renew_at_most
    return "renew" if returned.low > 0 and safe else "test"


def _said(campaign: Campaign, returned: Return, rules: CampaignRules) -> Message:
    interval = f"{returned.low:+.0%} … {returned.high:+.0%}"
    cost, revenue = f"{campaign.cost / 100:,.0f}", f"{campaign.revenue / 100:,.0f}"
    return Message(
        f"{campaign.orders:,} orders, {revenue} yuan for {cost} yuan: return "
        f"{returned.ratio:+.0%} ({rules.level:.0%} interval {interval})",
        f"花费 {cost} 元，带来 {campaign.orders:,} 单、{revenue} 元：回报 "
        f"{returned.ratio:+.0%}（{rules.level:.0%} 区间 {interval}）",
    )


def _demand_once(names: Sequence[str]) -> None:
    if not names:
        raise CampaignError(
            "there is no campaign; give at least one row", "没有任何投放；请至少提供一行"
        )
    twice = sorted(name for name, times in Counter(names).items() if times > 1)
    if twice:
        raise CampaignError(
            f"campaign {', '.join(twice)} stands twice; keep one row a campaign",
            f"投放 {'、'.join(twice)} 出现多次；每次投放只保留一行",
        )
