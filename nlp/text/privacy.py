"""Personal data in Chinese text: found by rules that can be read, masked without moving anything.

Masking keeps the length, so that an offset into the masked text is an offset into the original.
Company hotlines (400, 800, 95xxx, 12315) are nobody's personal data and stay.
"""

import re
from dataclasses import dataclass
from types import MappingProxyType

from nlp.text import personal_numbers as numbers
from nlp.text.addresses import address
from nlp.text.characters import fold
from nlp.text.personal_numbers import Finder

MASK = "*"


@dataclass(frozen=True, slots=True, order=True)
class PersonalData:
    """One piece of personal data: the half-open span in the text, and a key of `KINDS`."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of personal data: its Chinese name, what any hit must contain, and its finder."""

    zh: str
    needs: re.Pattern[str]
    find: Finder


_NUMBER = re.compile("[0-9](?:[ \\-.·\ufdd0]{0,2}[0-9]){6}|[零〇一二三四五六七八九幺]{11}")
_DIGITS = re.compile("[0-9]{3}")
_PLATED = re.compile(f"[{numbers.PROVINCES_SHORT}][A-Z]", re.IGNORECASE)
_AT = re.compile("@")
_ACCOUNT = re.compile("[信qQvVwW扣企球]")
_NAMED = re.compile("人|姓名|我叫|本人")
_HOUSE = re.compile("[0-9一二三四五六七八九十][号栋幢座期单弄]")

# Earlier kinds win where two would cover the same characters: a cue word says more than digits do.
KINDS = MappingProxyType(
    {
        "email": Kind("电子邮箱", _AT, numbers.email),
        "order": Kind("订单号与运单号", _DIGITS, numbers.order),
        "id_card": Kind("身份证号", _NUMBER, numbers.id_card),
        "bank_card": Kind("银行卡号", _NUMBER, numbers.bank_card),
        "passport": Kind("护照与通行证号", _NUMBER, numbers.passport),
        "mobile": Kind("手机号", _NUMBER, numbers.mobile),
        "landline": Kind("固定电话", _NUMBER, numbers.landline),
        "plate": Kind("车牌号", _PLATED, numbers.plate),
        "wechat": Kind("微信号", _ACCOUNT, numbers.wechat),
        "qq": Kind("QQ号", _ACCOUNT, numbers.qq),
        "address": Kind("地址", _HOUSE, address),
        "name": Kind("姓名", _NAMED, numbers.name),
    }
)
_GATES = frozenset(kind.needs for kind in KINDS.values())


def find_personal_data(text: str) -> tuple[PersonalData, ...]:
    """Return the personal data in `text`, in order, without overlaps.

    Rules, not a model: numbers are checked where they can be (ID checksum and date, Luhn and
    issuer), and ambiguous ones count only after a word that says what they are. A name is found
    only after such a word.

    >>> find_personal_data("电话13800138000")
    (PersonalData(start=2, end=13, kind='mobile'),)
    """
    folded = fold(text)
    gates = {gate for gate in _GATES if gate.search(folded)}
    if not gates:
        return ()
    taken = bytearray(len(text))
    found = []
    for key, kind in KINDS.items():
        for start, end in kind.find(folded) if kind.needs in gates else ():
            if taken.find(1, start, end) < 0:
                taken[start:end] = b"\1" * (end - start)
                found.append(PersonalData(start, end, key))
    return tuple(sorted(found))


def mask(text: str) -> str:
    """Return `text` with every letter, digit and hanzi of personal data as `*`; same length.

    Marks and spaces inside stay, so that a reader sees what kind of thing stood there.

    >>> mask("加我微信abc_123，电话138 0013 8000")
    '加我微信***_***，电话*** **** ****'
    """
    found = find_personal_data(text)
    if not found:
        return text
    signs = list(text)
    for data in found:
        for place in range(data.start, data.end):
            if signs[place].isalnum():
                signs[place] = MASK
    return "".join(signs)
