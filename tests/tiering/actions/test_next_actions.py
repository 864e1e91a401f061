"""Next actions: care before offers, limits, cooldown, consent, rest; the same on every engine."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import pytest

from tests.tiering.tables import ENGINES, days_ago, native, order, signal
from tiering import load_policy
from tiering.actions import (
    FATES,
    ActionRun,
    Contacts,
    inputs_of,
    load_actions,
    next_actions,
    tables_of,
)
from tiering.actions.policy import Action, ActionsPolicy, Most, Sentence
from tiering.errors import ActionsError

LADDER = load_policy().tiers
DAY = "2026-06-30"
WHY = Sentence("experience {experience}", "客户体验 {experience}")


def customer(name: str, tier: str = "core", **changes: Any) -> dict[str, Any]:
    plain = {
        "customer_id": name,
        "tier": tier,
        "score": 55.0,
        "commercial": 50.0,
        "social": 0.0,
        "engagement": 10.0,
        "experience": 60.0,
        "care": False,
        "as_of": DAY,
    }
    return plain | changes


def action(name: str, kind: str = "offer", **changes: Any) -> Action:
    plain: dict[str, Any] = {
        "en": name,
        "zh": name,
        "priority": 50,
        "channels": ("app",),
        "reason": WHY,
        "valid_days": 7,
        "when": ("experience >= 0",),
    }
    return Action(name=name, kind=kind, **(plain | changes))


def policy(*actions: Action, **changes: Any) -> ActionsPolicy:
    shipped = load_actions(tiers=LADDER)
    return replace(
        shipped, actions=actions, offer_pause_days=0, care_first=("care is true",), **changes
    )


def run(
    rules: ActionsPolicy,
    scores: Sequence[dict[str, Any]],
    engine: str = "pandas",
    **tables: Sequence[dict[str, Any]],
) -> ActionRun:
    frames = {name: native(engine, rows) for name, rows in tables.items()}
    contacts = Contacts(**{n: frames.pop(n, None) for n in ("log", "consent", "quiet")})
    return next_actions(
        native(engine, scores), rules, as_of=DAY, tiers=LADDER, tables=frames, contacts=contacts
    )


def given(found: ActionRun) -> list[tuple[str, str]]:
    return [(row.customer_id, row.action) for row in found.rows]


@pytest.mark.parametrize("engine", ENGINES)
def test_an_open_severe_complaint_gets_care_and_no_offer(engine: str) -> None:
    said = [
        signal(1, customer_id="angry", sentiment="negative", complaint=["quality"], severity=3),
        signal(2, customer_id="served", sentiment="negative", complaint=["quality"], severity=3),
        signal(3, customer_id=None, role="agent", parent_id="s2", author_id="us"),
        signal(4, customer_id="past", complaint=["quality"], severity=3, created_at=days_ago(31)),
    ]
    bought = [
        order(n, name, ordered_at=days_ago(120))
        for n, name in enumerate(("angry", "served", "past"))
    ]
    inputs = inputs_of(as_of=DAY, orders=native(engine, bought), signals=native(engine, said))
    rules = load_actions(tiers=LADDER)
    found = next_actions(
        native(engine, [customer(name) for name in ("angry", "served", "past")]),
        rules,
        as_of=DAY,
        tiers=LADDER,
        tables=tables_of(inputs, rules),
    )
    assert given(found) == [
        ("angry", "answer_severe"),
        ("past", "win_back"),
        ("served", "win_back"),
    ]
    assert found.fates["win_back"]["care_first"] == 1
    first = found.rows[0]
    assert first.reason["en"] == "a complaint of severity 3 stands without an answer for 0 days"
    assert first.reason["zh"] == "严重度 3 的投诉已 0 天没有答复"
    assert [asdict(each) for each in first.evidence] == [
        {"column": "tier", "value": "core"},
        {"column": "complaints.worst_open", "value": "3"},
        {"column": "complaints.open_days", "value": "0"},
    ]
    assert (first.channel, first.valid_until, first.as_of) == ("phone", "2026-07-01", DAY)


def test_an_offer_waits_even_while_the_care_itself_is_done() -> None:
    rules = policy(
        action("call", "care", priority=90, when=("care is true",), cooldown_days=14),
        action("coupon"),
    )
    log = [{"customer_id": "c1", "action": "call", "at": "2026-06-29"}]
    found = run(rules, [customer("c1", care=True), customer("c2")], log=log)
    assert given(found) == [("c2", "coupon")]
    assert found.fates["call"]["cooldown"] == 1
    assert found.fates["coupon"]["care_first"] == 1


FATE_CASES = {
    "all chosen": ({}, {}, ["low", "high"], {}),
    "at most one action": ({"most": Most(1, 1)}, {}, ["high"], {"low": "over_limit"}),
    "at most one offer": ({"most": Most(5, 1)}, {}, ["high"], {"low": "over_limit"}),
    "no offers at all": ({"most": Most(5, 0)}, {}, [], {"low": "over_limit", "high": "over_limit"}),
    "done within the cooldown": (
        {},
        {"log": [{"customer_id": "c1", "action": "high", "at": "2026-06-24"}]},
        ["low"],
        {"high": "cooldown"},
    ),
    "done before the cooldown": (
        {},
        {"log": [{"customer_id": "c1", "action": "high", "at": "2026-06-23"}]},
        ["low", "high"],
        {},
    ),
    "logged tomorrow is not known": (
        {},
        {"log": [{"customer_id": "c1", "action": "high", "at": "2026-07-01"}]},
        ["low", "high"],
        {},
    ),
    "any offer pauses offers": (
        {"offer_pause_days": 3},
        {"log": [{"customer_id": "c1", "action": "low", "at": "2026-06-28"}]},
        [],
        {"low": "cooldown", "high": "cooldown"},
    ),
    "refused everywhere": (
        {},
        {"consent": [{"customer_id": "c1", "channel": "*", "granted": False, "at": "2026-01-01"}]},
        [],
        {"low": "no_consent", "high": "no_consent"},
    ),
    "taken back later": (
        {},
        {
            "consent": [
                {"customer_id": "c1", "channel": "app", "granted": "false", "at": "2026-01-01"},
                {"customer_id": "c1", "channel": "app", "granted": "true", "at": "2026-02-01"},
            ]
        },
        ["low", "high"],
        {},
    ),
    "flags of a database": (
        {},
        {
            "consent": [
                {"customer_id": "c1", "channel": "app", "granted": 0, "at": "2026-01-01"},
                {"customer_id": "c1", "channel": "app", "granted": 1, "at": "2026-02-01"},
            ]
        },
        ["low", "high"],
        {},
    ),
    "refused by a workbook": (
        {},
        {"consent": [{"customer_id": "c1", "channel": "*", "granted": 0.0, "at": "2026-01-01"}]},
        [],
        {"low": "no_consent", "high": "no_consent"},
    ),
    "yes and no at once is no": (
        {},
        {
            "consent": [
                {"customer_id": "c1", "channel": "app", "granted": "true", "at": "2026-01-01"},
                {"customer_id": "c1", "channel": "app", "granted": "false", "at": "2026-01-01"},
            ]
        },
        [],
        {"low": "no_consent", "high": "no_consent"},
    ),
    "rests today": (
        {},
        {"quiet": [{"customer_id": "c1", "until": "2026-07-01"}]},
        [],
        {"low": "quiet", "high": "quiet"},
    ),
    "rested": ({}, {"quiet": [{"customer_id": "c1", "until": "2026-06-29"}]}, ["low", "high"], {}),
}


@pytest.mark.parametrize("case", FATE_CASES)
def test_what_holds_an_action_back(case: str) -> None:
    changes, tables, chosen, held = FATE_CASES[case]
    rules = policy(
        action("low", priority=10), action("high", priority=60, cooldown_days=7), most=Most(5, 5)
    )
    found = run(replace(rules, **changes), [customer("c1")], **tables)
    assert sorted(name for _, name in given(found)) == sorted(chosen)
    for name, fate in held.items():
        assert found.fates[name][fate] == 1, found.fates[name]
    for counts in found.fates.values():
        assert list(counts) == list(FATES)
        assert sum(counts.values()) == 1


def test_care_reaches_who_rests_and_needs_no_consent_but_no_refused_channel() -> None:
    rules = policy(action("call", "care", channels=("phone", "sms")))
    quiet = [{"customer_id": "c1", "until": "2026-07-09"}]
    consent = [{"customer_id": "c1", "channel": "phone", "granted": False, "at": "2026-01-01"}]
    (row,) = run(rules, [customer("c1")], quiet=quiet, consent=consent).rows
    assert row.channel == "sms"


def test_an_offer_goes_only_where_the_channel_allows_it() -> None:
    rules = policy(action("coupon", channels=("phone", "sms", "app")))
    consent = [{"customer_id": "yes", "channel": "sms", "granted": True, "at": "2026-01-01"}]
    rows = run(rules, [customer("yes"), customer("silent")], consent=consent).rows
    assert {row.customer_id: row.channel for row in rows} == {"yes": "sms", "silent": "app"}


def test_tier_stage_and_signal_together() -> None:
    rules = policy(
        action(
            "keep",
            "service",
            tiers=("core",),
            lifecycle=("decline", "dormant"),
            when=(),
            any_of=("score > 50", "care is true"),
        ),
        most=Most(5, 5),
    )
    scores = [
        customer("in"),
        customer("other tier", tier="basic"),
        customer("other stage"),
        customer("no stage"),
        customer("no signal", score=10.0),
    ]
    stages = [
        {"customer_id": "in", "stage": "dormant"},
        {"customer_id": "other tier", "stage": "dormant"},
        {"customer_id": "other stage", "stage": "growth"},
        {"customer_id": "no signal", "stage": "decline"},
        {"customer_id": "not scored", "stage": "decline"},
    ]
    found = run(rules, scores, lifecycle=stages)
    assert given(found) == [("in", "keep")]
    assert found.strangers == {"lifecycle": 1}


def test_without_a_table_a_rule_is_not_judged_and_that_is_said() -> None:
    found = run(policy(action("keep", lifecycle=("lost",)), action("other")), [customer("c1")])
    assert found.not_judged == {"keep": "lifecycle"}
    assert given(found) == [("c1", "other")]
    lacking = replace(policy(action("other")), care_first=("complaints.open > 0", "care is true"))
    found = run(lacking, [customer("c1", care=True)])
    assert found.not_judged == {"care_first": "complaints"}
    assert given(found) == []


def test_tags_count_while_they_hold() -> None:
    rules = policy(
        action("tagged", when=("tags.vip is true",)),
        action("valued", when=("tags.size >= 2",)),
        most=Most(5, 5),
    )
    tags = [
        {
            "customer_id": "a",
            "tag": "vip",
            "value": None,
            "valid_from": "2026-01-01",
            "valid_to": None,
            "known_at": None,
        },
        {
            "customer_id": "b",
            "tag": "vip",
            "value": None,
            "valid_from": "2026-01-01",
            "valid_to": "2026-06-30",
            "known_at": None,
        },
        {
            "customer_id": "c",
            "tag": "vip",
            "value": None,
            "valid_from": "2026-07-01",
            "valid_to": None,
            "known_at": None,
        },
        {
            "customer_id": "d",
            "tag": "vip",
            "value": None,
            "valid_from": None,
            "valid_to": None,
            "known_at": "2026-07-02",
        },
        {
            "customer_id": "e",
            "tag": "size",
            "value": "3",
            "valid_from": None,
            "valid_to": None,
            "known_at": "2026-01-01",
        },
        {
            "customer_id": "e",
            "tag": "size",
            "value": "1",
            "valid_from": None,
            "valid_to": None,
            "known_at": "2026-02-01",
        },
        {
            "customer_id": "f",
            "tag": "size",
            "value": "2",
            "valid_from": None,
            "valid_to": None,
            "known_at": None,
        },
        {
            "customer_id": "z",
            "tag": "size",
            "value": "2",
            "valid_from": None,
            "valid_to": None,
            "known_at": None,
        },
    ]
    found = run(rules, [customer(name) for name in "abcdef"], tags=tags)
    assert given(found) == [("a", "tagged"), ("f", "valued")]
    assert found.strangers == {"tags": 1}


@pytest.mark.parametrize("engine", ENGINES)
def test_the_same_on_every_engine_whatever_the_order(engine: str) -> None:
    rules = policy(
        action("low", priority=10), action("high", when=("experience > 50",)), most=Most(5, 5)
    )
    scores = [customer(f"c{n}", experience=float(n), care=n % 7 == 0) for n in range(100)]
    log = [
        {"customer_id": f"c{n}", "action": "low", "at": days_ago(n % 5)} for n in range(0, 100, 3)
    ]
    expected = run(rules, scores, log=log)
    assert run(rules, scores[::-1], engine, log=log[::-1]) == expected
    assert len(expected.rows) > 100


def test_nobody_is_a_run_without_rows() -> None:
    empty = [customer("c1")]
    frame = native("polars", empty).head(0)
    found = next_actions(frame, policy(action("a")), as_of=DAY, tiers=LADDER)
    assert (found.customers, found.rows) == (0, [])


def test_strange_ids_pass_unharmed() -> None:
    names = ["\0", "=1+1", "顾客", "a\tb", "x" * 500]
    found = run(policy(action("a")), [customer(name) for name in names])
    assert [row.customer_id for row in found.rows] == sorted(names)
    assert len({row.action_id for row in found.rows}) == len(names)


BAD = {
    "customer twice": ([customer("c1"), customer("c1")], {}, "1 name a customer again"),
    "no tier": ([customer("c1") | {"tier": None}, customer("c2")], {}, "1 have no tier"),
    "other tier": (
        [customer("c1", tier="gold")],
        {},
        "tier gold of the scores is not in the policy",
    ),
    "no column": (
        [{"customer_id": "c1", "tier": "core", "care": False}],
        {},
        "no column experience",
    ),
    "log without at": (
        [customer("c1")],
        {"log": [{"customer_id": "c1", "action": "a"}]},
        "no column at",
    ),
    "log with no time": (
        [customer("c1")],
        {"log": [{"customer_id": "c1", "action": "a", "at": "soon"}]},
        "'soon' is no time",
    ),
    "consent maybe": (
        [customer("c1")],
        {"consent": [{"customer_id": "c1", "channel": "app", "granted": "maybe", "at": DAY}]},
        "granted: 'maybe' must be true or false",
    ),
    "stage twice": (
        [customer("c1")],
        {"lifecycle": [{"customer_id": "c1", "stage": "lost"}] * 2},
        "lifecycle: 0 rows have no customer_id, 1 name a customer again",
    ),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named(case: str) -> None:
    scores, tables, said = BAD[case]
    with pytest.raises(ActionsError) as refused:
        run(
            policy(action("a", lifecycle=("lost",) if "lifecycle" in tables else ())),
            scores,
            **tables,
        )
    assert said in str(refused.value)
