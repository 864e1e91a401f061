"""The normaliser on every kind of awkward text: the map is total, ordered, and time is linear."""

import time
import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import Rewriter, mask, normalise

KINDS = {
    "traditional": "這個軟體很乾淨，客服態度惡劣，還沒收到貨",
    "full width": "ＡＰＰ闪退！！（价格￥１９９．００）",
    "half-width kana": "ｶﾞﾝﾀﾞﾑ",
    "repeated": "好好好好好好！！！！！！哈哈哈哈哈哈",
    "a unit of eight, again and again": "客服不理人太差了" * 9,
    "emoji": "😂😭👍🏻❤️",
    "ZWJ family": "👨‍👩‍👧‍👦👩🏽‍💻🏳️‍🌈",
    "flags": "🇨🇳🇭🇰🇺🇸🇨",
    "keycaps": "1️⃣2⃣#️⃣",
    "platform faces": "[泪][泪][泪][泪][doge][允悲",
    "zero width": "很\u200b好\u200c\u200d\ufeff\u2060吗",
    "combining marks": "cafe\u0301 t\u0301\u0302\u0303 好\u0301 か\u3099",
    "zalgo": "坏" + "\u0300\u0316\u0334" * 60,
    "NUL": "\0很\0好\0",
    "lone surrogates": "\ud800好\udfff\ud83d",
    "split pair": "\ud83d\ude00\ud83d\ude00\ud83d\ude00\ud83d\ude00",
    "bidi controls": "\u202e好不\u202c\u2066很\u2069\u200e\u200f",
    "noncharacters": "\ufdd0\ufffe\uffff好",
    "private use": "\ue000\uf8ff好",
    "tags": "🏴\U000e0067\U000e0062\U000e007f",
    "ligatures and circles": "ﬁﬂ①②㈱㎏㏒Ⅷ½",
    "every space": " \t\n\r\x0b\x0c\x85\xa0\u2003\u2028\u2029\u202f\u3000",
    "entities": "&amp;&lt;b&gt;&nbsp;&#22909;&hellip;&bogus;",
    "addresses and names": "看http://t.cn/A6x @张三 www.a.com.cn，//@李四:转",
    "long digits": "1" * 200,
    "emoji of fourteen": "\U0001faff\U0001fae8",
}
LONG = {name: (text * (100_000 // len(text) + 1))[:100_000] for name, text in KINDS.items()}


def is_whole(text: str) -> None:
    """Assert that every piece of the normalised text leads to a piece of the original."""
    found = normalise(text)
    offsets = found.offsets
    assert offsets.shape == (len(found.text) + 1,)
    assert np.all(np.diff(offsets) >= 0)
    assert not len(offsets) or 0 <= offsets[0] <= offsets[-1] <= len(text)
    for start in range(0, len(found.text), max(1, len(found.text) // 200)):
        first, last = found.original_span(start, start + 1)
        assert 0 <= first < last <= len(text)


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
def test_the_map_is_whole(text):
    is_whole(text)


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
def test_what_comes_out_can_be_stored_and_stays(text):
    plain = normalise(text).text
    plain.encode()
    assert normalise(plain).text == plain
    assert not any(unicodedata.category(sign) in ("Cc", "Cs") for sign in plain)
    assert not set(plain) & set(
        "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\ufeff"
    )


@pytest.mark.parametrize(
    "emoji", ["👨‍👩‍👧‍👦", "👩🏽‍💻", "🏳️‍🌈", "🇨🇳", "1️⃣", "❤️", "👍🏻", "[泪]", "[doge]"]
)
def test_emoji_come_through_unharmed(emoji):
    assert normalise(f"这{emoji}好").text == f"这{emoji}好"


@pytest.mark.parametrize("text", LONG.values(), ids=LONG)
def test_a_hundred_thousand_characters(text):
    is_whole(text)


@pytest.mark.parametrize("name", LONG)
def test_time_grows_with_the_text_and_no_faster(name):
    def seconds(text: str) -> float:
        best = float("inf")
        for _ in range(3):
            started = time.process_time()
            normalise(text)
            best = min(best, time.process_time() - started)
        return best

    short, long = LONG[name][:12_500], LONG[name]
    assert seconds(long) < 8 * 4 * seconds(short) + 0.05


MARKS = "\u3000\0\ud83d\ude00\ud800\ufe0f\u200d\u20e3\u0301\u202e\U000e0067"
SIGNS = st.sampled_from(MARKS + "哈這！Ａ1. @/:&;#[]泪😀🇨㎏…❤👩🏽")
TEXTS = st.lists(SIGNS | st.characters(), max_size=60).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_the_map_is_whole_on_any_text(text):
    is_whole(text)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_map_is_whole_after_masking_and_rewriting(text):
    found = Rewriter().rewrite(normalise(mask(text)))
    assert np.all(np.diff(found.offsets) >= 0)
    assert all(
        0 <= first < last <= len(text)
        for first, last in (found.original_span(n, n + 1) for n in range(len(found.text)))
    )


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from("哈好a!😂[泪]12 "), max_size=40).map("".join))
def test_nothing_but_digits_stands_four_times_in_a_row(text):
    plain = normalise(text).text
    for size in range(1, 9):
        for start in range(len(plain) - 4 * size + 1):
            unit = plain[start : start + size]
            if not any(sign.isdigit() or sign == " " for sign in unit):
                assert plain[start : start + 4 * size] != unit * 4
