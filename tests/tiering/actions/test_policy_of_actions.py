"""The policy of actions: shipped and sound, what each tier is granted, and what is refused."""

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tiering import load_policy
from tiering.actions import entitled, load_actions
from tiering.actions.policy_file import SHIPPED
from tiering.errors import ActionsError
from tiering.policy import Tier

LADDER = load_policy().tiers
SAID = SHIPPED.read_text(encoding="utf-8")


def changed(folder: Path, *path: Any, value: Any) -> Path:
    """Write the shipped policy with one value changed; no value takes the key away."""
    data = yaml.safe_load(SAID)
    inner = data
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    file = folder / "mine.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return file


def test_the_shipped_policy_is_sound_and_speaks_both_languages() -> None:
    policy = load_actions(tiers=LADDER)
    assert policy.label().startswith("2026.11+")
    for each in (*policy.entitlements, *policy.channels, *policy.actions, *policy.kpis.list):
        assert re.search("[一-鿿]", each.zh), each.name
        assert not re.search("[一-鿿]", each.en), each.name


def test_tiers_have_what_lies_below_less_what_is_dropped() -> None:
    found = entitled(load_actions(tiers=LADDER), LADDER)
    names = {tier: [each.name for each in one.entitlements] for tier, one in found.items()}
    assert list(names) == ["strategic", "core", "potential", "basic"]
    assert names["basic"] == ["answer_24h", "points"]
    assert names["potential"] == ["answer_24h", "points", "coupon_20", "free_return"]
    assert set(names["potential"]) < set(names["core"])
    assert "answer_24h" not in names["strategic"]
    assert {"answer_2h", "points", "coupon_50"} < set(names["strategic"])
    assert found["potential"].cost == 300 + 2000 + 1500
    assert found["potential"].unknown_costs == 1


def test_nothing_is_inherited_where_the_policy_says_nothing(tmp_path: Path) -> None:
    rows = [{"tier": tier.name, "inherits": "nothing", "adds": ["points"]} for tier in LADDER]
    data = yaml.safe_load(SAID) | {"tiers": rows, "actions": []}
    file = tmp_path / "own.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    found = entitled(load_actions(file, tiers=LADDER), LADDER)
    assert {one.cost for one in found.values()} == {300}


REFUSED = {
    "tier without a row": (("tiers", 0), None, "tiers: strategic of the scoring policy has no row"),
    "tier of nobody": (("actions", 3, "tiers"), ["gold"], "actions[3].tiers: 'gold' is not known"),
    "tier twice": (("tiers", 1, "tier"), "strategic", "tiers: strategic: stands there twice"),
    "unknown key": (("mosts",), 1, "mosts: this key is not known; known are version"),
    "missing key": (("most", "offers"), None, "most.offers: this key is missing; write it"),
    "wrong type": (("most", "actions"), "two", "most.actions: 'two' must be a whole number"),
    "lowest inherits": (("tiers", 3, "inherits"), "below", "tiers[3].inherits: 'below' is not"),
    "unknown right": (("tiers", 2, "adds"), ["yacht"], "tiers[2].adds: 'yacht' is not known"),
    "negative cost": (("entitlements", 4, "cost"), -1, "entitlements[4].cost: -1 must lie from 0"),
    "consent": (("channels", 0, "offers"), "maybe", "channels[0].offers: 'maybe' is not known"),
    "no channel": (("actions", 0, "channels"), [], "actions[0].channels: '' is not known"),
    "channel": (("actions", 0, "channels"), ["fax"], "actions[0].channels: 'fax' is not known"),
    "kind": (("actions", 0, "kind"), "spam", "actions[0].kind: 'spam' is not known; write one of"),
    "priority": (
        ("actions", 0, "priority"),
        101,
        "actions[0].priority: 101 must lie from 1 to 100",
    ),
    "valid": (("actions", 0, "valid_days"), 0, "actions[0].valid_days: 0 must lie from 1"),
    "condition": (("actions", 0, "when"), ["care"], "actions[0].when[0]: 'care' is no condition"),
    "no number": (("care_first",), ["care >= x"], "care_first[0]: 'care >= x' is no condition"),
    "gift of others": (("actions", 4, "tiers"), ["basic"], "'coupon_50' is given to basic, who is"),
    "measure": (
        ("kpis", "list", 0, "measure"),
        "luck",
        "kpis.list[0].measure: 'luck' is not known",
    ),
    "threshold": (
        ("kpis", "list", 0, "thresholds"),
        {"core": 40},
        "kpis.list[0].thresholds.core: 40 must lie from 0 to 1",
    ),
    "threshold of nobody": (
        ("kpis", "list", 0, "thresholds"),
        {"gold": 0.4},
        "kpis.list[0].thresholds: 'gold' is not known",
    ),
    "share of nothing": (("kpis", "list", 4, "of"), [], "kpis.list[4].of: [] with measure 'share'"),
    "level": (("kpis", "level"), 1, "kpis.level: 1 must lie from 0.5 to 0.9999"),
    "judge": (("kpis", "judge"), "kind", "kpis.judge: 'kind' is not known; write one of interval"),
    "nan": (("kpis", "level"), float("nan"), "kpis.level: nan must be a finite number"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_names_file_key_value_and_remedy(case: str, tmp_path: Path) -> None:
    path, value, said = REFUSED[case]
    file = changed(tmp_path, *path, value=value)
    with pytest.raises(ActionsError) as refused:
        load_actions(file, tiers=LADDER)
    assert said in str(refused.value)
    assert str(file) in str(refused.value)
    assert re.search("[一-鿿]", refused.value.text("zh"))


def test_a_tier_of_another_scoring_policy_is_an_error_that_names_it() -> None:
    more = (Tier("diamond", "钻石级", 90), *LADDER)
    with pytest.raises(ActionsError, match="diamond of the scoring policy has no row"):
        load_actions(tiers=more)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00", b"a: [", b"[]"])
def test_files_that_are_no_policy(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "policy.yaml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ActionsError, match="policy"):
        load_actions(file, tiers=LADDER)
