"""The segmenter cuts Chinese as jieba does; jieba itself is the oracle."""

import random

import jieba
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text.segmenter import segmenter_with

SENTENCES = [
    "这个手机屏幕有划痕，物流太慢了，客服态度也不好，联系了好几次都没有人处理",
    "结婚的和尚未结婚的都来了，乒乓球拍卖完了，南京市长江大桥维修",
    "甄嬛传里的甄嬛和沈眉庄都很好看\r\n第二行\n\t完",
    "長城當代李理，佢哋嘅服務態度好差",
    "",
]
COMMON = "的一是不了在有我他这为之大来以个中上们到说国和地也子时道出而要于就下得可你年"
LATIN = {
    "升级到2.0.1": ["升级", "到", "2.0.1"],
    "重2.6kg": ["重", "2.6kg"],
    "Wi-Fi断了": ["Wi-Fi", "断", "了"],
    "打3.5折": ["打", "3.5", "折"],
    "iPhone15发热": ["iPhone15", "发热"],
}


@pytest.fixture(scope="module")
def ours():
    return segmenter_with([])


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
    words = draw.sample(
        sorted(word for word, count in oracle.FREQ.items() if count and not word.isascii()), 3000
    )
    texts = ["".join(draw.sample(words, 6) + draw.sample(COMMON, 6)) for _ in range(1000)]
    same = sum(ours.cut(text) == list(oracle.cut(text)) for text in texts)
    assert same >= 0.99 * len(texts)


@settings(max_examples=200, deadline=None)
@given(text=st.text(st.sampled_from([*COMMON, *"客服手机不满意 \n，。"]), max_size=40))
def test_same_words_as_jieba_on_any_hanzi(ours, oracle, text):
    assert ours.cut(text) == list(oracle.cut(text))


@pytest.mark.parametrize(("text", "words"), LATIN.items(), ids=LATIN)
def test_latin_runs_stay_in_one_piece(ours, text, words):
    assert ours.cut(text) == words


def test_added_words_are_whole_and_stay_with_their_segmenter(ours):
    grown = segmenter_with(["不满意度", "耳机仓"])
    assert grown.cut("耳机仓不满意度") == ["耳机仓", "不满意度"]
    assert "耳机仓" not in ours.cut("耳机仓不满意度")


def test_a_frequent_word_loses_nothing_when_added_again(ours):
    assert segmenter_with(["我们"]).cut("我们中出") == ours.cut("我们中出")


@pytest.mark.parametrize(
    "text", ["啊" * 100_000, "1" * 100_000, "a." * 50_000, "甄嬛沈眉" * 25_000]
)
def test_a_hundred_thousand_characters_are_nothing(ours, text):
    assert "".join(ours.cut(text)) == text
