"""Words: what stays in one piece, and that cutters do not know each other."""

import pickle
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.text import WordCutter, default_cutter, word_spans
from nlp.text.words import read_words, shipped_words

WHOLE = [
    ("negation", "我不满意", "不满意"),
    ("negated giving", "客服不给退款", "不给退款"),
    ("not received", "一直没收到货", "没收到货"),
    ("nobody answers", "客服没人理", "没人理"),
    ("never again", "再也不买了", "再也不买"),
    ("slang", "这就是智商税", "智商税"),
    ("latin slang", "这家店yyds", "yyds"),
    ("grass", "被种草了", "种草"),
    ("trap", "踩雷了大家避雷", "踩雷"),
    ("praise", "口红绝绝子", "绝绝子"),
    ("support", "人工客服打不通", "人工客服"),
    ("bad review", "必须差评", "差评"),
    ("platform", "拼多多买的", "拼多多"),
    ("emoticon", "太难过[泪]", "[泪]"),
    ("latin emoticon", "笑死[doge]", "[doge]"),
    ("placeholder", "看[网址]这里", "[网址]"),
    ("emoji family", "好👨‍👩‍👧的", "👨‍👩‍👧"),
    ("emoji with skin", "赞👍🏻的", "👍🏻"),
    ("heart", "爱❤️你", "❤️"),
    ("flag", "在🇨🇳的", "🇨🇳"),
    ("keycap", "选1️⃣吧", "1️⃣"),
]

LOSSLESS = [
    "",
    " ",
    "a  b",
    "甲\u3000乙",
    "好\n\n的\r\n",
    "😂😂",
    "\x00好",
    "\ud800",
    "[泪",
    "３．５折 ",
]


@pytest.mark.parametrize(
    ("text", "word"), [row[1:] for row in WHOLE], ids=[row[0] for row in WHOLE]
)
def test_a_word_stays_whole(text, word):
    assert word in default_cutter().words(text)


def test_every_shipped_word_alone_is_one_word():
    cut = default_cutter().words
    assert [word for word in shipped_words() if cut(word) != [word]] == []


@pytest.mark.parametrize("text", LOSSLESS)
def test_nothing_is_lost(text):
    assert "".join(default_cutter().words(text)) == text


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.sampled_from(list("客服不满意[泪]😂\u200d👩 \u3000\n1️⃣a.%\ud800")) | st.characters())
)
def test_spans_cover_the_text_exactly(text):
    spans = word_spans(text)
    assert [start for start, _ in spans] == [0, *(end for _, end in spans)][: len(spans)]
    assert "".join(text[start:end] for start, end in spans) == text
    assert all(start < end for start, end in spans)


def test_user_words_stay_with_their_cutter():
    mine = WordCutter(["大白兔奶糖味", "iPhone 15", "C罗同款"])
    text = "大白兔奶糖味的iPhone 15和C罗同款"
    assert mine.words(text) == ["大白兔奶糖味", "的", "iPhone 15", "和", "C罗同款"]
    assert "大白兔奶糖味" not in default_cutter().words(text)
    assert "大白兔奶糖味" not in WordCutter(["别的词"]).words(text)


def test_the_process_wide_jieba_is_left_alone():
    from jieba import dt, finalseg

    WordCutter(["听音测试词"]).words("听音测试词")
    assert dt.FREQ == {}
    assert not finalseg.Force_Split_Words


def test_user_words_in_any_order_make_the_same_cutter():
    assert WordCutter(["乙", "甲", "甲", " ", ""]).user_words == ("乙", "甲")


def test_a_cutter_survives_pickling():
    mine = WordCutter(["大白兔奶糖味"])
    mine.words("先加载")
    again = pickle.loads(pickle.dumps(mine))
    assert len(pickle.dumps(mine)) < 1000
    assert again.words("大白兔奶糖味") == ["大白兔奶糖味"]


def test_many_threads_cut_at_once():
    cutter = WordCutter(["大白兔奶糖味"])
    texts = ["大白兔奶糖味不满意", "物流太慢了，屏幕有划痕[泪]", "客服没人理"] * 30
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(cutter.words, texts))
    assert together == [cutter.words(text) for text in texts]


def test_loading_logs_nothing_and_writes_no_cache(tmp_path):
    code = "from nlp.text import word_spans; print(len(word_spans('我不满意')))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={"TMPDIR": str(tmp_path), "PYTHONPATH": ":".join(filter(None, sys.path))},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "2\n", "")
    assert list(tmp_path.iterdir()) == []


def test_word_files_hold_no_word_twice_and_no_comment():
    words = read_words("words.txt")
    assert len(words) > 500
    assert not any("#" in word for word in words)
