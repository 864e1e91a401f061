"""One character at a time: what each becomes before anything else looks at the text.

Compatibility forms (full width, ligatures, circled digits) become their plain form by NFKC, every
kind of white space becomes a space, controls vanish, emoji stay. Nearly all characters map one to
one, so that `str.translate` does the work in C and positions do not move; the few that do not are
marked with `IRREGULAR`, and only texts that hold one pay for it.
"""

import unicodedata
from functools import lru_cache
from threading import Lock
from typing import Protocol

IRREGULAR = "\ufdd0"  # a noncharacter: Unicode promises that no text uses it
_REPLACEMENT = "\ufffd"
_JOINER = "\u200d"
_PICTOGRAPHS = range(0x1F100, 0x1FB00)


class _Converter(Protocol):
    def convert(self, text: str) -> str: ...


def plain_character(character: str) -> str:
    r"""Return what one character becomes: usually one, sometimes none or several.

    >>> plain_character("Ａ"), plain_character("㎏"), plain_character("\0")
    ('A', 'kg', '')
    """
    category = unicodedata.category(character)
    if character.isspace():
        return " "
    if category == "Cs":
        return _REPLACEMENT
    if category == "Cc" or (category == "Cf" and character != _JOINER) or character == IRREGULAR:
        return ""
    if ord(character) in _PICTOGRAPHS:
        return character
    plain = unicodedata.normalize("NFKC", character)
    # NFKC spells a spacing accent as a space and a combining one, and breaks (￣▽￣) apart.
    return character if plain.startswith(" ") else plain


class _Fold(dict[int, str]):
    """The translation table, filled as characters are met."""

    def __missing__(self, point: int) -> str:
        plain = plain_character(chr(point))
        self[point] = folded = plain if len(plain) == 1 else IRREGULAR
        return folded


_FOLD = _Fold()


# What is masked, then normalised, then searched for adverts is one text: it is folded once.
@lru_cache(maxsize=16)
def fold(text: str) -> str:
    """Return `text` in plain characters, position for position.

    A character without a plain form of length one becomes `IRREGULAR`; the length never changes.

    >>> fold("ＡＢＣ１２３！")
    'ABC123!'
    """
    return text.translate(_FOLD)


_LOADING = Lock()


@lru_cache(maxsize=1)
def _load_converter() -> _Converter:
    from opencc import OpenCC

    converter: _Converter = OpenCC("t2s")
    return converter


def _converter() -> _Converter:
    with _LOADING:
        return _load_converter()


def simplify(text: str) -> str:
    """Return `text` in simplified characters, position for position (OpenCC, `t2s`).

    Whole phrases decide first (乾淨 becomes 干净, 乾隆 stays); should a phrase ever change length,
    the text is converted character by character instead. `text` holds no lone surrogate.

    >>> simplify("這個軟體很乾淨")
    '这个软体很干净'
    """
    converter = _converter()
    simplified = converter.convert(text)
    if len(simplified) == len(text):
        return simplified
    singles = (converter.convert(character) for character in text)
    return "".join(new if len(new) == 1 else old for old, new in zip(text, singles, strict=True))
