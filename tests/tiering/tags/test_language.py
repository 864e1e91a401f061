"""The language of rules: what it reads, where it stops, and that nothing in it is run."""

from typing import Any

import pytest

from tiering.errors import TagError
from tiering.tags import Vocabulary, load_rules, parse, rules_of
from tiering.tags.expression import (
    MOST_DEPTH,
    All,
    Compare,
    Condition,
    Count,
    DaysSince,
    Not,
    Profile,
    Rows,
    Sequence,
    Some,
    Sum,
)
from tiering.tags.tree import expression_of
from tiering.tags.vocabulary import FLAG, NUMBER, TEXT

VOCABULARY = Vocabulary({"tier": TEXT, "score": NUMBER, "care": FLAG, "得分": NUMBER})
RICH = Compare(Profile("score"), ">=", (60.0,))
CORE = Compare(Profile("tier"), "in", ("core", "strategic"))
BOUGHT = Compare(Count(Rows("orders"), 30), ">", (0.0,))
VIEWS = Rows("events", (Condition("event", "=", ("view",)),))
BAD = Rows(
    "signals", (Condition("complaint", "=", ("quality",)), Condition("severity", ">=", (2.0,)))
)

READ: dict[str, tuple[str, object]] = {
    "profile": ("score >= 60", RICH),
    "list": ("tier in (core, 'strategic')", CORE),
    "chinese name": ("得分 < -1.5", Compare(Profile("得分"), "<", (-1.5,))),
    "flag": ("care = true", Compare(Profile("care"), "=", (True,))),
    "count": ("count(orders, 30d) > 0", BOUGHT),
    "ever": ("count(events:view) = 3", Compare(Count(VIEWS), "=", (3.0,))),
    "where": (
        "count(signals where complaint = quality and severity >= 2, 7d) >= 1",
        Compare(Count(BAD, 7), ">=", (1.0,)),
    ),
    "sum": (
        "sum(orders.amount where refunded = 0, 365d) >= 100000",
        Compare(
            Sum(Rows("orders", (Condition("refunded", "=", (0.0,)),)), "amount", 365),
            ">=",
            (100_000.0,),
        ),
    ),
    "days since": ("days_since(orders) <= 9", Compare(DaysSince(Rows("orders")), "<=", (9.0,))),
    "sequence": (
        "sequence(events:view, orders, within 12h, 30d)",
        Sequence((VIEWS, Rows("orders")), 12, 30),
    ),
    "and before or": (
        "score >= 60 or tier in (core, strategic) and count(orders, 30d) > 0",
        Some((RICH, All((CORE, BOUGHT)))),
    ),
    "not is closest": (
        "not score >= 60 and count(orders,30d)>0",
        All((Not(RICH), BOUGHT)),
    ),
    "brackets": (
        "(score >= 60 or tier in (core, strategic)) and NOT (count(orders, 30d) > 0)",
        All((Some((RICH, CORE)), Not(BOUGHT))),
    ),
    "a quoted word is no keyword": (
        "tier = 'and'",
        Compare(Profile("tier"), "=", ("and",)),
    ),
    "two equal signs": ("score == 1", Compare(Profile("score"), "=", (1.0,))),
}


@pytest.mark.parametrize("case", READ)
def test_what_is_read(case: str) -> None:
    text, expected = READ[case]
    assert parse(text, VOCABULARY, "here") == expected


REFUSED = {
    "unknown column": ("scroe >= 60", "here, column 1: 'scroe' is not known; nearest: score"),
    "unknown in the middle": ("tier = core and sore > 1", "column 17: 'sore' is not known"),
    "unknown figure": ("cuont(orders) > 1", "column 1: 'cuont' is not known; nearest: count"),
    "unknown table": ("count(order) > 1", "column 7: 'order' is not known; nearest: orders"),
    "unknown field": (
        "count(orders where amout > 1) > 1",
        "column 20: 'amout' is not known; nearest: amount",
    ),
    "unknown label": (
        "count(signals where complaint = qualty) > 1",
        "'qualty' is not known; nearest: quality",
    ),
    "word for a number": ("score >= high", "'high' must be a number"),
    "number for a flag": ("care = 1", "must be true or false"),
    "order of words": ("tier > core", "> compares numbers only; here use =, != or in"),
    "sum of words": ("sum(signals.platform) > 1", "compares numbers only"),
    "no end": ("score >= 60 and", "the end stands where there must be a column"),
    "two rules": ("score >= 60 tier = core", "column 13: 'tier' stands where there must be and"),
    "no window": ("count(orders, 30) > 1", "'30' stands where there must be days such as 30d"),
    "window of nothing": ("count(orders, 0d) > 1", "'0d' stands where there must be 1d"),
    "window in hours": ("count(orders, 5h) > 1", "'5h' stands where there must be 1d"),
    "one step": ("sequence(orders, within 3d)", "there must be two steps or more"),
    "open bracket": ("(score >= 60", r"the end stands where there must be '\)'"),
    "code": ("__import__('os').system('true')", "'__import__' is not known"),
    "attribute": ("score.real >= 1", r"column 6: '\.' stands where"),
    "a strange sign": ("score >= 60; drop", "column 12: ';' is no sign"),
    "NUL": ("score >= \x0060", "is no sign"),
    "empty": ("", "the end stands where"),
    "too deep": ("(" * 40 + "score >= 1" + ")" * 40, f"at most depth {MOST_DEPTH}"),
    "not too deep": ("not " * 40 + "score >= 1", f"at most depth {MOST_DEPTH}"),
    "too large": (" or ".join(["score >= 1"] * 250), "at most depth"),
    "too long": ("score >= 1" + " " * 5_000, "at most 4000"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_is_refused_names_the_place(case: str) -> None:
    text, said = REFUSED[case]
    with pytest.raises(TagError, match=said) as caught:
        parse(text, VOCABULARY, "here")
    assert "here" in caught.value.text("zh")
    assert any("\u4e00" <= letter <= "\u9fff" for letter in caught.value.text("zh"))


def test_a_tree_says_the_same_as_the_compact_form() -> None:
    tree = {
        "all": [
            {"profile": "tier", "op": "in", "value": ["core", "strategic"]},
            {
                "any": [
                    "score >= 60",
                    {"not": {"count": "orders", "days": 30, "op": ">", "value": 0}},
                ]
            },
            {
                "count": "signals",
                "where": ["complaint = quality", "severity >= 2"],
                "days": 7,
                "op": ">=",
                "value": 1,
            },
        ]
    }
    text = (
        "tier in (core, strategic) and (score >= 60 or not count(orders, 30d) > 0) and "
        "count(signals where complaint = quality and severity >= 2, 7d) >= 1"
    )
    assert expression_of(tree, VOCABULARY, "here") == parse(text, VOCABULARY, "here")


def loop() -> list[Any]:
    parts: list[Any] = []
    parts.append({"all": parts})
    return parts


TREES: dict[str, tuple[object, str]] = {
    "unknown key": ({"al": ["score >= 1"]}, "'al' is not known; nearest: all"),
    "place in the tree": ({"all": ["score >= 1", "scor >= 1"]}, r"all\[1\], column 1: 'scor'"),
    "no parts": ({"any": []}, "all and any need a list"),
    "no value": ({"profile": "score", "op": ">"}, "and `value`"),
    "unknown operator": ({"profile": "score", "op": "~", "value": 1}, "one of = !="),
    "days in words": ({"count": "orders", "days": "x", "op": "=", "value": 1}, "whole number"),
    "a number": (7, "7 must be a rule"),
    "nothing": (None, "None must be a rule"),
    "a value that is code": (
        {"profile": "tier", "op": "=", "value": "'\" or score > 0"},
        "must be a word",
    ),
    "a tree in itself": ({"all": loop()}, "deeper than"),
}


@pytest.mark.parametrize("case", TREES)
def test_trees_that_are_refused(case: str) -> None:
    tree, said = TREES[case]
    with pytest.raises(TagError, match=said):
        expression_of(tree, VOCABULARY, "here")


def test_a_quoted_value_cannot_become_a_rule() -> None:
    leaf = {"profile": "tier", "op": "=", "value": "core' or score > 0"}
    found = expression_of(leaf, VOCABULARY, "here")
    assert found == Compare(Profile("tier"), "=", ("core' or score > 0",))


def file_of(**changes: Any) -> dict[str, Any]:
    return {"version": "1", "tags": [{"name": "rich", "rule": "score >= 60"} | changes]}


FILES: dict[str, tuple[object, str]] = {
    "no tags": ({"version": "1"}, "a list `tags` are needed"),
    "unknown key": (file_of(colour="red"), r"tags\[0\].colour: this key is not known"),
    "unknown source": (file_of(source="magic"), "'magic' must be one of 'rule', 'model'"),
    "unknown state": (file_of(state="draft"), "'draft' must be one of 'published'"),
    "place of the rule": (file_of(rule="scor > 1"), r"our.yaml, tags\[0\] rich, rule, column 1"),
    "no rule": (file_of(rule=None), "source rule takes rule or values; found nothing"),
    "manual with a rule": (file_of(source="manual"), "source manual takes nothing; found rule"),
    "feedback of orders": (
        file_of(source="feedback", rule="count(orders) > 1"),
        "a feedback tag reads signals alone; found orders",
    ),
    "valid for no day": (file_of(valid_days=0), "valid_days must be 1 or more"),
    "model without a cut": (
        file_of(source="model", rule=None, model={"column": "score"}),
        "needs one of at_least, at_most",
    ),
    "model of words": (
        file_of(source="model", rule=None, model={"column": "tier", "at_least": 1}),
        "compares numbers only",
    ),
    "model of nothing": (
        file_of(source="model", rule=None, model={"column": "churn", "at_least": 1}),
        "'churn' is not known",
    ),
    "the same name": ({"version": "1", "tags": file_of()["tags"] * 2}, "found rich"),
    "the same value": (
        file_of(rule=None, values=[{"value": "a", "rule": "score > 1"}] * 2),
        "found a",
    ),
    "a value without a rule": (file_of(rule=None, values=[{"value": "a"}]), r"values\[0\]: must"),
    "kind of a column": (file_of() | {"columns": {"x": "date"}}, "columns.x: 'date' must be one"),
    "a truth for a rule": (file_of(rule=True), "True must be a rule"),
}


@pytest.mark.parametrize("case", FILES)
def test_files_that_are_refused(case: str) -> None:
    data, said = FILES[case]
    with pytest.raises(TagError, match=said) as caught:
        rules_of(data, "our.yaml")
    assert "our.yaml" in str(caught.value)


def test_the_sample_is_read_and_its_versions_tell_edits_apart() -> None:
    rules = load_rules()
    assert rules.sources() == {"orders", "signals", "events", "profile"}
    assert rules.profile_names() == ("tier", "experience")
    plain, other, hidden = (
        rules_of(file_of(**changes), "x").tags[0]
        for changes in ({}, {"rule": "score >= 61"}, {"state": "unpublished"})
    )
    assert plain.label() != other.label()
    assert plain.label() == hidden.label()


def test_a_file_that_is_none(tmp_path: Any) -> None:
    path = tmp_path / "rules.yaml"
    for content in (b"\xff\xfe", b"a: [", b"[" * 5_000):
        path.write_bytes(content)
        with pytest.raises(TagError, match="cannot be read as rules"):
            load_rules(path)
