"""What changed since yesterday, by hand."""

from typing import Any

import pytest

from tiering.actions import CHANGES, changes_of, standing_of
from tiering.errors import ActionsError

LADDER = ("strategic", "core", "potential", "basic")


def row(**changes: Any) -> dict[str, Any]:
    said = [{"en": "last order 12 days ago", "zh": "距上次下单 12 天"}]
    return {"tier": "core", "score": 55.0, "care": False, "reasons": said} | changes


def said(*sentences: str) -> list[dict[str, str]]:
    return [{"en": each, "zh": each} for each in sentences]


CASES = {
    "entered": (None, row(), ("entered",)),
    "left": (row(), None, ("left",)),
    "never there": (None, None, ()),
    "the same": (row(), row(), ()),
    "up": (row(), row(tier="strategic"), ("tier_up",)),
    "down by two": (row(), row(tier="basic"), ("tier_down",)),
    "score up": (row(), row(score=60.1), ("score_up",)),
    "score by just so much": (row(), row(score=60.0), ()),
    "score down": (row(), row(score=49.9), ("score_down",)),
    "care begun": (row(), row(care=True), ("care_on",)),
    "care ended, as text": (row(care="True"), row(care="False"), ("care_off",)),
    "care unknown before": (row(care=None), row(care=True), ()),
    "only figures are others": (row(), row(reasons=said("last order 13 days ago")), ()),
    "another reason": (row(), row(reasons=said("no orders so far")), ("reasons",)),
    "another order": (row(reasons=said("a", "b")), row(reasons=said("b", "a")), ()),
    "one more": (row(reasons=said("a")), row(reasons=said("a", "b")), ("reasons",)),
    "no reasons known before": (row(reasons=None), row(), ()),
    "several at once": (
        row(),
        row(tier="basic", score=10.0, care=True, reasons=said("x")),
        ("tier_down", "score_down", "care_on", "reasons"),
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_changed(case: str) -> None:
    old, new, expected = CASES[case]
    stood = [None if each is None else standing_of(each) for each in (old, new)]
    assert changes_of(*stood, LADDER, 5.0) == expected
    assert set(expected) <= set(CHANGES)


def test_a_tier_of_another_policy_is_named() -> None:
    with pytest.raises(ActionsError, match="tier gold is not in the policy"):
        changes_of(standing_of(row()), standing_of(row(tier="gold")), LADDER, 5.0)
