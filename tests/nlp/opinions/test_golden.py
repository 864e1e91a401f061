"""Reviews written for this test, with what each judges: aspect by aspect, with polarity."""

import pytest

from nlp.opinions import Matcher, load_lexicon
from nlp.opinions.mentions import opinions_of
from nlp.opinions.rows import row_of

GOOD, BAD, EVEN = "positive", "negative", "neutral"
# text, industry, targets as signals have them, what is judged
REVIEWS = {
    "mixed in one breath": (
        "屏幕很好，客服太差", "手机",
        [("屏幕", GOOD), ("客服", BAD)], {"screen": GOOD, "service": BAD},
    ),
    "traditional": (
        "螢幕清晰，電池卻撐不到半天，包裝盒也破了", "手機",
        [("螢幕", GOOD), ("電池", BAD), ("包裝盒", BAD)],
        {"screen": GOOD, "battery": BAD, "packaging": BAD},
    ),
    "emoji between": (
        "味道绝了😋配送慢成蜗牛🐌🐌", "外卖",
        [("味道", GOOD), ("配送", BAD)], {"taste": GOOD, "logistics": BAD},
    ),
    "comparison": (
        "油耗比上一代低了一个油，可是后排空间没有对手大", "汽车",
        [("油耗", GOOD), ("后排空间", BAD)], {"fuel": GOOD, "car_space": BAD},
    ),
    "negation": (
        "床不软不硬刚好，隔音不能说没有，只能说约等于零", "酒店",
        [("床", GOOD), ("隔音", BAD)], {"bed": GOOD, "noise": BAD},
    ),
    "the thing itself is dear": (
        "这手机什么都好就是太贵了", "手机", [("手机", BAD)], {"price": BAD},
    ),
    "a dish that nobody listed is judged by its taste": (
        "糖醋排骨很好吃", "餐饮", [("糖醋排骨", GOOD)], {"taste": GOOD},
    ),
    "the same word, another trade": (
        "味道有点冲，涂上很清爽", "美妆", [("味道", BAD)], {"scent": BAD},
    ),
    "the trade told by the other words alone": (
        "后备箱的空间很大，方向盘也轻", None,
        [("空间", GOOD), ("方向盘", GOOD)], {"car_space": GOOD, "handling": GOOD},
    ),
    "praise and blame of one aspect balance": (
        "屏幕颜色很正，屏幕边缘却漏光", "手机",
        [("屏幕", GOOD), ("屏幕", BAD)], {"screen": EVEN},
    ),
    "a cut piece is the whole word": (
        "这个空气炸锅很好用", "家电", [("炸", GOOD)], {"usability": GOOD},
    ),
    "unknown things keep their name": (
        "滤网很好洗，内胆有锈", None,
        [("滤网", GOOD), ("内胆", BAD)], {"滤网": GOOD, "内胆": BAD},
    ),
    "the product by its name": (
        "云雀保温壶到手就漏", None, [("保温壶", BAD)], {"overall": BAD},
    ),
    "app": (
        "登录老掉线，借款额度倒是给得高", "金融",
        [("登录", BAD), ("借款额度", GOOD)], {"login": BAD, "credit": GOOD},
    ),
}  # fmt: skip


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    return Matcher(load_lexicon())


@pytest.mark.parametrize("name", REVIEWS)
def test_what_a_review_judges(name, matcher):
    text, industry, targets, wanted = REVIEWS[name]
    row = {
        "id": "r1",
        "masked_text": text,
        "industry": industry,
        "product": "保温壶",
        "targets": [{"span": span, "polarity": polarity} for span, polarity in targets],
    }
    read = row_of(row, matcher)
    assert read is not None
    found = opinions_of(read, matcher)
    assert {opinion.group: opinion.polarity for opinion in found} == wanted
    for opinion in found:
        assert text[slice(*opinion.span)] in opinion.terms
