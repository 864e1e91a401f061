"""A user's own dictionary: every form it may have, and every fault with its line."""

import pytest

from nlp.text import DictionaryError, Rewriter, normalise, read_dictionary

GOOD = {
    "csv": ("w.csv", "绝绝紫,非常好\n听听机,\n", "utf-8"),
    "csv with a head": ("w.csv", "word,meaning\n绝绝紫,非常好\n听听机\n", "utf-8"),
    "csv with a chinese head, other columns": (
        "w.csv",
        "编号,含义,词\n1,非常好,绝绝紫\n2,,听听机\n",
        "utf-8",
    ),
    "gb18030": ("w.csv", "词,含义\n绝绝紫,非常好\n听听机,\n", "gb18030"),
    "utf-8 with a mark, crlf": ("w.csv", "绝绝紫,非常好\r\n\r\n听听机\r\n", "utf-8-sig"),
    "comments": ("w.csv", "# 我们店的词\n绝绝紫,非常好\n\n听听机\n", "utf-8"),
    "quotes": ("w.csv", '"绝绝紫","非常好"\n"听听机",""\n', "utf-8"),
    "the same twice": ("w.csv", "绝绝紫,非常好\n绝绝紫,非常好\n听听机\n", "utf-8"),
    "tsv": ("w.tsv", "绝绝紫\t非常好\n听听机\n", "utf-8"),
    "yaml": ("w.yaml", "绝绝紫: 非常好\n听听机:\n", "utf-8"),
    "yaml in gb18030": ("w.yml", "绝绝紫: 非常好\n听听机: ~\n", "gb18030"),
}
FAULTS = {
    "no file": ("w.csv", None, "cannot be read"),
    "empty": ("w.csv", b"", "holds 0 words"),
    "only a head": ("w.csv", "词,含义\n".encode(), "holds 0 words"),
    "no word": ("w.csv", "好\n,非常好\n".encode(), "line 2: '' is no word"),
    "marks": ("w.csv", "！！！,非常好\n".encode(), "line 1: '！！！' is no word"),
    "digits": ("w.csv", b"666,x\n", "line 1: '666' is no word"),
    "a full-width comma": ("w.csv", "绝绝紫，非常好\n".encode(), "line 1: '绝绝紫，非常好'"),
    "NUL": ("w.csv", "绝\0紫,好\n".encode(), "line 1: '绝\\x00紫' is no word"),
    "two meanings": ("w.csv", "甲乙,好\n丙丁,坏\n甲乙,坏\n".encode(), "line 3: '甲乙' means '坏'"),
    "one character": ("w.csv", "蹲,等\n".encode(), "line 1: '蹲' is one character"),
    "too long": ("w.csv", ("好" * 33).encode(), "longer than 32"),
    "three columns": ("w.csv", "甲乙,好,坏\n".encode(), "line 1: 3 columns"),
    "mixed encodings": (
        "w.csv",
        "绝绝紫,非常好\n".encode() + "听听机,\n".encode("gb18030"),
        "mixes encodings: line 1 is UTF-8, line 2 is not",
    ),
    "neither encoding": ("w.csv", b"ok\n\xff\xff\xff\n", "line 2: neither UTF-8 nor GB18030"),
    "no yaml": ("w.yaml", "甲乙: 好\n丙丁: [\n".encode(), "no YAML"),
    "a tree": ("w.yaml", "甲乙: 好\n丙丁: {戊: 己}\n".encode(), "line 2: neither"),
    "a number": ("w.yaml", b"42\n", "holds 0 words"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "text", "encoding"), GOOD.values(), ids=GOOD)
def test_every_form_is_read(tmp_path, name, text, encoding):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    entries = read_dictionary(path)
    assert [(e.word, e.meaning, e.rewrite) for e in entries] == [
        ("绝绝紫", "非常好", True),
        ("听听机", "", False),
    ]


def test_a_list_of_words(tmp_path):
    path = tmp_path / "w.yaml"
    path.write_text("- 听听机\n- iPhone 15\n", encoding="utf-8")
    assert [(e.word, e.rewrite) for e in read_dictionary(path)] == [
        ("听听机", False),
        ("iPhone 15", False),
    ]


@pytest.mark.parametrize(("name", "content", "told"), FAULTS.values(), ids=FAULTS)
def test_every_fault_names_file_and_line_in_both_languages(tmp_path, name, content, told):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DictionaryError) as caught:
        read_dictionary(path)
    message = caught.value.message
    assert told in message.en
    assert str(path) in message.en
    assert str(path) in message.zh
    assert any("\u4e00" <= sign <= "\u9fff" for sign in message.zh)


def test_a_traditional_word_is_met_in_every_spelling(tmp_path):
    path = tmp_path / "w.csv"
    path.write_text("絕絕紫,非常好\n", encoding="utf-8")
    mine = Rewriter(read_dictionary(path))
    assert mine.rewrite(normalise("這家絕絕紫，绝绝紫")).text == "这家非常好,非常好"
