"""Campaigns: returns by hand and by Garwood's table, risk with reasons, verdicts, bad input."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from tiering.campaigns import Assessment, Campaign, Voices, assess, load_campaign_rules
from tiering.campaigns.returns import campaign_return, poisson_interval
from tiering.campaigns.rules import SHIPPED
from tiering.errors import CampaignError

RULES = load_campaign_rules()
KIND = Voices(positive=18, neutral=4, negative=0)
CROSS = Voices(positive=1, neutral=2, negative=17)
# 400 orders of 200 yuan at a margin of 0.3 bring 24,000 yuan for 10,000.
GOOD = Campaign("c1", "a1", 1_000_000, 400, 8_000_000, fake_share=0.05, voices=KIND)


# Garwood (1936), as in every table of exact Poisson limits (Ulm 1990, table 1).
@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.025, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390)],
)
def test_the_interval_of_a_count_is_the_published_one(count: int, low: float, high: float) -> None:
    assert poisson_interval(count, 0.95) == pytest.approx((low, high), abs=6e-4)


def test_a_return_by_hand() -> None:
    found = campaign_return(1_000_000, 400, 20_000, 0.3, 0.95)
    assert (found.profit, found.ratio) == pytest.approx((1_400_000, 1.4))
    low, high = poisson_interval(400, 0.95)
    assert (found.low, found.high) == pytest.approx((low * 0.006 - 1, high * 0.006 - 1))


def one(campaign: Campaign) -> Assessment:
    return assess([campaign], RULES)[0]


VERDICTS = {
    "pays and is safe": (GOOD, "renew"),
    "pays, but the account is unknown": (replace(GOOD, fake_share=None, voices=None), "test"),
    "pays, but half the audience is fake": (replace(GOOD, fake_share=0.6, voices=CROSS), "stop"),
    "may pay": (replace(GOOD, orders=170, revenue=3_400_000), "test"),
    "surely lost": (replace(GOOD, orders=40, revenue=800_000), "stop"),
    "no order at all, nothing to compare": (replace(GOOD, orders=0, revenue=0), "stop"),
    "a better margin": (replace(GOOD, orders=170, revenue=3_400_000, margin=0.6), "renew"),
}


@pytest.mark.parametrize("case", VERDICTS)
def test_verdicts(case: str) -> None:
    campaign, verdict = VERDICTS[case]
    assert one(campaign).verdict == verdict


def test_without_orders_the_mean_order_of_all_gives_the_upper_end() -> None:
    none = replace(GOOD, campaign="c2", cost=100_000, orders=0, revenue=0)
    found = next(each for each in assess([GOOD, none], RULES) if each.campaign is none)
    assert found.returned.ratio == -1
    assert found.returned.high == pytest.approx(3.6889 * 20_000 * 0.3 / 100_000 - 1, abs=1e-4)


def test_risk_by_hand_with_its_reasons() -> None:
    found = one(replace(GOOD, fake_share=0.3, voices=CROSS))
    # 60 points of fakes; 17 of 22 negative: 100; NSR (1 - 17) / 20 = -0.8: 90
    assert found.risk == pytest.approx(0.4 * 60 + 0.3 * 100 + 0.3 * 90)
    said = [reason.en for reason in found.reasons]
    interval = f"{found.returned.low:+.0%} … {found.returned.high:+.0%}"
    figures = f"return +140% (95% interval {interval})"
    assert said[0] == f"400 orders, 80,000 yuan for 10,000 yuan: {figures}"
    assert "of 20 earlier texts about us 17 negative" in said
    assert "net sentiment -0.80 (1 positive, 17 negative)" in said
    assert "30% of the audience looks fake" in said
    assert "此前提及我们的 20 条内容中 17 条为负面" in [reason.zh for reason in found.reasons]


def test_what_is_not_known_counts_for_nothing() -> None:
    assert one(replace(GOOD, fake_share=0.3, voices=None)).risk == pytest.approx(60)
    assert one(replace(GOOD, fake_share=0.3, voices=Voices())).risk == pytest.approx(60)
    unknown = one(replace(GOOD, fake_share=None, voices=None))
    assert unknown.risk is None
    assert unknown.reasons[-1].en.startswith("nothing is known")


def test_one_angry_text_is_no_verdict() -> None:
    once = one(replace(GOOD, voices=Voices(negative=1)))
    often = one(replace(GOOD, voices=Voices(negative=30)))
    assert once.risk is not None
    assert often.risk is not None
    assert once.risk < 50 < often.risk < RULES.stop_at_least


def test_the_best_stand_first() -> None:
    worse = replace(GOOD, campaign="c2", orders=300, revenue=6_000_000)
    lost = replace(GOOD, campaign="c0", orders=1, revenue=20_000)
    order = [each.campaign.campaign for each in assess([lost, worse, GOOD], RULES)]
    assert order == ["c1", "c2", "c0"]


IMPOSSIBLE: dict[str, tuple[dict[str, Any], str]] = {
    "no cost": ({"cost": 0}, "cost: 0 must be above 0"),
    "cost below 0": ({"cost": -5}, "cost: -5 must be a whole number"),
    "half an order": ({"orders": 1.5}, "orders: 1.5 must be a whole number"),
    "a flag": ({"orders": True}, "orders: True must be a whole number"),
    "beyond all money": ({"revenue": 10**14}, "revenue: 100000000000000 must be"),
    "revenue from nobody": ({"orders": 0}, "orders: 0 must be above 0 where there is revenue"),
    "margin": ({"margin": 1.2}, "margin: 1.2 must be within 0 to 1"),
    "share": ({"fake_share": float("nan")}, "fake_share: nan must be within 0 to 1"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_impossible_campaigns(case: str) -> None:
    changes, said = IMPOSSIBLE[case]
    with pytest.raises(CampaignError, match=said) as caught:
        replace(GOOD, **changes)
    assert "请更正此行" in caught.value.text("zh")


def test_none_and_one_twice() -> None:
    with pytest.raises(CampaignError, match="no campaign"):
        assess([], RULES)
    with pytest.raises(CampaignError, match="campaign c1 stands twice"):
        assess([GOOD, GOOD], RULES)


BROKEN: dict[str, tuple[dict[str, Any], str]] = {
    "margin": ({"margin": 0}, "margin: 0.0 must be above 0"),
    "level": ({"level": 1}, "level: 1.0 must be between 0 and 1"),
    "weights": ({"weights": {"fake_audience": 1, "negatives": 1, "nsr": 0}}, "with the sum 1"),
    "cuts": ({"renew_at_most": 80}, "the second larger"),
    "curve": ({"nsr": [[1, 0], [0, 50]]}, "nsr: .* above the one before"),
    "points": ({"nsr": [[-1, 500], [1, 0]]}, "nsr: .* within 0 to 100"),
    "prior": ({"prior": -1}, "prior: -1.0 must be 0 or more"),
    "unknown key": ({"margins": 1}, "margins: this key is not known"),
    "text": ({"level": "95"}, "level: '95' must be a number"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_broken_rules(case: str, tmp_path: Path) -> None:
    changes, said = BROKEN[case]
    data = yaml.safe_load(SHIPPED.read_text(encoding="utf-8")) | changes
    path = tmp_path / "rules.yaml"
    path.write_text(yaml.safe_dump(data), encoding="utf-8")
    with pytest.raises(CampaignError, match=said):
        load_campaign_rules(path)


def test_rules_that_are_no_file(tmp_path: Path) -> None:
    with pytest.raises(CampaignError, match="cannot be read as rules"):
        load_campaign_rules(tmp_path / "none.yaml")
