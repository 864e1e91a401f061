"""The slices that a text's form tells: pure rules, without a model.

The rules for negation and comparison find the words that make a text hard to read, not what they
mean: `不是不好用` and `不好用` are both negations.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from unicodedata import category

VERY_SHORT = 6
_EMOTICON = re.compile(r"\[[\u4e00-\u9fffA-Za-z]{1,8}\]")
_JUDGED = (
    "好|满意|喜欢|舒服|方便|干净|清楚|清晰|新鲜|推荐|值|实用|耐用|行|准|稳|够|暖|甜|香|快|合适|服帖|正规"
    "|差|贵|坏|慢|难|吵|卡|脏|烂|坑|痛|疼|臭|假|失望|后悔|得说|怎么样|咋"
)
_NEGATION = re.compile(
    rf"(?:并非|没有|没|不|未|无)(?:是|太|很|怎么|那么|够|算|特别|会|能|再|可能|想|觉得|什么){{0,2}}"
    rf"(?!好意思|好说|行了|准备)(?:不|没|{_JUDGED})"
    r"|不得不|谈不上|挑不出|没话说|没得挑|没毛病"
)
_CLAUSE = r"[^，。！？；,.!?;\s]"
_COMPARISON = re.compile(
    rf"(?<![价对评无好])比(?![较例赛如喻重值方分价\d]){_CLAUSE}"
    r"|不如(?!果)|不及(?![格待])|相比|媲美|不输|输给|胜过|更胜|垫底"
    rf"|[跟和与同]{_CLAUSE}{{1,12}}(?:一样|差不多|没法比|(?<!价)比)"
    rf"|没有?(?:原来|以前|从前|上次|之前){_CLAUSE}"
    rf"|还没有?{_CLAUSE}{{1,10}}(?:好|强|快|大|清楚|便宜|舒服)"
)


def letters(text: str) -> str:
    """Return the text without marks and blanks, emoticons such as `[泪]` and emoji.

    >>> letters("太差了！[怒] 😡")
    '太差了'
    """
    return "".join(character for character in _EMOTICON.sub("", text) if character.isalnum())


def is_very_short(text: str) -> bool:
    """Tell whether a text has one to `VERY_SHORT` letters."""
    return 1 <= len(letters(text)) <= VERY_SHORT


def is_emoji_only(text: str) -> bool:
    """Tell whether a text is emoji or emoticons, and marks at most beside them.

    >>> is_emoji_only("👍👍！"), is_emoji_only("[泪]"), is_emoji_only("？？")
    (True, True, False)
    """
    pictures = _EMOTICON.search(text) or any(category(character) == "So" for character in text)
    return bool(pictures) and not letters(text)


def has_negation(text: str) -> bool:
    """Tell whether a text negates a judgement, once or twice; the praise `不错` is none.

    >>> [has_negation(text) for text in ("不是不好用", "不怎么样", "很不错", "没收到")]
    [True, True, False, False]
    """
    return bool(_NEGATION.search(text))


def has_comparison(text: str) -> bool:
    """Tell whether a text compares; `性价比` and `比较` do not.

    >>> [has_comparison(text) for text in ("不如上一代", "比超市贵", "性价比高", "比较好")]
    [True, True, False, False]
    """
    return bool(_COMPARISON.search(text))


FORMS: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "negation": has_negation,
        "comparison": has_comparison,
        "emoji_only": is_emoji_only,
        "very_short": is_very_short,
    }
)
