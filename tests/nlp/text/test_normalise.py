"""One spelling, and a way back that is exact."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import MENTION_TOKEN, URL_TOKEN, normalise
from nlp.text.characters import IRREGULAR, fold, simplify

FACTS = [
    ("full width", "ＡＢＣ１２３，很好！", "ABC123,很好!"),
    ("ideographic space", "很\u3000好", "很 好"),
    ("kilogram sign", "5㎏装", "5kg装"),
    ("circled digit", "①质量好", "1质量好"),
    ("ellipsis", "不错……", "不错..."),
    ("traditional", "這個軟體很乾淨，物流太慢", "这个软体很干净,物流太慢"),
    ("a name stays traditional where simplified keeps it", "乾隆的衣服", "乾隆的衣服"),
    ("cantonese", "佢哋嘅服務態度好差，唔該退錢", "佢哋嘅服务态度好差,唔该退钱"),
    ("control characters", "很\x00好\x07\u200b吗\ufeff", "很好吗"),
    ("lone surrogate", "好\ud800的", "好\ufffd的"),
    ("split surrogate pair", "好\ud83d\ude00的", "好😀的"),
    ("noncharacter", "好\ufdd0的", "好的"),
    ("laughter", "哈哈哈哈哈", "哈哈哈"),
    ("shouting", "！！！！！", "!!!"),
    ("three stay", "好好好", "好好好"),
    ("digits stay", "1000000元，88888", "1000000元,88888"),
    ("words said again", "垃圾垃圾垃圾垃圾垃圾", "垃圾垃圾垃圾"),
    ("a word said four times", "垃圾垃圾垃圾垃圾", "垃圾垃圾垃圾"),
    ("eight signs said four times", "一二三四五六七八" * 4, "一二三四五六七八" * 3),
    (
        "said often, never in a row",
        "好吃好看，好吃好看，好看好吃，好看",
        "好吃好看,好吃好看,好看好吃,好看",
    ),
    ("emoticons said again", "[泪][泪][泪][泪][泪]", "[泪][泪][泪]"),
    ("emoji said again", "😂😂😂😂😂", "😂😂😂"),
    ("emoji with selector", "❤️❤️❤️❤️", "❤️❤️❤️"),
    ("emoji family", "👨‍👩‍👧好", "👨‍👩‍👧好"),
    ("flag and keycap", "🇨🇳1️⃣", "🇨🇳1️⃣"),
    ("stray selector", "好\ufe0f的\u200d", "好的"),
    ("kaomoji", "(￣▽￣)", "(￣▽￣)"),
    ("emoticon", "真好[doge][允悲]", "真好[doge][允悲]"),
    ("combining accent", "cafe\u0301不错", "café不错"),
    ("stacked accents", "t\u0301\u0302\u0303", "t"),
    ("blanks", "  很  好 \t\n 的  ", "很 好 的"),
    ("address", "看http://t.cn/A6abc，不错", "看[网址],不错"),
    ("address in brackets", "(https://example.com/a?b=1)", "([网址])"),
    ("address ends a sentence", "见www.example.com.", "见[网址]."),
    ("bare domain", "去jd.com买", "去[网址]买"),
    ("version is no address", "升级到2.0.1后卡", "升级到2.0.1后卡"),
    ("price is no address", "3.5折", "3.5折"),
    ("mention", "@张三 你好", "[用户] 你好"),
    ("mention of support runs into the sentence", "@小米客服你们不发货", "[用户]你们不发货"),
    ("repost", "//@李四:太差了", "//[用户]:太差了"),
    ("mail is no mention", "发a@b.org", "发a@b.org"),
    ("entity", "质量好&hellip;&nbsp;&amp;便宜", "质量好... &便宜"),
    ("entity escaped twice", "A&amp;amp;B", "A&B"),
    ("english", "Good   quality!!!!!", "Good quality!!!"),
    ("empty", "", ""),
    ("only blanks", " \n\u3000 ", ""),
]


@pytest.mark.parametrize(
    ("original", "expected"), [row[1:] for row in FACTS], ids=[row[0] for row in FACTS]
)
def test_spelling(original, expected):
    assert normalise(original).text == expected


@pytest.mark.parametrize("original", [row[1] for row in FACTS], ids=[row[0] for row in FACTS])
def test_normalising_twice_changes_nothing_more(original):
    once = normalise(original).text
    assert normalise(once).text == once


@pytest.mark.parametrize(
    ("original", "piece", "source"),
    [
        ("物流太慢！！！！！退款", "退款", "退款"),
        ("哈哈哈哈哈好", "哈哈哈", "哈哈哈哈哈"),
        ("看http://t.cn/a 好", URL_TOKEN, "http://t.cn/a"),
        ("看http://t.cn/a 好", "[网", "http://t.cn/a"),
        ("@张三 這個好", MENTION_TOKEN, "@张三"),
        ("@张三 這個好", "这个", "這個"),
        ("重5㎏的", "kg", "㎏"),
        ("重5㎏的", "g", "㎏"),
        ("  屏幕\x00有  划痕  ", "划痕", "划痕"),
        ("ＡＢＣ客服", "客服", "客服"),
        ("好\ud83d\ude00的", "😀", "\ud83d\ude00"),
        ("A&amp;B", "&", "&amp;"),
        ("cafe\u0301好", "é", "e\u0301"),
    ],
)
def test_a_span_leads_back(original, piece, source):
    found = normalise(original)
    start = found.text.index(piece)
    first, last = found.original_span(start, start + len(piece))
    assert original[first:last] == source


@pytest.mark.parametrize(("start", "end"), [(-1, 1), (2, 1), (0, 3)])
def test_a_span_outside_is_refused(start, end):
    with pytest.raises(IndexError, match=r"not inside 0\.\.2"):
        normalise("很好").original_span(start, end)


SIGNS = "哈這個a1. @/:&;#[]泪\u3000\0\ud83d\ude00\ud800\ufe0f\u200d\u0301㎏…❤😂!！e "
TRICKY = st.sampled_from([*SIGNS, "http://t.cn/a", "@张三", "&amp;", "&#65;", "www."])
TEXTS = st.lists(TRICKY | st.characters(), max_size=40).map("".join)


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_the_map_is_ordered_and_inside(text):
    found = normalise(text)
    assert found.offsets.dtype == np.int32
    assert found.offsets.shape == (len(found.text) + 1,)
    assert np.all(np.diff(found.offsets) >= 0)
    assert found.offsets[0] >= 0
    assert found.offsets[-1] <= len(text)


@settings(max_examples=200, deadline=None)
@given(TEXTS, st.data())
def test_every_span_maps_back_inside_the_original(text, data):
    found = normalise(text)
    start = data.draw(st.integers(0, len(found.text)))
    end = data.draw(st.integers(start, len(found.text)))
    first, last = found.original_span(start, end)
    assert 0 <= first <= last <= len(text)
    assert (first < last) == (start < end)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_the_result_can_be_written_and_holds_no_controls(text):
    plain = normalise(text).text
    plain.encode()
    assert plain == plain.strip(" ")
    assert "  " not in plain
    assert not any(sign < " " for sign in plain)


@settings(max_examples=200, deadline=None)
@given(TEXTS)
def test_folding_never_moves_a_character(text):
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded.replace(IRREGULAR, "")) == folded.replace(IRREGULAR, "")


def test_untouched_text_shares_one_map():
    assert normalise("很好").offsets.base is normalise("不错").offsets.base
    assert not normalise("很好").offsets.flags.writeable


def test_a_text_longer_than_the_shared_map():
    text = "很好不错" * 3 + "甲乙丙丁" + "".join(map(chr, range(0x4E00, 0x9000)))
    found = normalise(text)
    assert found.original_span(len(found.text) - 1, len(found.text)) == (len(text) - 1, len(text))


def test_many_threads_convert_at_once():
    texts = ["這個軟體很乾淨", "物流太慢！！！！！", "佢哋嘅服務"] * 40
    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(lambda text: normalise(text).text, texts)) == [
            normalise(text).text for text in texts
        ]


def test_simplifying_keeps_the_length():
    traditional = "".join(map(chr, range(0x4E00, 0x9FFF)))
    assert len(simplify(traditional)) == len(traditional)
