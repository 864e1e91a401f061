"""The deletion test: it tells faithful weights from others, by a reader whose causes are known."""

import numpy as np
import pytest

from nlp.measuring.deletion import deletion_figures, heaviest, number_of, only, without
from nlp.measuring.explained import Explained

WORDS = ["屏幕", "碎了", "，", "客服", "不理", "我", "三天"]
TEXT = "".join(WORDS)


def explained(weights, parts=None):
    ends = np.cumsum([len(word) for word in WORDS]).tolist()
    spans = list(zip([0, *ends[:-1]], ends, strict=True))
    words = tuple(span for span, word in zip(spans, WORDS, strict=True) if word != "，")
    given = np.array(weights, dtype=float)
    return Explained(TEXT, words, given, given if parts is None else parts, 0, chance(TEXT))


def chance(text):
    return 0.5 + 0.2 * ("碎了" in text) + 0.2 * ("不理" in text)


def score(texts):
    bad = np.array([chance(text) for text in texts])
    return np.column_stack([bad, 1 - bad])


FAITHFUL = [0, 0.5, 0, 0.5, 0, 0]
UNFAITHFUL = [0.5, 0, 0.4, 0, 0, 0.1]


def test_words_are_taken_out_and_left_alone():
    each = explained(FAITHFUL)
    assert without(each, heaviest(each, 2)) == "屏幕，客服我三天"
    assert only(each, heaviest(each, 2)) == "碎了不理"


@pytest.mark.parametrize(("count", "number"), [(1, 1), (3, 3), (0.2, 2), (1.0, 6)])
def test_a_share_of_the_words_is_rounded_up(count, number):
    assert number_of(explained(FAITHFUL), count) == number


def test_faithful_weights_fall_further_than_random_words_and_others_do_not():
    good = deletion_figures([explained(FAITHFUL)] * 40, score, seed=1)["counts"]["2"]
    bad = deletion_figures([explained(UNFAITHFUL)] * 40, score, seed=1)["counts"]["2"]
    assert good["comprehensiveness"]["top"] == pytest.approx(0.4)
    assert good["sufficiency"]["top"] == pytest.approx(0.0)
    assert good["comprehensiveness"]["top_less_random_interval"][0] > 0
    assert bad["comprehensiveness"]["top"] == pytest.approx(0.0)
    assert bad["comprehensiveness"]["top_less_random_interval"][1] < 0


def test_the_same_seed_gives_the_same_figures():
    texts = [explained(FAITHFUL)] * 10
    assert deletion_figures(texts, score, seed=4) == deletion_figures(texts, score, seed=4)
