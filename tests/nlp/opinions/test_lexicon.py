"""Lexicon files: what they say, and what is refused, with line and remedy in both languages."""

from pathlib import Path

import pytest

from nlp.opinions import LexiconError, Matcher, load_lexicon, plain

REFUSED = {
    "empty": ("", 1, "empty"),
    "no list of aspects": ("domains: []\n", 1, "'aspects' is missing"),
    "aspects no list": ("aspects: 屏幕\n", 1, "no list"),
    "an aspect without terms": ("aspects:\n  - {aspect: a, zh: 甲}\n", 2, "'terms' is missing"),
    "a key nobody knows": ("aspects:\n  - aspect: a\n    zh: 甲\n    term: [x]\n", 4, "'term'"),
    "a key twice": (
        "aspects:\n  - aspect: a\n    zh: 甲\n    zh: 乙\n    terms: [x]\n",
        4,
        "twice",
    ),
    "a Chinese key": ("aspects:\n  - {aspect: 屏幕, zh: 屏幕, terms: [x]}\n", 2, "cannot be a key"),
    "an empty term": (
        "aspects:\n  - aspect: a\n    zh: 甲\n    terms:\n      - ''\n",
        5,
        "no word",
    ),
    "a list as a term": ("aspects:\n  - aspect: a\n    zh: 甲\n    terms: [[x]]\n", 4, "no word"),
    "no value as a term": ("aspects:\n  - aspect: a\n    zh: 甲\n    terms: [~]\n", 4, "no word"),
    "a novel as a term": (
        f"aspects:\n  - {{aspect: a, zh: 甲, terms: [{'长' * 21}]}}\n",
        2,
        "no word",
    ),
    "an unknown domain": ("aspects:\n  - {aspect: a, zh: 甲, domain: b, terms: [x]}\n", 2, "'b'"),
    "an unknown rank": ("aspects:\n  - {aspect: a, zh: 甲, rank: b, terms: [x]}\n", 2, "'b'"),
    "an aspect twice": (
        "aspects:\n  - {aspect: a, zh: 甲, terms: [x]}\n  - {aspect: a, zh: 乙, terms: [y]}\n",
        3,
        "already in line 2",
    ),
    "a term of two aspects": (
        "aspects:\n  - {aspect: a, zh: 甲, terms: [x]}\n  - {aspect: b, zh: 乙, terms: [x]}\n",
        3,
        "already in aspect a",
    ),
    "no YAML": ("aspects:\n  - {aspect: a\n", 3, "cannot be read"),
    "a NUL": ("aspects:\n  - {aspect: a\0}\n", None, "cannot be read"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_broken_file_is_refused_with_its_line(name, tmp_path):
    content, line, words = REFUSED[name]
    path = tmp_path / "own.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(LexiconError) as refused:
        load_lexicon(path)
    english, chinese = refused.value.text("en"), refused.value.text("zh")
    assert str(path) in english
    assert str(path) in chinese
    assert words in english
    if line is not None:
        assert f"line {line}" in english
        assert f"第 {line} 行" in chinese


@pytest.mark.parametrize("content", [b"\xff\xfe\x00", "aspects: 屏幕".encode("gb18030")])
def test_another_encoding_is_refused(content, tmp_path):
    path = tmp_path / "own.yaml"
    path.write_bytes(content)
    with pytest.raises(LexiconError, match="UTF-8"):
        load_lexicon(path)


def test_a_missing_file_is_refused():
    with pytest.raises(LexiconError, match=r"none\.yaml cannot be read"):
        load_lexicon(Path("none.yaml"))


def test_an_own_file_adds_aspects_and_takes_terms_over(tmp_path):
    path = tmp_path / "own.yaml"
    path.write_text(
        "domains:\n  - {domain: bike, zh: 自行车, names: [单车]}\n"
        "aspects:\n"
        "  - {aspect: saddle, zh: 坐垫, domain: bike, terms: [坐垫, 車座]}\n"
        "  - {aspect: screen, zh: 屏幕, domain: device, terms: [面板灯]}\n"
        "  - {aspect: pixels, zh: 像素, domain: device, terms: [像素, 123]}\n",
        encoding="utf-8",
    )
    lexicon = load_lexicon(path)
    matcher = Matcher(lexicon)
    keys = {
        term: matcher.aspect_of(plain(term), "", lexicon.domain_of(industry)).key
        for term, industry in [
            ("车座", "单车"),
            ("屏幕", "手机"),
            ("面板灯", "手机"),
            ("像素", "手机"),
            ("123", "手机"),
        ]
    }
    assert keys == {
        "车座": "saddle",
        "屏幕": "screen",
        "面板灯": "screen",
        "像素": "pixels",
        "123": "pixels",
    }
    assert load_lexicon() != lexicon


def test_the_shipped_lexicon_is_in_order():
    lexicon = load_lexicon()
    domains = {domain.key for domain in lexicon.domains}
    assert {"hotel", "food", "device", "car", "beauty", "app"} <= domains
    assert {aspect.domain for aspect in lexicon.aspects} == domains | {"common"}
    assert len({aspect.key for aspect in lexicon.aspects}) == len(lexicon.aspects)
    for aspect in lexicon.aspects:
        assert aspect.terms
        assert all(plain(word) == word for word in (*aspect.terms, *aspect.cues))
