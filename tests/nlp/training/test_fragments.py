"""Fragments are clauses of the texts, whole, and sometimes of two."""

import re

import numpy as np
import pytest

from nlp.training.fragments import MOST_CLAUSES, SOURCE, fragments

TEXTS = ["屏幕很好，但是电池差；客服没人理。不买了", "……", "物流快\n包装破了", "好"]
WHOLE = "|".join(
    map(
        re.escape,
        ["屏幕很好，", "但是电池差；", "客服没人理。", "不买了", "物流快", "包装破了", "好"],
    )
)


def drawn(count=400, texts=TEXTS, seed=1):
    return fragments(texts, count, np.random.default_rng(seed))


def test_fragments_are_whole_clauses_each_once():
    found = [example.text for example in drawn()]
    assert len(found) == len(set(found)) > 20
    assert {example.source for example in drawn()} == {SOURCE}
    for text in found:
        clauses = re.findall(WHOLE, text.replace("\n", ""))
        assert "".join(clauses) == text.replace("\n", ""), text
        assert 1 <= len(clauses) <= 2 * MOST_CLAUSES


def test_some_are_of_two_texts():
    assert any("买" in example.text and "包装" in example.text for example in drawn())


def test_the_same_seed_draws_the_same():
    assert drawn() == drawn() != drawn(seed=2)


@pytest.mark.parametrize(
    ("texts", "count"), [([], 5), (TEXTS, 0), (["，，"], 9), ([""], 9)], ids=str
)
def test_where_nothing_can_be_cut_there_are_none(texts, count):
    assert drawn(count, texts) == []
