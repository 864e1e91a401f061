"""Cantonese and slang in plain Mandarin: what is rewritten, what is left, and the way back."""

import csv
import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import Entry, Rewriter, default_cutter, normalise, shipped_entries, user_entries

GOLDEN = Path(__file__).parent / "golden" / "slang.tsv"
REWRITTEN = [
    ("佢哋嘅服務好差", "他们的服务好差"),
    ("唔好買", "不要买"),
    ("質素唔好", "质素不好"),
    ("買咗三日就壞咗", "买了三日就坏了"),
    ("冇人聽電話", "没人听电话"),
    ("件衫好正", "件衫很棒"),
    ("真系抵食", "真系便宜又好吃"),
    ("中伏喇", "上当喇"),
    ("点解仲未到", "为什么还没到"),
    ("这家店yyds", "这家店非常棒"),
    ("YYDS！", "非常棒!"),
    ("ＹＹＤＳ", "非常棒"),
    ("u1s1还行", "说实话还行"),
    ("xswl", "笑死我了"),
    ("我蚌埠住了", "我忍不住了"),
    ("包装拉胯", "包装很差"),
]
LEFT_ALONE = [
    "颜色好正宗，房间好正对马路",
    "重点解决，难点解读",
    "而家人都说好",
    "周边度假，旁边个位置",
    "一点样子都没有",
    "关系到系统",
    "初中伏案写作，中伏天很热",
    "说不麻木有点假",
    "爱好食物，困难食品",
    "香辣鸡翅很好吃，麻辣鸡也行",
    "寄了三天还没到",
    "他低下头不说话",
    "去农村割韭菜，院里种草",
    "装了避雷针",
    "车翻车了，蹲在路边",
    "myyds和yyds2不是词",
    "被俾睨的眼神看着",
    "昆仲有约，杜仲未到",
    "抵制无良商家，好抵制",
    "旁边个个都好",
    "",
]


@pytest.fixture(scope="module")
def rewriter():
    return Rewriter()


def plain(rewriter: Rewriter, text: str) -> str:
    return rewriter.rewrite(normalise(text)).text


@pytest.mark.parametrize(("text", "expected"), REWRITTEN, ids=[row[0] for row in REWRITTEN])
def test_it_is_said_in_mandarin(rewriter, text, expected):
    assert plain(rewriter, text) == expected


@pytest.mark.parametrize("text", LEFT_ALONE)
def test_what_means_something_else_stays(rewriter, text):
    assert plain(rewriter, text) == normalise(text).text


@pytest.mark.parametrize(
    ("text", "piece", "source"),
    [
        ("我話佢哋嘅服務好差", "他们", "佢哋"),
        ("我話佢哋嘅服務好差", "服务", "服務"),
        ("！！！！！！yyds", "非常棒", "yyds"),
        ("！！！！！！yyds", "常", "yyds"),
        ("唔好買", "不要买", "唔好買"),
        ("Ｕ１Ｓ１不错", "不错", "不错"),
    ],
)
def test_a_span_leads_back(rewriter, text, piece, source):
    found = rewriter.rewrite(normalise(text))
    start = found.text.index(piece)
    first, last = found.original_span(start, start + len(piece))
    assert text[first:last] == source


def test_untouched_text_is_given_back_itself(rewriter):
    found = normalise("物流太慢")
    assert rewriter.rewrite(found) is found


SIGNS = st.sampled_from("佢哋嘅唔好買冇咗睇中伏yYdDsSu1点解重İ！ \ud800\0蚌埠住了")


@settings(max_examples=200, deadline=None)
@given(st.text(SIGNS | st.characters(), max_size=30))
def test_the_map_stays_ordered_and_whole(text):
    found = Rewriter().rewrite(normalise(text))
    assert found.offsets.shape == (len(found.text) + 1,)
    assert np.all(np.diff(found.offsets) >= 0)
    for start in range(len(found.text)):
        first, last = found.original_span(start, start + 1)
        assert 0 <= first < last <= len(text)


def test_a_user_word_wins_and_stays_with_its_rewriter():
    mine = Rewriter(user_entries({"绝绝紫": "非常好", "YYDS": "永远第一"}))
    assert plain(mine, "绝绝紫，yyds，唔好") == "非常好,永远第一,不好"
    assert plain(Rewriter(), "绝绝紫") == "绝绝紫"
    assert plain(Rewriter(user_entries({"佢": "它"}), shipped=False), "佢好yyds") == "它好yyds"


def test_a_user_can_keep_a_shipped_word():
    keep = Rewriter([Entry("yyds", "", "user", rewrite=False)])
    assert plain(keep, "yyds，唔好") == "yyds,不好"


def test_a_rewriter_survives_pickling():
    mine = Rewriter(user_entries({"绝绝紫": "非常好"}))
    again = pickle.loads(pickle.dumps(mine))
    assert plain(again, "绝绝紫唔好") == "非常好不好"
    assert len(pickle.dumps(mine)) < 500


def test_shipped_words_are_sound():
    entries = shipped_entries()
    assert len(entries) >= 200
    words = Counter(entry.word for entry in entries)
    assert [word for word, count in words.items() if count > 1] == []
    assert all(entry.word and entry.meaning for entry in entries)
    assert all(entry.word == entry.word.lower() for entry in entries)
    assert {entry.kind for entry in entries} == {"cantonese", "slang"}


def test_meanings_hold_nothing_that_is_rewritten_again(rewriter):
    assert [e.word for e in shipped_entries() if plain(rewriter, e.meaning) != e.meaning] == []


def test_shipped_slang_stays_whole():
    cut = default_cutter().words
    words = [entry.word for entry in shipped_entries() if len(entry.word) > 1]
    assert [word for word in words if cut(word) != [word]] == []


def test_most_of_the_golden_texts_are_understood_better():
    from nlp.encoder import Runtime, read_artifact

    with GOLDEN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t"))
    texts = [row["text"] for row in rows]
    rewriter = Rewriter()
    order = ("negative", "neutral", "positive")
    runtime, right = Runtime(read_artifact(None)), []
    for asked in (texts, [plain(rewriter, text) for text in texts]):
        readings = [reading for _, reading in runtime.read([normalise(t).text for t in asked])]
        named = [order[reading.sentiment_index] for reading in readings]
        right.append(sum(name == row["sentiment"] for name, row in zip(named, rows, strict=True)))
    assert right[1] >= right[0] + 5
    assert right[1] >= 0.8 * len(rows)
