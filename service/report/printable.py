"""What the font of a PDF can print; everything else by its name."""

from functools import lru_cache
from unicodedata import category, normalize

from nlp.message import Language

EXTENSION_A = range(0x3400, 0x4DB6)
"""Rare Chinese characters that the font has and GBK has not."""
NEAREST = {"¥": "￥", "•": "·", "Ł": "L", "ł": "l", "ß": "ss", "æ": "ae", "ø": "o"}


def printable(text: str, language: Language) -> str:
    """Return a text of which the font STSong-Light (Adobe-GB1) has every character.

    An emoji is told by its name, as Weibo writes its own; a letter loses an accent that the font
    lacks; what is left is told by its number, and no box stands for it.

    >>> printable("气死了😡", "zh"), printable("Señor 𠮷", "en")
    ('气死了[怒火中烧]', 'Senor [U+20BB7]')
    """
    if all(_has(one) for one in text):
        return text
    from emoji import config, replace_emoji

    config.load_language(language)

    def named(found: str, names: dict[str, str]) -> str:
        known = names.get(language) or names["en"]
        return found if all(map(_has, found)) else f"[{known.strip(':').replace('_', ' ')}]"

    return "".join(map(_nearest, replace_emoji(text, replace=named)))


@lru_cache(maxsize=4096)
def _nearest(character: str) -> str:
    """Return a character, or the nearest that the font has."""
    if _has(character):
        return character
    near = NEAREST.get(character) or normalize("NFKD", character)
    plain = "".join(one for one in near if _has(one))
    if plain or category(character)[0] in "MC":
        return plain
    return f"[U+{ord(character):04X}]"


def _has(character: str) -> bool:
    """Return whether the font has a character: those of GBK, and a block of rare ones."""
    if character.isascii() or ord(character) in EXTENSION_A:
        return True
    try:
        character.encode("gbk")
    except UnicodeEncodeError:
        return False
    return True
