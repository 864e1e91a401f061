"""Keyphrases of one text, and contrasts of many."""

from math import log, sqrt

import pytest

from nlp.text import contrast, count_terms, keyphrases, log_odds, word_spans
from nlp.text.opinion_words import NEGATIONS, STOP_WORDS

TOLD = [
    ("物流太慢，屏幕有划痕", "物流太慢"),
    ("物流太慢，屏幕有划痕", "屏幕有划痕"),
    ("客服态度恶劣", "态度恶劣"),
    ("我已经说了三次，客服不给退款", "客服不给退款"),
    ("联系客服没人理", "联系客服没人理"),
    ("豆腐太嫩，味道不错", "味道不错"),
    ("用了两天就不充电了", "不充电"),
    ("衣服掉色，尺码偏小", "尺码偏小"),
    ("拒绝赔偿", "拒绝赔偿"),
    ("送餐超快！", "送餐超快"),
]


@pytest.mark.parametrize(("text", "phrase"), TOLD)
def test_the_phrase_is_found(text, phrase):
    assert any(phrase in found for found in keyphrases(text))


def test_phrases_that_judge_come_first():
    assert keyphrases("手机是昨天到的，颜色是黑色，屏幕有划痕")[0] == "屏幕有划痕"


@pytest.mark.parametrize("text", ["", "   ", "。。。", "😂😂[泪]", "的了吗", "123 456", "[网址]"])
def test_nothing_to_say(text):
    assert keyphrases(text) == ()


@pytest.mark.parametrize("limit", [0, 1, 2, 5])
def test_the_limit_holds(limit):
    text = "物流太慢，屏幕有划痕，客服态度恶劣，电池不耐用，包装破损，价格太贵"
    assert len(keyphrases(text, limit)) == limit


def test_known_spans_give_the_same():
    text = "物流太慢，屏幕有划痕"
    assert keyphrases(text, spans=word_spans(text)) == keyphrases(text)


def test_phrases_are_copied_from_the_text():
    text = "手机屏幕有 划痕，iPhone15 发热，不 满意"
    assert all(phrase in text for phrase in keyphrases(text))


def test_no_negation_is_a_stop_word():
    assert not STOP_WORDS & NEGATIONS
    assert not {"不满意", "没收到", "不能"} & STOP_WORDS


GROUP = ["奶茶里有虫子，太恶心了", "喝到虫子，要求赔偿", "又是虫子！", "奶茶有虫子，送餐也慢"]
USUAL = [
    "奶茶很好喝",
    "送餐很快",
    "奶茶味道不错",
    "送餐太慢",
    "价格便宜",
    "奶茶一般",
    "服务不错",
] * 3


def test_the_group_is_told_by_its_own_words():
    first = contrast(GROUP, USUAL)[0]
    assert "虫子" in first.phrase
    assert first.texts >= 2
    assert first.score > 0


def test_what_is_usual_does_not_stand_out():
    telling = {one.phrase for one in contrast(GROUP * 4, USUAL * 4) if one.score > 1.96}
    assert telling
    assert not {"奶茶", "送餐"} & telling


def test_one_flooding_text_is_one_voice():
    assert count_terms(["虫子，虫子，虫子，虫子，虫子"])["虫子"] == 1


@pytest.mark.parametrize(
    ("group", "usual"), [([], []), ([], USUAL), (GROUP, []), ([""], [""])], ids=str
)
def test_empty_sides_are_answered(group, usual):
    assert isinstance(contrast(group, usual), tuple)


def test_log_odds_follow_the_formula():
    here, there, prior = {"虫子": 8, "奶茶": 12}, {"虫子": 2, "奶茶": 58}, 100.0
    expected = prior * 10 / 80
    odds = log((8 + expected) / (20 + prior - 8 - expected))
    other = log((2 + expected) / (60 + prior - 2 - expected))
    z = (odds - other) / sqrt(1 / (8 + expected) + 1 / (2 + expected))
    assert log_odds(here, there, prior)["虫子"] == pytest.approx(z)


def test_log_odds_turn_their_sign_with_the_sides():
    here, there = {"虫子": 8, "奶茶": 12}, {"虫子": 2, "奶茶": 58}
    forward, backward = log_odds(here, there), log_odds(there, here)
    assert forward["虫子"] == pytest.approx(-backward["虫子"])
    assert forward["虫子"] > 0 > forward["奶茶"]
