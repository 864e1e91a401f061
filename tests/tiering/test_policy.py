"""The policy file: the shipped one is sound, and each way to break one is named."""

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tiering.errors import PolicyError, TieringError
from tiering.policy_file import SHIPPED, load_policy, policy_of, policy_text

Data = dict[str, Any]


@pytest.fixture
def data() -> Data:
    loaded: Data = yaml.safe_load(SHIPPED.read_text(encoding="utf-8"))
    return loaded


def put(*path: str | int, value: object) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for step in path[:-1]:
            data = data[step]
        data[path[-1]] = value

    return change


def drop(*path: str | int) -> Callable[[Data], None]:
    def change(data: Data) -> None:
        for step in path[:-1]:
            data = data[step]
        del data[path[-1]]

    return change


BROKEN = {
    "unknown key": (put("weigths", value={}), "weigths", "not known"),
    "unknown key below": (put("rfm", "window", value=3), "rfm.window", "not known"),
    "missing key": (drop("version"), "version", "missing"),
    "missing key below": (
        drop("influence", "depth", "characters"),
        "influence.depth.characters",
        "missing",
    ),
    "version is no text": (put("version", value=2026.11), "version", "must be text"),
    "number is text": (
        put("care", "experience_at_most", value="40"),
        "care.experience_at_most",
        "number",
    ),
    "whole number is not": (
        put("rfm", "window_days", value=1.5),
        "rfm.window_days",
        "whole number",
    ),
    "flag for a number": (put("reasons", value=True), "reasons", "whole number"),
    "section is a list": (put("care", value=[1]), "care", "section"),
    "tiers are no list": (put("tiers", value={}), "tiers", "list"),
    "no tiers": (put("tiers", value=[]), "tiers", "gap"),
    "gap below": (put("tiers", -1, "at_least", value=5), "tiers", "gap"),
    "cuts not in order": (put("tiers", 0, "at_least", value=40), "tiers", "fall"),
    "cuts equal": (put("tiers", 0, "at_least", value=50), "tiers", "fall"),
    "names repeat": (put("tiers", 0, "name", value="core"), "tiers", "differ"),
    "weights above 1": (put("weights", "social", value=0.3), "weights", "add up to 1.2"),
    "weights below 0": (
        put("weights", value={"commercial": 1.2, "social": -0.2, "experience": 0, "engagement": 0}),
        "weights",
        "0 or more",
    ),
    "rfm weights": (put("rfm", "weights", "recency", value=0), "rfm.weights", "add up to 0.7"),
    "curve falls back": (
        put("rfm", "recency", value=[[0, 1], [5, 2], [4, 3]]),
        "rfm.recency",
        "above the one before",
    ),
    "curve of one": (put("rfm", "recency", value=[[0, 1]]), "rfm.recency", "at least two"),
    "curve of triples": (put("rfm", "recency", value=[[0, 1, 2]]), "rfm.recency", "pair"),
    "half-life of 0": (
        put("experience", "half_life_days", value=0),
        "experience.half_life_days",
        "above 0",
    ),
    "discount above 1": (
        put("influence", "spam_discount", value=1.5),
        "influence.spam_discount",
        "0 to 1",
    ),
    "bands with a gap": (
        put("influence", "bands", 0, "bands", -1, "at_least", value=10),
        "influence.bands[0].bands",
        "gap",
    ),
    "shares of depth above 1": (
        put("influence", "depth", "answered_share", value=0.9),
        "influence.depth",
        "add up to 1.1",
    ),
    "information counts without its curve": (
        drop("influence", "depth", "information"),
        "influence.depth.information",
        "curve influence.depth.information is missing",
    ),
    "ability counts without its curve": (
        lambda data: (
            data["rfm"].pop("ability"),
            data["rfm"]["weights"].update(monetary=0.3, ability=0.1),
        ),
        "rfm.ability",
        "curve rfm.ability is missing",
    ),
    "opinion of fewer than no voices": (
        put("influence", "opinion", "prior", value=-1),
        "influence.opinion.prior",
        "0 or more",
    ),
    "a group of one": (
        put("influence", "co_reposts", "least_authors", value=1),
        "influence.co_reposts.least_authors",
        "2 or more",
    ),
    "news before a group": (
        put("influence", "co_reposts", "most_accounts", value=3),
        "influence.co_reposts.most_accounts",
        "4 or more",
    ),
    "growth of nobody": (
        put("influence", "fake_audience", "growth", "daily_from", value=0),
        "influence.fake_audience.growth.daily_from",
        "1 or more",
    ),
    "no such lifetime model": (put("lifetime", "model", value="bgnbd"), "lifetime.model", "bg-nbd"),
    "platforms left out": (
        put("influence", "bands", -1, "platforms", value=["微博"]),
        "influence.bands",
        "every platform",
    ),
    "weight is nan": (put("weights", "social", value=float("nan")), "weights.social", "finite"),
    "knot is infinite": (
        put("rfm", "recency", value=[[0, 1], [float("inf"), 2]]),
        "rfm.recency",
        "pair",
    ),
    "content counts without its section": (
        lambda data: (
            data["weights"].update(commercial=0.45, content=0.10),
            data.pop("content"),
        ),
        "weights.content",
        "section content is missing",
    ),
    "unknown dimension": (put("weights", "charm", value=0), "weights.charm", "not known"),
    "unknown kind decays": (put("decay", value={"sneeze": 3}), "decay.sneeze", "one of order"),
    "half-life below 0": (put("decay", value={"view": -3}), "decay.view", "above 0"),
    "season backwards": (
        put("promotions", 0, "ends", value="2026-01-01"),
        "promotions[0]",
        "no days in order",
    ),
    "unknown industry": (put("industry", value="炼金"), "industry", "not among"),
    "industry of an unknown dimension": (
        put("industries", value={"家电": {"coefficients": {"charm": 2}}}),
        "industries.家电",
        "charm",
    ),
    "margin below 0": (put("stability", "margin", value=-1), "stability", "0 or more"),
    "no runs": (put("stability", "runs", value=0), "stability", "1 or more"),
    "too many reasons": (put("reasons", value=9), "reasons", "1 to 6"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_policy_names_file_key_and_remedy(case: str, data: Data) -> None:
    change, key, said = BROKEN[case]
    broken = copy.deepcopy(data)
    change(broken)
    with pytest.raises(PolicyError) as caught:
        policy_of(broken, "our.yaml")
    assert str(caught.value).startswith(f"our.yaml, {key}: ")
    assert said in str(caught.value)
    assert caught.value.text("zh").startswith(f"our.yaml，{key}：")


def test_the_shipped_policy_keeps_the_names() -> None:
    tiers = [(tier.name, tier.zh) for tier in load_policy().tiers]
    assert tiers == [
        ("strategic", "战略级"),
        ("core", "核心级"),
        ("potential", "潜力级"),
        ("basic", "基础级"),
    ]


def test_a_policy_written_is_read_back_equal(tmp_path: Path) -> None:
    path = tmp_path / "policy.yaml"
    path.write_text(policy_text(load_policy()), encoding="utf-8")
    assert load_policy(path) == load_policy()
    assert load_policy(path).label() == load_policy().label()


def test_the_label_changes_with_any_value(data: Data) -> None:
    data["influence"]["spam_discount"] = 0.49
    changed = policy_of(data, "our.yaml")
    assert changed.version == load_policy().version
    assert changed.label() != load_policy().label()


@pytest.mark.parametrize(
    "content", [b"tiers: [", b"\xff\xfe\x00", None], ids=["no yaml", "no utf-8", "no file"]
)
def test_a_file_that_is_no_policy(content: bytes | None, tmp_path: Path) -> None:
    path = tmp_path / "our.yaml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(PolicyError, match=r"our\.yaml cannot be read as a policy"):
        load_policy(path)


JUDGED = """
judgements:
  dimensions:
    elements: [commercial, social, experience, engagement]
    matrix: [[1, 5, 3, 3], [1, "1/2", "1/2"], [1, 1], [1]]
  commercial:
    elements: [recency, frequency, monetary]
    matrix: [[1, 1, "1/2"], [1, "1/2"], [1]]
"""


def judged(tmp_path: Path, data: Data, judgements: str) -> Path:
    (tmp_path / "ahp.yaml").write_text(judgements, encoding="utf-8")
    data["weights_from"] = "ahp.yaml"
    path = tmp_path / "our.yaml"
    path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return path


def test_weights_come_from_judgements(tmp_path: Path, data: Data) -> None:
    policy = load_policy(judged(tmp_path, data, JUDGED))
    weights = policy.weights
    assert weights.commercial > weights.experience == pytest.approx(weights.engagement)
    assert weights.commercial == pytest.approx(0.53, abs=5e-3)  # geometric means give .529
    assert (weights.content, weights.risk) == (0, 0)
    assert policy.rfm.weights.monetary == pytest.approx(0.5)
    assert policy.influence == load_policy().influence
    assert policy.version == "2026.11-judged"
    # written out it stands by itself, with the weights found
    again = tmp_path / "again.yaml"
    again.write_text(policy_text(policy), encoding="utf-8")
    (tmp_path / "ahp.yaml").unlink()
    assert load_policy(again) == policy


BAD_JUDGEMENTS = {
    "contradiction": (JUDGED.replace("[1, 5, 3, 3]", '[1, 5, "1/9", 3]'), "consistency ratio"),
    "unknown dimension": (JUDGED.replace("social", "charm"), "charm is not known"),
    "unknown measure": (
        JUDGED.replace("recency", "rhythm"),
        "rhythm is not known; known are recency",
    ),
    "no such measures": (
        JUDGED + "  experience: {elements: [sentiment], matrix: [[1]]}\n",
        "no measures are weighed there",
    ),
}


@pytest.mark.parametrize("case", BAD_JUDGEMENTS)
def test_judgements_that_a_policy_cannot_use(case: str, tmp_path: Path, data: Data) -> None:
    judgements, said = BAD_JUDGEMENTS[case]
    with pytest.raises(TieringError, match=said) as caught:
        load_policy(judged(tmp_path, data, judgements))
    assert "ahp.yaml" in str(caught.value)


def test_a_policy_without_the_newer_keys_is_read_as_before(data: Data) -> None:
    for name in ("stability", "decay", "promotions", "industry", "industries", "weights_from"):
        del data[name]
    for name in ("content", "community", "risk"):
        del data[name], data["weights"][name]
    heard, depth = data["influence"], data["influence"]["depth"]
    del data["rfm"]["ability"], data["rfm"]["weights"]["ability"], heard["weights"]["opinion"]
    del heard["opinion"], heard["co_reposts"], heard["fake_audience"]["growth"]
    del depth["information"], depth["information_share"], depth["judging_share"]
    policy = policy_of(data, "our.yaml")
    assert (policy.influence.co_reposts, policy.influence.fake_audience.growth) == (None, None)
    assert policy.weights == load_policy().weights
    assert (policy.stability.margin, policy.stability.runs, policy.content) == (0, 1, None)


NEWER: dict[str, Callable[[Data], None]] = {
    "growth": drop("influence", "fake_audience", "growth"),
    "co_reposts": drop("influence", "co_reposts"),
    "judging": put("influence", "depth", "judging_share", value=0.0),
    "information": put("influence", "depth", "information_share", value=0.0),
}


@pytest.mark.parametrize("case", NEWER)
def test_what_was_added_changes_the_label_where_it_is_used(case: str, data: Data) -> None:
    NEWER[case](data)
    assert policy_of(data, "our.yaml").label() != load_policy().label()


def test_what_is_not_used_changes_no_label(data: Data) -> None:
    del data["rfm"]["ability"], data["rfm"]["weights"]["ability"], data["influence"]["opinion"]
    assert policy_of(data, "our.yaml").label() == load_policy().label()
