"""The segmenter cuts as jieba does; jieba itself is the oracle."""

import logging
import random

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text.segmenter import jieba_segmenter

SENTENCES = [
    "这个手机屏幕有划痕，物流太慢了，客服态度也不好，联系了好几次都没有人处理",
    "结婚的和尚未结婚的都来了，乒乓球拍卖完了，南京市长江大桥维修",
    "用了两天就不充电了，iPhone15 Pro 256GB，3.5折99%off A+B C#",
    "甄嬛传里的甄嬛和沈眉庄都很好看\r\n第二行\n\t完",
    "長城當代李理，佢哋嘅服務態度好差",
    "𠮷野家的㐂",
    "",
]
COMMON = "的一是不了在有我他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年"


@pytest.fixture(scope="module")
def ours():
    return jieba_segmenter()


@pytest.fixture(scope="module")
def oracle():
    tokenizer = jieba.Tokenizer()
    tokenizer.FREQ, tokenizer.total = tokenizer.gen_pfdict(tokenizer.get_dict_file())
    tokenizer.initialized = True
    return tokenizer


@pytest.mark.parametrize("text", SENTENCES)
def test_same_words_as_jieba(ours, oracle, text):
    assert ours.cut(text) == list(oracle.cut(text))


def test_same_words_as_jieba_on_random_words(ours, oracle):
    draw = random.Random(7)
    words = draw.sample(sorted(word for word, count in oracle.FREQ.items() if count), 3000)
    texts = ["".join(draw.sample(words, 6) + draw.sample(COMMON, 6)) for _ in range(300)]
    assert [ours.cut(text) for text in texts] == [list(oracle.cut(text)) for text in texts]


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.sampled_from([*COMMON, *"客服手机不满意a1.%+ \r\n，"]), max_size=40))
def test_same_words_as_jieba_on_any_text(ours, oracle, text):
    assert ours.cut(text) == list(oracle.cut(text))


def test_added_words_are_whole_and_stay_with_the_copy(ours):
    grown = ours.with_words(["不满意度", "耳机仓"])
    assert grown.cut("耳机仓不满意度") == ["耳机仓", "不满意度"]
    assert "耳机仓" not in ours.cut("耳机仓不满意度")


def test_a_frequent_word_loses_nothing_when_added_again(ours):
    assert ours.with_words(["我们"]).cut("我们中出") == ours.cut("我们中出")


def test_jieba_logs_nothing(caplog):
    with caplog.at_level(logging.DEBUG, logger="jieba"):
        jieba_segmenter()
    assert caplog.records == []
