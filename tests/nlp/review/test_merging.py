"""Decisions are neither lost nor doubled; the later one wins, the majority rules, ties are told."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.errors import LabelError
from nlp.gold import gold_example
from nlp.review import (
    DecisionError,
    Labels,
    agreements,
    merge,
    news,
    read_decision,
    resolve,
    wilson,
)
from tests.nlp.review.rows import ANGRY, HAPPY, NEUTRAL, START, decision

some = st.lists(
    st.builds(
        decision,
        number=st.integers(0, 2),
        labels=st.sampled_from([ANGRY, HAPPY, NEUTRAL]),
        annotator=st.sampled_from(["甲", "乙"]),
        hours=st.integers(0, 4),
        final=st.booleans(),
    ),
    max_size=12,
)


@given(some, some)
def test_merging_again_changes_nothing_and_loses_nothing(first, second):
    merged = merge(merge((), first), second)
    assert set(merged) == {*first, *second}
    assert len(set(merged)) == len(merged)
    assert merge(merged, [*second, *first]) == merged


@given(some, some)
def test_the_order_of_the_imports_does_not_matter(first, second):
    one = resolve(merge(merge((), first), second))
    other = resolve(merge(merge((), second), first))
    assert {each.decision.key: each for each in one} == {each.decision.key: each for each in other}


@given(some)
def test_a_sheet_saved_again_holds_no_news(said):
    merged = merge((), said)
    again = [replace(one, at=START + timedelta(days=9)) for one in latest(said)]
    assert news(merged, again) == []


def latest(said):
    """Return the last word of each person on each text."""
    ordered = sorted(said, key=lambda one: (one.at, repr(one.labels.as_row()), one.final))
    return list({(one.key, one.annotator): one for one in ordered}.values())


def test_a_later_correction_wins_and_keeps_its_history():
    (one,) = resolve([decision(hours=2, labels=HAPPY), decision(hours=1)])
    assert one.decision.labels == HAPPY
    assert one.ties == ()
    told = one.as_row()["history"]
    assert [step["sentiment"] for step in told] == ["negative", "positive"]


def test_a_final_decision_wins_over_a_majority():
    said = [decision(annotator=name) for name in "甲乙丙"]
    (one,) = resolve([*said, decision(annotator="主管", labels=HAPPY, final=True)])
    assert one.decision.labels == HAPPY
    assert one.annotators == ("主管",)


def test_the_majority_rules_field_by_field():
    mild = replace(ANGRY, severity=1, complaint=("quality", "service"), target=("水壶",))
    (one,) = resolve(
        [decision(annotator="甲"), decision(annotator="乙", labels=mild), decision(annotator="丙")]
    )
    assert one.decision.labels == ANGRY
    assert one.annotators == ("丙", "乙", "甲")
    assert one.ties == ()


@pytest.mark.parametrize(
    ("other", "ties"),
    [
        pytest.param(HAPPY, ("sentiment", "intents", "severity"), id="opposite"),
        pytest.param(replace(ANGRY, severity=1), ("severity",), id="severity"),
        pytest.param(replace(ANGRY, complaint=("price",)), ("complaint",), id="categories"),
        pytest.param(replace(ANGRY, complaint=("quality", "price")), (), id="one category more"),
        pytest.param(replace(ANGRY, target=("水壶",)), (), id="targets"),
    ],
)
def test_two_voices_tie_where_they_disagree(other, ties):
    (one,) = resolve([decision(annotator="甲"), decision(annotator="乙", labels=other)])
    assert one.ties == ties


def test_the_most_central_category_comes_first():
    orders = [("price", "service"), ("service", "price"), ("service", "price")]
    said = [
        decision(annotator=f"a{n}", labels=replace(ANGRY, complaint=order))
        for n, order in enumerate(orders)
    ]
    (one,) = resolve(said)
    assert one.decision.labels.complaint == ("service", "price")


def test_a_decision_comes_back_from_its_line():
    one = decision(labels=replace(ANGRY, target=("水壶",)), final=True)
    row = json.loads(json.dumps(one.as_row(), ensure_ascii=False))
    assert read_decision(row, "x:1") == one
    assert gold_example(row, "x:1").severity == 2
    assert row["source"] == "human"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param({"sentiment": 1}, "'sentiment' is 1", id="sentiment"),
        pytest.param({"at": "yesterday"}, "'yesterday'", id="time"),
        pytest.param({"at": "2026-03-01T00:00:00"}, "+08:00", id="time without a zone"),
        pytest.param({"at": None}, "None", id="no time"),
        pytest.param({"text": None}, "was exported", id="no text"),
        pytest.param({"model": []}, "the model's answer is missing", id="model"),
        pytest.param({"model": {"sentiment": "neutral"}}, "x:1, model", id="half a model"),
    ],
)
def test_a_broken_line_is_named(change, told):
    with pytest.raises((LabelError, DecisionError)) as caught:
        read_decision(decision().as_row() | change, "x:1")
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        # Newcombe 1998, Statistics in Medicine 17, 857-872, table I, method 3 (score).
        pytest.param(81, 263, 0.2553, 0.3662, id="81/263"),
        pytest.param(15, 148, 0.0624, 0.1605, id="15/148"),
        pytest.param(0, 20, 0.0000, 0.1611, id="0/20"),
        pytest.param(1, 29, 0.0061, 0.1718, id="1/29"),
    ],
)
def test_wilson_against_published_values(hits, n, low, high):
    found = wilson(hits, n)
    assert found == pytest.approx((low, high), abs=5e-5)


def test_nothing_is_known_of_nothing():
    assert wilson(0, 0) == (0.0, 1.0)


def test_agreement_counts_by_hand():
    wrong = Labels("negative", ("complaint",), ("quality",), 1, ())
    said = [
        decision(0, model=ANGRY),
        decision(1, model=wrong),
        decision(2, model=HAPPY),
        decision(3, model=HAPPY, picked_for="rare"),
        decision(4, annotator="甲", picked_for="rare"),
        decision(4, annotator="乙", labels=HAPPY, picked_for="rare"),
        decision(5, model_version="m2", model=ANGRY, at=START),
    ]
    first, second = agreements(resolve(said))
    assert (first.model_version, second.model_version) == ("m1", "m2")
    random = {name: (share.hits, share.n) for name, share in first.random.items()}
    assert random == {
        "sentiment": (2, 3),
        "intents": (2, 3),
        "complaint": (2, 3),
        "severity": (1, 3),
        "all fields": (1, 3),
    }
    assert (first.all_tasks["sentiment"].hits, first.all_tasks["sentiment"].n) == (2, 4)
    found = {name: (share.hits, share.n) for name, share in first.found.items()}
    assert found == {"random": (2, 3), "rare": (1, 1)}
