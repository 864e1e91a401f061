"""What a PDF prints of what its font has not."""

import pytest

from service.report.printable import printable

TOLD = {
    # text, what is printed in Chinese, what in English
    "what the font has": ("壶“坏”了，退款 ￥30 → 差评★ ①", None, None),
    "an emoji": ("气死了😡", "气死了[怒火中烧]", "气死了[enraged face]"),
    "one with a colour": ("👎🏽", "[拇指向下 中等肤色]", "[thumbs down medium skin tone]"),
    "of several characters": ("👨‍👩‍👧🇨🇳1️⃣", "[家庭 男人女人女孩][中国][按键 1]", None),
    "with a selector": ("❤️☀", "[红心][太阳]", "[red heart][sun]"),
    "letters with accents": ("Señor Łódź", "Senor Lódz", "Senor Lódz"),
    "mathematical letters": ("𝐕𝐈𝐏", "VIP", "VIP"),
    "a rare character": ("𠮷野家㐂", "[U+20BB7]野家㐂", "[U+20BB7]野家㐂"),
    "another script": ("ไทย", "[U+0E44][U+0E17][U+0E22]", "[U+0E44][U+0E17][U+0E22]"),
    "a yen": ("¥30 •", "￥30 ·", "￥30 ·"),
    "nothing": ("", None, None),
}


@pytest.mark.parametrize(("text", "zh", "en"), TOLD.values(), ids=TOLD)
def test_nothing_is_printed_as_a_box(text, zh, en):
    assert printable(text, "zh") == (text if zh is None else zh)
    if en is not None:
        assert printable(text, "en") == en
    for told in (printable(text, "zh"), printable(text, "en")):
        assert "□" not in told
        assert printable(told, "zh") == told
