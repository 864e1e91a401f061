"""Conditions: what they mean on every kind of cell, and what is no condition."""

import pyarrow as pa
import pytest

from tiering.actions.conditions import condition_of, texts
from tiering.errors import ActionsError

NUMBERS = pa.array([1.0, 2.5, None, 60.0])
WORDS = pa.array(["KOC", "", None, " lost "])
FLAGS = pa.array([True, False, None, True])
WRITTEN = pa.array(["1", "2.5", None, " 60 "])
YES = pa.array(["True", "false", None, "是"])

HOLDS = {
    "at least": ("c >= 2.5", NUMBERS, [False, True, False, True]),
    "above": ("c > 2.5", NUMBERS, [False, False, False, True]),
    "at most": ("c <= 1", NUMBERS, [True, False, False, False]),
    "below": ("c < 0", NUMBERS, [False] * 4),
    "negative": ("c > -1", NUMBERS, [True, True, False, True]),
    "is a number": ("c is 60", NUMBERS, [False, False, False, True]),
    "is not": ("c is not 60", NUMBERS, [True, True, False, False]),
    "written numbers": ("c >= 2.5", WRITTEN, [False, True, False, True]),
    "known": ("c is known", NUMBERS, [True, True, False, True]),
    "unknown": ("c is unknown", NUMBERS, [False, False, True, False]),
    "not unknown": ("c is not unknown", NUMBERS, [True, True, False, True]),
    "word": ("c is lost", WORDS, [False, False, False, True]),
    "one of": ("c in [KOC, lost]", WORDS, [True, False, False, True]),
    "none of": ("c not in [KOC]", WORDS, [False, True, False, True]),
    "true": ("c is true", FLAGS, [True, False, False, True]),
    "false": ("c is false", FLAGS, [False, True, False, False]),
    "written true": ("c is true", YES, [True, False, False, True]),
}


@pytest.mark.parametrize("case", HOLDS)
def test_for_whom_a_condition_holds(case: str) -> None:
    text, cells, expected = HOLDS[case]
    assert condition_of(text, "here").holds(cells).tolist() == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "care",
        "care true",
        "a == 1",
        "a >= x",
        "a in b",
        "a in []",
        "a is [b]",
        "a >=",
        "; drop",
    ],
)
def test_what_is_no_condition(text: str) -> None:
    with pytest.raises(ActionsError, match=r"here: .* is no condition; write one of"):
        condition_of(text, "here")


def test_a_word_where_numbers_are_compared_is_named() -> None:
    with pytest.raises(ActionsError, match="'viele' is no number"):
        condition_of("c > 1", "here").holds(pa.array(["1", "viele"]))


def test_whole_numbers_have_no_point() -> None:
    cells = pa.array([3.0, 2.5, -0.0, 1e300, None])
    assert texts(cells).to_pylist() == ["3", "2.5", "0", "1e+300", None]
