"""Tags of customers: by hand, over time, after merges and withdrawals, the same on every engine."""

import random
from datetime import timedelta
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest

import tiering.tags
from tests.tiering.tables import (
    ENGINES,
    NOON,
    Row,
    account,
    days_ago,
    event,
    market,
    native,
    order,
    rows_of,
    signal,
)
from tiering.errors import EngineError, MergeError, TagError
from tiering.tags import TAG_COLUMNS, TagRun, TagTables, load_rules, resolved, rules_of, tag_run
from tiering.tags.sequences import _latest

LAST_DAY = "2026-06-30"
END = "2026-06-30T23:59:59.999999+08:00"
Rows = dict[str, list[Row]]


def rules(*tags: dict[str, Any], **head: Any) -> tiering.tags.Rules:
    return rules_of({"version": "1", "tags": list(tags)} | head, "our.yaml")


def rule(text: str, **more: Any) -> tiering.tags.Rules:
    return rules({"name": "t", "rule": text} | more)


def run(
    rows: Rows, given: tiering.tags.Rules, engine: str = "polars", as_of: str = LAST_DAY
) -> TagRun[Any]:
    full = {"orders": [order(900, "z")], "signals": [signal(900, customer_id="z")]} | rows
    frames = {name: native(engine, cells) for name, cells in full.items()}
    return tag_run(TagTables(**frames), as_of=as_of, rules=given)


def holders(found: TagRun[Any]) -> dict[str, str]:
    return {
        row["customer_id"]: row["value"]
        for row in rows_of(found.tags)
        if row["ended"] is None and row["customer_id"] != "z"
    }


ORDERS = [
    order(1, "a", ordered_at=days_ago(1), amount=100_000),
    order(2, "a", ordered_at=days_ago(40), amount=50_000, refunded=50_000),
    order(3, "b", ordered_at=days_ago(29), amount=20_000),
    order(4, "c", ordered_at=days_ago(30), amount=20_000),
]
SIGNALS = [
    signal(1, customer_id="a", severity=3, complaint=["quality"], intents=["complaint", "churn"]),
    signal(2, customer_id="b", platform=None, spam=True),
]
EVENTS = [
    event("View", 5, "a"),
    event("view", 3, "b"),
    event("nps", 1, "b", 9.0),
    event("add_to_cart", 2, "d"),
]
WHO: dict[str, tuple[str, set[str]]] = {
    "count": ("count(orders) >= 2", {"a"}),
    "the window begins 29 days ago": ("count(orders, 30d) >= 1", {"a", "b"}),
    "one day more": ("count(orders, 31d) >= 1", {"a", "b", "c"}),
    "sum": ("sum(orders.amount) > 20000", {"a"}),
    "sum of some": ("sum(orders.amount where refunded = 0) >= 100000", {"a"}),
    "in": ("count(orders where amount in (20000, 7)) = 1", {"b", "c"}),
    "days since": ("days_since(orders) >= 29", {"b", "c"}),
    "not known is not below": ("days_since(orders) < 1000", {"a", "b", "c"}),
    "not of not known holds": ("not days_since(orders) < 1000", {"d"}),
    "labels": ("count(signals where intents = churn) > 0", {"a"}),
    "labels in": ("count(signals where complaint in (price, quality)) > 0", {"a"}),
    "labels not": ("count(signals where complaint != quality) > 0", {"b"}),
    "severity": ("count(signals where severity > 2) = 1", {"a"}),
    "flag": ("count(signals where spam = true) > 0", {"b"}),
    "not known is not other": ("count(signals where platform != 微博) > 0", set()),
    "events by name, whatever the case": ("count(events:view) = 1", {"a", "b"}),
    "value of an event": ("count(events where event = nps and value >= 9) = 1", {"b"}),
    "and": ("count(orders) > 0 and count(events:view) > 0", {"a", "b"}),
    "or": ("count(events:add_to_cart) > 0 or count(orders) >= 2", {"a", "d"}),
    "not": ("not count(orders) > 0", {"d"}),
    "sequence": ("sequence(events:view, orders, within 5d)", {"a"}),
    "sequence too slow": ("sequence(events:view, orders, within 3d)", set()),
    "sequence of one kind": ("sequence(orders, orders, within 39d)", {"a"}),
    "backwards": ("sequence(orders, events:view, within 90d)", {"a", "b"}),
    "sequence in a window": ("sequence(orders, events:view, within 90d, 29d)", set()),
    "three steps": ("sequence(orders, events:view, orders, within 39d)", {"a"}),
    "three steps too slow": ("sequence(orders, events:view, orders, within 38d)", set()),
}


@pytest.mark.parametrize("case", WHO)
def test_who_has_a_tag(case: str) -> None:
    text, expected = WHO[case]
    rows = {"orders": ORDERS, "signals": SIGNALS, "engagement": EVENTS}
    assert set(holders(run(rows, rule(text)))) == expected


def test_a_row_says_all() -> None:
    given = rule("count(orders, 30d) >= 1 and not sum(orders.amount) < 1", valid_days=3)
    found = run({"orders": ORDERS}, given)
    row = next(row for row in rows_of(found.tags) if row["customer_id"] == "b")
    assert tuple(row) == TAG_COLUMNS
    assert row == {
        "customer_id": "b",
        "tag": "t",
        "value": "true",
        "valid_from": END,
        "valid_to": "2026-07-03T23:59:59.999999+08:00",
        "known_at": END,
        "source": "rule",
        "rule_version": given.tags[0].label(),
        "evidence_en": "orders in 30 days: 1 (such as o3); amount of orders: ¥200.00 (such as o3)",
        "evidence_zh": "30 天内订单数量：1（如 o3）；订单 amount 合计：¥200.00（如 o3）",
        "confidence": 1.0,
        "ended": None,
    }


LEVELS = rules(
    {
        "name": "stage",
        "values": [
            {"value": "new", "rule": "count(orders) >= 1"},
            {"value": "grown", "rule": "count(orders) >= 2"},
            {"value": "asleep", "rule": "days_since(orders) >= 30"},
        ],
    }
)


def test_of_several_levels_the_last_that_matches_wins() -> None:
    found = run({"orders": ORDERS, "engagement": EVENTS}, LEVELS)
    assert holders(found) == {"a": "grown", "b": "new", "c": "asleep"}


def test_a_model_gives_its_probability_as_confidence() -> None:
    given = rules(
        *(
            {
                "name": name,
                "source": "model",
                "model": {"column": "churn", "probability": "tag"} | cut,
            }
            for name, cut in (("leaves", {"at_least": 0.6}), ("stays", {"at_most": 0.2}))
        ),
        {"name": "old", "source": "model", "model": {"column": "age", "at_least": 60}},
        columns={"churn": "number", "age": "number"},
    )
    profile = [
        {"customer_id": "a", "churn": 0.75, "age": 60},
        {"customer_id": "b", "churn": 0.125, "age": 20},
        {"customer_id": "c", "churn": None, "age": None},
        {"customer_id": "d", "churn": 7.0, "age": 0},
    ]
    rows = rows_of(run({"profile": profile}, given).tags)
    told = {(row["customer_id"], row["tag"]): row["confidence"] for row in rows}
    assert told == {
        ("a", "leaves"): 0.75,
        ("b", "stays"): 0.875,
        ("d", "leaves"): None,
        ("a", "old"): None,
    }
    assert "churn: 0.75" in rows[0]["evidence_en"]


def test_rules_of_the_score_card_score_where_no_profile_is_given() -> None:
    given = rule("score > 20 and care = false and tier in (potential, core)")
    found = run({"orders": ORDERS, "signals": SIGNALS}, given)
    scores = {
        row["customer_id"]: row
        for row in rows_of(
            tiering.score(native("polars", ORDERS), native("polars", SIGNALS), as_of=LAST_DAY)
        )
    }
    expected = {n for n, row in scores.items() if row["score"] > 20 and row["tier"] != "basic"}
    assert set(holders(found)) == expected
    assert expected


MANUAL = rules({"name": "vip", "source": "manual"}, {"name": "rich", "rule": "count(orders) > 5"})


def test_tags_by_hand() -> None:
    base = {"customer_id": "a", "tag": "vip", "value": None, "valid_to": None, "note": None}
    base |= {"confidence": None, "known_at": None, "valid_from": days_ago(9)}
    rows = [
        base | {"value": "gold", "note": "老客户，电话13812345678", "confidence": 0.5},
        base | {"valid_from": days_ago(20), "value": "older"},
        base | {"customer_id": "b", "valid_to": days_ago(1)},
        base | {"customer_id": "c", "valid_to": days_ago(-9)},
        base | {"customer_id": "d", "valid_from": days_ago(-1)},
        base | {"customer_id": "e", "tag": "vpi"},
        base | {"customer_id": "f", "tag": "rich"},
    ]
    found = run({"manual": rows}, MANUAL)
    assert holders(found) == {"a": "gold", "c": "true"}
    (row,) = (row for row in rows_of(found.tags) if row["customer_id"] == "a")
    assert (row["source"], row["confidence"]) == ("manual", 0.5)
    assert row["evidence_zh"].startswith("人工：老客户，电话")
    assert "13812345678" not in row["evidence_zh"]
    assert row["valid_from"] == "2026-06-21T12:00:00+08:00"
    assert [(r.value, r.code) for r in found.refused] == [
        ("vpi", "no_manual_tag"),
        ("rich", "no_manual_tag"),
    ]
    assert found.rows["manual"].later == 1


def two_days(
    first: Rows,
    second: Rows,
    given: tiering.tags.Rules,
    later: tiering.tags.Rules | None = None,
    engine: str = "polars",
) -> tuple[TagRun[Any], TagRun[Any]]:
    before = run(first, given, engine, "2026-06-29")
    full = {"orders": [order(900, "z")], "signals": [signal(900, customer_id="z")]} | second
    frames = {name: native(engine, cells) for name, cells in full.items()}
    now = tag_run(TagTables(**frames, previous=before.tags), as_of=LAST_DAY, rules=later or given)
    return before, now


def told(found: TagRun[Any]) -> set[tuple[str, str, str | None]]:
    return {
        (row["customer_id"], row["value"], row["ended"])
        for row in rows_of(found.tags)
        if row["customer_id"] != "z"
    }


def changes(found: TagRun[Any]) -> set[tuple[str, str, str | None, str | None]]:
    return {
        (row["customer_id"], row["change"], row["before"], row["after"])
        for row in rows_of(found.changes)
    }


@pytest.mark.parametrize("engine", ENGINES)
def test_what_ends_is_closed_and_kept(engine: str) -> None:
    young = [order(n, f"k{n}", ordered_at=days_ago(1 + 30 * (n == 3))) for n in range(4)]
    more = [*young[1:], order(9, "k1", ordered_at=days_ago(1)), order(10, "new", ordered_at=NOON)]
    before, now = two_days({"orders": young}, {"orders": more}, LEVELS, engine=engine)
    assert told(before) == {
        ("k0", "new", None),
        ("k1", "new", None),
        ("k2", "new", None),
        ("k3", "asleep", None),
    }
    assert told(now) == {
        ("k0", "new", "no_match"),
        ("k1", "new", "changed"),
        ("k1", "grown", None),
        ("k2", "new", None),
        ("k3", "asleep", None),
        ("new", "new", None),
    }
    assert changes(now) == {
        ("k0", "ended", "new", None),
        ("k1", "changed", "new", "grown"),
        ("new", "added", None, "new"),
    }
    rows = {(row["customer_id"], row["value"]): row for row in rows_of(now.tags)}
    assert rows["k0", "new"]["valid_to"] == rows["k1", "grown"]["valid_from"] == END
    assert rows["k2", "new"]["valid_from"] == "2026-06-29T23:59:59.999999+08:00"
    assert rows["k2", "new"]["known_at"] == "2026-06-29T23:59:59.999999+08:00"


def test_unpublished_and_rewritten_tags_end() -> None:
    one = {"name": "one", "rule": "count(orders) > 0"}
    two = {"name": "two", "rule": "count(orders) > 0"}
    rows = {"orders": [order(1, "a")]}
    given = rules(one, two)
    later = rules(one | {"state": "unpublished"}, two | {"version": "2"})
    _, now = two_days(rows, rows, given, later)
    ended = {row["tag"]: row["ended"] for row in rows_of(now.tags) if row["ended"]}
    assert ended == {"one": "unpublished", "two": "rule_changed"}
    assert now.held == {"two": 1}


def test_validity_that_ran_out_is_expired() -> None:
    given = rule("count(orders) > 0", valid_days=1)
    before = run({"orders": [order(1, "a", ordered_at=days_ago(20))]}, given, as_of="2026-06-20")
    frames = {"orders": [order(1, "b")], "signals": [signal(1, customer_id="b")]}
    now = tag_run(
        TagTables(**{n: native("polars", c) for n, c in frames.items()}, previous=before.tags),
        as_of=LAST_DAY,
        rules=given,
    )
    assert ("a", "true", "expired") in told(now)
    assert changes(now) == {("b", "added", None, "true")}


@pytest.mark.parametrize("engine", ENGINES)
def test_merged_identities_are_tagged_on_their_whole_history(engine: str) -> None:
    rows: Rows = {
        "orders": [order(1, "old"), order(2, "new"), order(3, "mid")],
        "signals": [signal(1, customer_id="old", author_id="x")],
    }
    merges = [{"old_id": "old", "new_id": "mid"}, {"old_id": "mid", "new_id": "new"}]
    before, now = two_days(rows, rows | {"merges": merges}, LEVELS, engine=engine)
    assert holders(before) == {"old": "new", "new": "new", "mid": "new"}
    assert told(now) == {
        ("old", "new", "merged"),
        ("mid", "new", "merged"),
        ("new", "new", "changed"),
        ("new", "grown", None),
    }
    assert now.merged == 2


def test_a_profile_of_a_merged_id_is_stale() -> None:
    profile = [{"customer_id": n, "score": s} for n, s in (("old", 90.0), ("new", 10.0))]
    merges = [{"old_id": "old", "new_id": "new"}]
    found = run(
        {"profile": profile, "merges": merges, "orders": [order(1, "old")]}, rule("score > 50")
    )
    assert (holders(found), found.stale) == ({}, 1)


CYCLES = {
    "two": ({"a": "b", "b": "a"}, "a -> b -> a"),
    "itself": ({"a": "a"}, "a -> a"),
    "behind a tail": ({"x": "a", "a": "b", "b": "c", "c": "a"}, "a -> b -> c -> a"),
}


@pytest.mark.parametrize("case", CYCLES)
def test_a_cycle_is_named(case: str) -> None:
    merges, said = CYCLES[case]
    with pytest.raises(MergeError, match=said):
        resolved(merges)


def test_long_chains_are_followed_to_their_end() -> None:
    chain = {str(n): str(n + 1) for n in range(20_000)}
    assert set(resolved(chain).values()) == {"20000"}


@pytest.mark.parametrize("engine", ENGINES)
def test_withdrawn_consent_removes_what_was_derived(engine: str) -> None:
    given = rules(
        {"name": "t", "rule": "count(orders) > 0"},
        {"name": "desk", "source": "manual", "consent": "not_needed"},
    )
    hand = {"customer_id": "a", "tag": "desk", "valid_from": days_ago(5)}
    rows: Rows = {"orders": [order(n, name) for n, name in enumerate("abc")], "manual": [hand]}
    consents = [
        {"customer_id": "a", "given": True, "at": days_ago(9)},
        {"customer_id": "a", "given": False, "at": days_ago(0)},
        {"customer_id": "b", "given": False, "at": days_ago(9)},
        {"customer_id": "b", "given": True, "at": days_ago(1)},
        {"customer_id": "c", "given": False, "at": days_ago(-1)},
    ]
    _, now = two_days(rows, rows | {"consents": consents}, given, engine=engine)
    kept = {(row["customer_id"], row["tag"]) for row in rows_of(now.tags)}
    assert kept == {("a", "desk"), ("b", "t"), ("c", "t")}
    assert now.withdrawn == 1
    assert changes(now) == set()


def test_withdrawn_consent_holds_for_older_ids_too() -> None:
    rows: Rows = {"orders": [order(1, "old"), order(2, "new"), order(3, "c")]}
    more: Rows = {
        "merges": [{"old_id": "old", "new_id": "new"}],
        "consents": [{"customer_id": "old", "given": False, "at": days_ago(0)}],
    }
    _, now = two_days(rows, rows | more, rule("count(orders) > 0"))
    assert {row["customer_id"] for row in rows_of(now.tags)} == {"c"}
    assert now.withdrawn == 2


def test_what_our_agents_say_is_not_the_customer_s() -> None:
    said = [signal(1, customer_id="a"), signal(2, customer_id="b", role="agent")]
    assert set(holders(run({"signals": said}, rule("count(signals) > 0")))) == {"a"}


def test_every_order_of_rows_gives_the_same() -> None:
    tables = {name: rows for name, rows in market(customers=14).items() if name != "edges"}
    tables["merges"] = [{"old_id": "c3", "new_id": "c4"}]
    found = []
    for step in (1, -1):
        frames = {n: native("polars", rows[::step]) for n, rows in tables.items()}
        before = tag_run(TagTables(**frames), as_of="2026-06-01")
        again = tag_run(TagTables(**frames, previous=before.tags), as_of=LAST_DAY)
        found.append((rows_of(again.tags), rows_of(again.changes), again.held, again.rows))
    assert found[0] == found[1]
    assert {row["ended"] for row in found[0][0]} == {None, "no_match"}
    assert len(found[0][1]) > 3


def test_nothing_of_the_future_is_used() -> None:
    late = [order(2, "a", ordered_at=days_ago(-1)), order(3, "a", known_at=days_ago(-1))]
    plain = [order(1, "a", known_at=None)]
    assert holders(run({"orders": [*plain, *late]}, rule("count(orders) = 1"))) == {"a": "true"}


def test_the_account_tells_whose_words_they_are() -> None:
    rows: Rows = {
        "signals": [signal(1, customer_id=None, intents=["churn"])],
        "accounts": [account("a1", customer_id="c9")],
    }
    assert holders(run(rows, rule("count(signals where intents = churn) > 0"))) == {"c9": "true"}


def brute(rows: list[tuple[int, int, int]], steps: int, within: int) -> dict[int, tuple[int, int]]:
    """Every chain of every customer, by trying all."""
    found: dict[int, tuple[int, int]] = {}
    for who in {row[0] for row in rows}:
        of = [[at for w, at, step in rows if (w, step) == (who, n)] for n in range(steps)]
        chains = [c for c in product(*of) if all(a < b for a, b in pairwise(c))]
        good = [(c[-1], c[0]) for c in chains if c[-1] - c[0] <= within]
        if good:
            last, first = max(good)
            found[who] = (first, last)
    return found


@pytest.mark.parametrize("seed", range(30))
def test_sequences_are_those_that_trying_all_finds(seed: int) -> None:
    rng = random.Random(seed)
    steps, within = rng.randrange(2, 5), rng.randrange(1, 12)
    rows = [
        (rng.randrange(4), rng.randrange(20), rng.randrange(steps))
        for _ in range(rng.randrange(40))
    ]
    if not rows:
        return
    codes, at, place = (np.array(each, np.int64) for each in zip(*rows, strict=True))
    first, last, who = _latest(codes, at, place, steps, within)
    found = {int(w): (int(a), int(b)) for w, a, b in zip(who, first, last, strict=True)}
    assert found == brute(rows, steps, within)


def earlier(**changes: Any) -> list[Row]:
    row = rows_of(run({"orders": ORDERS}, LEVELS, as_of="2026-06-29").tags)[0]
    return [row | changes]


PREVIOUS: dict[str, tuple[list[Row], str]] = {
    "no tags": ([{"customer_id": "a"}], "have no column tag"),
    "later": (earlier(known_at="2026-07-01"), "not earlier than 2026-06-30"),
    "twice": (earlier() * 2, "one tag twice at once"),
    "no time": (earlier(valid_from="soon"), "valid_from 1"),
    "no end": (earlier(valid_to="some day"), "valid_to 1"),
    "no customer": (earlier(customer_id=None), "customer_id 1"),
}


@pytest.mark.parametrize("case", PREVIOUS)
def test_a_run_before_that_cannot_be_used(case: str) -> None:
    rows, said = PREVIOUS[case]
    with pytest.raises(TagError, match=said):
        run({"previous": rows}, LEVELS)


BAD_TABLES: dict[str, tuple[Rows, str]] = {
    "profile without the column": (
        {"profile": [{"customer_id": "a", "scores": 1.0}]},
        "'score' is not known; nearest: scores",
    ),
    "profile twice": ({"profile": [{"customer_id": "a", "score": 1.0}] * 2}, "1 rows of customers"),
}


@pytest.mark.parametrize("case", BAD_TABLES)
def test_profiles_that_cannot_be_used(case: str) -> None:
    rows, said = BAD_TABLES[case]
    with pytest.raises(TagError, match=said):
        run(rows, rule("score > 1"))


def test_tables_of_two_engines_are_refused() -> None:
    tables = TagTables(native("polars", [order(1)]), native("pandas", [signal(1)]))
    with pytest.raises(EngineError):
        tag_run(tables, as_of=LAST_DAY)


def test_the_front_door_is_written_down() -> None:
    names = tiering.tags.__all__
    assert (
        sorted(names, key=lambda name: (not name.isupper(), not name[0].isupper(), name)) == names
    )
    assert load_rules().version == "2026.11"
    assert NOON - timedelta(days=1) == days_ago(1)
