"""Every YAML reader of the tiering room refuses what YAML itself would swallow."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tiering import load_policy
from tiering.actions import load_actions
from tiering.ahp import load_hierarchy
from tiering.campaigns import load_campaign_rules
from tiering.errors import TieringError
from tiering.experiments import load_plan
from tiering.lifecycle import load_lifecycle_policy
from tiering.segments import load_segment_policy
from tiering.tags import load_rules
from tiering.thresholds import load_offers

READERS: dict[str, Callable[[Path], object]] = {
    "policy": load_policy,
    "actions": lambda path: load_actions(path, tiers=load_policy().tiers),
    "judgements": load_hierarchy,
    "campaigns": load_campaign_rules,
    "plan": load_plan,
    "lifecycle": load_lifecycle_policy,
    "segments": load_segment_policy,
    "tags": load_rules,
    "offers": lambda path: load_offers(path, ["core", "basic"]),
}
WRONG = {
    "key twice": ("a: 1\nb: {c: 1,\n c: 2}\n", "line 3: b.c stands there twice, first on line 2"),
    "no such day": ("version: 2026-13-01\n", "cannot be read as"),
    "no yaml": ("a: 1\nb: [\n", "line 3: "),
    "odd tag": ("a: !!python/none x\n", "line 1: "),
    "too deep": ("[" * 3000, "cannot be read as"),
}


@pytest.mark.parametrize("reader", READERS)
@pytest.mark.parametrize("case", WRONG)
def test_what_is_refused_with_file_and_line(case: str, reader: str, tmp_path: Path) -> None:
    text, said = WRONG[case]
    path = tmp_path / "our.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(TieringError) as raised:
        READERS[reader](path)
    assert "our.yaml" in raised.value.text("zh")
    assert said in str(raised.value)


def test_a_file_with_a_mark_of_utf_8_is_read(tmp_path: Path) -> None:
    from tiering.policy_file import SHIPPED

    path = tmp_path / "our.yaml"
    path.write_text(SHIPPED.read_text(encoding="utf-8"), encoding="utf-8-sig")
    assert load_policy(path) == load_policy()
