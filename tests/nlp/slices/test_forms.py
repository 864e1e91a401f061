"""Which slice a text is in by its form, as tables of facts."""

import pytest

from nlp.slices import slices_of

FACTS = {
    "double negation": ("这个锅不是不好用", {"negation"}),
    "negated praise": ("住得不舒服，下次换一家", {"negation"}),
    "negated blame": ("打一下午游戏都不卡", {"negation"}),
    "a set phrase of praise": ("质量很不错的一家店", set()),
    "a polite no": ("不好意思，想问下什么时候发", set()),
    "a fact with a no": ("包裹到现在还没收到呢", set()),
    "worse than": ("拍照效果不如上一代清楚", {"comparison"}),
    "dearer than": ("同样的东西比超市贵八块", {"comparison"}),
    "not the same": ("收到的跟图片完全不一样", {"comparison"}),
    "value for money": ("这款手机的性价比挺高的", set()),
    "rather": ("整体来说比较满意的一次", set()),
    "for example": ("零食有很多，比如坚果饼干", set()),
    "short": ("服务太差了！！", {"very_short"}),
    "seven letters": ("客服态度太差了！", set()),
    "emoji": ("😡😡", {"emoji_only"}),
    "emoji with a sign of skin": ("👍🏻", {"emoji_only"}),
    "emoticons": ("[怒][怒]！", {"emoji_only"}),
    "a word beside emoji": ("好评👍👍", {"very_short"}),
    "marks alone": ("？？？", set()),
    "nothing": ("", set()),
    "a lone surrogate": ("\ud800", set()),
    "long": ("东西收到了。" * 900, set()),
}


@pytest.mark.parametrize(("text", "slices"), FACTS.values(), ids=FACTS)
def test_slices_by_form(text, slices):
    assert slices_of(text) == slices
