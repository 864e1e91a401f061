"""Terms to aspects, unknown terms to groups, spans to clauses: tables of facts."""

import pytest

from nlp.opinions import (
    Matcher,
    clause_around,
    excerpt,
    group_key,
    load_lexicon,
    plain,
    sentence_around,
    whole_words,
)
from nlp.opinions.grouping import near_key

ASPECTS = [
    ("屏幕", "", None, "screen"),
    ("屏", "", None, "screen"),
    ("屏保", "", None, "accessories"),
    ("电池质量", "", None, "battery"),
    ("质量", "", None, "quality"),
    ("屏幕效果", "", None, "screen"),
    ("房间的价格", "", None, "price"),
    ("WIFI", "", "手机", "signal"),
    ("ＷｉＦｉ", "", "酒店", "facilities"),
    ("apple", "", None, None),
    ("app", "", None, "stability"),
    ("车", "太贵了", "汽车", "price"),
    ("车", "不错", "汽车", "car_whole"),
    ("空间", "", "汽车", "car_space"),
    ("空间", "", "酒店", "room"),
    ("速度", "", "餐饮", "serving_speed"),
    ("速度", "", "手机", "performance"),
    ("口红", "颜色好看", "美妆", "appearance"),
    ("量角器", "", None, None),
    ("", "", None, None),
]
GROUPS = [
    (["草莓酸奶", "他们家的酸奶", "酸奶"], 1),
    (["前置摄像", "后置摄像"], 2),
    (["注册流程", "下单流程"], 2),
    (["屏幕", "屏保"], 2),
    (["左边耳塞", "右边耳塞"], 2),
    (["iphone13", "iphone14"], 2),
    (["coffee", "cofee"], 1),
    (["火车票", "车票"], 2),
    (["內膽", "内胆"], 1),
]


@pytest.mark.parametrize(("term", "around", "industry", "aspect"), ASPECTS)
def test_a_term_names_its_aspect(term, around, industry, aspect):
    lexicon = load_lexicon()
    found = Matcher(lexicon).aspect_of(plain(term), plain(around), lexicon.domain_of(industry))
    assert (found.key if found else None) == aspect


@pytest.mark.parametrize(("terms", "count"), GROUPS, ids=lambda value: str(value))
def test_what_is_one_thing_is_one_group_and_nothing_else_is(terms, count):
    groups: list[str] = []
    for term in terms:
        key = group_key(plain(term))
        if key not in groups and near_key(key, groups) is None:
            groups.append(key)
    assert len(groups) == count


@pytest.mark.parametrize("word", ["手机", "汽车", "酒店", "餐饮", "美妆", "银行"])
def test_an_industry_names_its_domain(word):
    lexicon = load_lexicon()
    assert lexicon.domain_of(word) == lexicon.domain_of(f"{word}行业") is not None


@pytest.mark.parametrize("industry", [None, "", "殡葬", "😀"])
def test_an_unknown_industry_names_none(industry):
    assert load_lexicon().domain_of(industry) is None


@pytest.mark.parametrize(
    ("text", "term", "clause", "sentence"),
    [
        ("屏幕很好，客服太差", "客服", "客服太差", "屏幕很好，客服太差"),
        ("屏幕很好 客服太差", "屏幕", "屏幕很好", "屏幕很好 客服太差"),
        ("屏幕好但是客服差！不买", "客服", "但是客服差", "屏幕好但是客服差！"),
        ("屏幕、音质都行；电池不行", "音质", "屏幕、音质都行", "屏幕、音质都行；"),
        ("客服", "客服", "客服", "客服"),
    ],
)
def test_where_clauses_and_sentences_end(text, term, clause, sentence):
    start = text.index(term)
    end = start + len(term)
    assert text[slice(*clause_around(text, start, end))] == clause
    assert text[slice(*sentence_around(text, start, end))] == sentence


@pytest.mark.parametrize("limit", [10, 11, 25, 60])
@pytest.mark.parametrize("before", [0, 3, 40])
@pytest.mark.parametrize("after", [0, 3, 40])
def test_an_excerpt_holds_the_term_and_keeps_the_limit(limit, before, after):
    text = f"{'前' * before}屏幕{'后' * after}"
    quote = excerpt(text, before, before + 2, limit)
    assert "屏幕" in quote
    assert len(quote) <= limit
    assert quote.startswith("…") or text.startswith(quote.rstrip("…"))


@pytest.mark.parametrize(
    ("text", "piece", "word"),
    [
        ("水壶坏了", "壶", "水壶"),
        ("電飯鍋坏了", "飯", "電飯鍋"),
        ("水壶，坏了", "水壶", "水壶"),
        ("iPhone坏了", "Phone", "iPhone"),
        ("😀水壶", "水", "水壶"),
        ("床不软", "床", "床"),
        ("不软床", "软床", "软床"),
        ("水壶", "水", "水壶"),
    ],
)
def test_a_piece_grows_to_its_word(text, piece, word):
    start = text.index(piece)
    assert text[slice(*whole_words(text, start, start + len(piece)))] == word
