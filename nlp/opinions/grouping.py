"""Terms that no lexicon knows: which of them are one thing, and which are not.

The name of a group is a pure function of the term, so that the order of the feedback does not
matter: the head word (酸奶 of 草莓酸奶), unless it names nothing alone (流程) or what stands before
it tells two things apart (前置摄像头, 后置摄像头). 屏幕 and 屏保 share a sign, and stay two. Typing
errors are found beside the groups that there are.
"""

import re
from collections import Counter
from collections.abc import Iterable

from nlp.opinions.matching import TAILS
from nlp.text import default_cutter

_LEAD = re.compile(
    "^(?:(?:这|那|该|此|本|我|你|他|她|它|咱)(?:们|家|个|款|些|种|次|里|边)*的?|的|一个|几个|所有|整个)"
)
_JOINTS = re.compile(r"[的之\s·、，,.。!！?？:：\"'“”‘’()（）\[\]【】《》~～*]+")
# Where one of these stands before the head, the head alone would merge opposites.
_OPPOSED = frozenset(
    "前后左右上下男女大小新旧内外里冷热干湿公母早晚长短高低黑白红蓝绿黄紫粉灰老少正副双单线"
)
_DIGIT = re.compile(r"\d+")
_LATIN = re.compile(r"[a-z0-9 .+-]+")
_LEAST_LATIN = 5
_LEAST_HANZI = 3


def group_key(term: str) -> str:
    """Return the name of the group of a term, in the form of `nlp.opinions.plain`; may be "".

    >>> group_key("他们家的草莓酸奶"), group_key("注册流程"), group_key("前置摄像头")
    ('酸奶', '注册流程', '前置摄像头')
    """
    bare = _JOINTS.sub("", _LEAD.sub("", term)) if not _LATIN.fullmatch(term) else term.strip()
    if not bare or _LATIN.fullmatch(bare):
        return bare
    words = default_cutter().words(bare)
    head, before = words[-1], "".join(words[:-1])
    names_nothing = len(head) < 2 or head in TAILS or not head.isalpha()
    opposed = bool(_OPPOSED & set(before)) or bool(_DIGIT.search(before))
    return bare if names_nothing or opposed else head


def near_key(key: str, known: Iterable[str]) -> str | None:
    """Return the known key that `key` is most likely a typing error of, None where there is none.

    The same signs in another order (比性价, 性价比), three at least; or Latin words of five letters
    at least that differ by one letter, and by no digit.

    >>> near_key("cofee", ["coffee"]), near_key("屏保", ["屏幕"])
    ('coffee', None)
    """
    return next((other for other in known if _one_thing(key, other)), None)


def _one_thing(key: str, other: str) -> bool:
    if _LATIN.fullmatch(key) and _LATIN.fullmatch(other):
        same_digits = _DIGIT.findall(key) == _DIGIT.findall(other)
        return same_digits and min(len(key), len(other)) >= _LEAST_LATIN and _one_edit(key, other)
    return len(key) >= _LEAST_HANZI and len(key) == len(other) and Counter(key) == Counter(other)


def _one_edit(first: str, second: str) -> bool:
    """Tell whether one letter added, left out, changed, or two swapped make both the same."""
    short, long = sorted((first, second), key=len)
    if len(long) - len(short) > 1:
        return False
    place = next((i for i, sign in enumerate(short) if sign != long[i]), len(short))
    if len(short) < len(long):
        return short[place:] == long[place + 1 :]
    changed = short[place + 1 :] == long[place + 1 :]
    swapped = short[place : place + 2] == long[place : place + 2][::-1]
    return changed or (swapped and short[place + 2 :] == long[place + 2 :])
