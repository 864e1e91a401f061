"""The rules that campaigns are judged by: a small YAML file, read strictly."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from nlp.message import Message
from tiering.curves import Curve
from tiering.errors import CampaignError
from tiering.policy_reader import Reader, read_yaml

SHIPPED = Path(__file__).with_name("rules.yaml")
SUM_TOLERANCE = 1e-9


@dataclass(frozen=True, slots=True)
class RiskWeights:
    """What the parts of risk count; they add up to 1."""

    fake_audience: float
    negatives: float
    nsr: float


@dataclass(frozen=True, slots=True)
class CampaignRules:
    """Margin, level of the interval, curves and weights of risk (0 to 100), and the two cuts."""

    version: str
    margin: float
    level: float
    weights: RiskWeights
    fake_audience: Curve
    negatives: Curve
    nsr: Curve
    prior: float
    renew_at_most: float
    stop_at_least: float


def load_campaign_rules(path: Path | str | None = None) -> CampaignRules:
    """Return the rules of a YAML file; without a path the shipped ones.

    Raises
    ------
    CampaignError
        The file cannot be read; a key is unknown, missing or of another type; weights do not add
        up to 1; a curve does not ascend; a share or cut is out of its range.
    """
    path = Path(path) if path is not None else SHIPPED
    data = read_yaml(path, Message("rules", "规则"), CampaignError)
    rules: CampaignRules = Reader(str(path), CampaignError).section(CampaignRules, data, "")
    for key, value, en, zh in _broken(rules):
        raise CampaignError(
            f"{path}, {key}: {value} must be {en}; correct it",
            f"{path}，{key}：{value} 须为{zh}；请更正",
        )
    return rules


def _broken(rules: CampaignRules) -> Iterator[tuple[str, object, str, str]]:
    if not 0 < rules.margin <= 1:
        yield "margin", rules.margin, "above 0 and at most 1", "大于 0 且不超过 1"
    if not 0 < rules.level < 1:
        yield "level", rules.level, "between 0 and 1", "0 与 1 之间"
    if rules.prior < 0:
        yield "prior", rules.prior, "0 or more", "不小于 0"
    weights = rules.weights
    parts = (weights.fake_audience, weights.negatives, weights.nsr)
    if min(parts) < 0 or abs(sum(parts) - 1) > SUM_TOLERANCE:
        yield "weights", parts, "0 or more, with the sum 1", "不小于 0，合计为 1"
    for name in ("fake_audience", "negatives", "nsr"):
        yield from _curve(name, getattr(rules, name))
    cuts = (rules.renew_at_most, rules.stop_at_least)
    if not 0 <= cuts[0] < cuts[1] <= 100:
        en, zh = "within 0 to 100, the second larger", "0 到 100 之间，且后者更大"
        yield "renew_at_most, stop_at_least", cuts, en, zh


def _curve(name: str, curve: Curve) -> Iterator[tuple[str, object, str, str]]:
    figures = [figure for figure, _ in curve.knots]
    if len(figures) < 2 or any(high <= low for low, high in pairwise(figures)):
        en, zh = "at least two figures, each above the one before", "至少两个且逐个递增的取值"
        yield name, figures, en, zh
    points = [point for _, point in curve.knots]
    if any(not 0 <= point <= 100 for point in points):
        yield name, points, "points within 0 to 100", "0 到 100 之间的分数"
