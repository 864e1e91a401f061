"""Cantonese and slang said in plain Mandarin, before a model reads the text.

Only what means nothing else in Mandarin is rewritten: 系 may be a department and 寄了 a parcel, so
they stay; 避雷 stays too, for models learn it. What stays is still kept whole as a word. The offset
map goes along, so that every span leads back to what the customer wrote. Written for Tingyin.
"""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from string import ascii_lowercase, digits
from typing import Literal

from nlp.text.normalise import Normalised, edited, normalise

_LATIN = frozenset(ascii_lowercase + digits)

Kind = Literal["cantonese", "slang", "user"]


@dataclass(frozen=True, slots=True)
class Entry:
    """A word of a dictionary.

    Attributes
    ----------
    word
        As it stands in normalised text; case does not matter.
    meaning
        The same in plain Mandarin.
    kind
        `cantonese`, `slang` or `user`.
    rewrite
        Whether the meaning takes its place before the model reads; else it only stays whole.
    not_after, not_before
        Characters beside which it is something else: 点解 in 重点解决.
    """

    word: str
    meaning: str
    kind: Kind
    rewrite: bool
    not_after: str = ""
    not_before: str = ""


@lru_cache(maxsize=1)
def shipped_entries() -> tuple[Entry, ...]:
    """Return the words of `slang.csv`, Cantonese first.

    >>> next(entry.meaning for entry in shipped_entries() if entry.word == "唔好")
    '不好'
    """
    text = resources.files(__package__).joinpath("slang.csv").read_text("utf-8")
    rows = csv.DictReader(text.splitlines())
    return tuple(
        Entry(
            row["word"],
            row["meaning"],
            "cantonese" if row["kind"] == "cantonese" else "slang",
            row["use"] == "rewrite",
            row["not_after"],
            row["not_before"],
        )
        for row in rows
    )


def user_entries(meanings: Mapping[str, str]) -> tuple[Entry, ...]:
    """Return entries for words and their meanings, as a pipeline's configuration holds them."""
    return tuple(Entry(word, meaning, "user", rewrite=True) for word, meaning in meanings.items())


class Rewriter:
    """Puts the meaning of Cantonese and slang in their place; the longest word wins.

    Safe to use from several threads and cheap to pickle. Latin words count only where no other
    letter or digit touches them.

    Parameters
    ----------
    entries
        More words, such as a user's; they win over the shipped ones.
    shipped
        Whether the shipped words are rewritten too.
    """

    __slots__ = ("_meanings", "_pattern", "entries", "shipped")

    def __init__(self, entries: Iterable[Entry] = (), *, shipped: bool = True) -> None:
        self.entries = tuple(entries)
        self.shipped = shipped
        known = {_key(entry.word): entry for entry in shipped_entries()} if shipped else {}
        known |= {_key(entry.word): entry for entry in self.entries}
        used = {key: entry for key, entry in known.items() if entry.rewrite}
        self._meanings = {key: entry.meaning for key, entry in used.items()}
        self._pattern = _pattern(used) if used else None

    def __reduce__(self) -> tuple[object, ...]:
        return _rewriter, (self.entries, self.shipped)

    def rewrite(self, now: Normalised) -> Normalised:
        """Return a normalised text in plain Mandarin, with the map back to the original.

        >>> found = Rewriter().rewrite(normalise("佢哋嘅服務好差，唔好買"))
        >>> found.text, found.original_span(8, 11)
        ('他们的服务好差,不要买', (8, 11))
        """
        text = now.text.lower()
        if self._pattern is None or len(text) != len(now.text):
            return now
        meanings = self._meanings
        return edited(now, self._pattern.finditer(text), lambda match: meanings[match["cut"]])


def _rewriter(entries: tuple[Entry, ...], shipped: bool) -> Rewriter:
    return Rewriter(entries, shipped=shipped)


def _key(word: str) -> str:
    return normalise(word).text.lower()


def _pattern(used: Mapping[str, Entry]) -> re.Pattern[str]:
    """Return the pattern of all words, told apart by their first character: that is fast."""
    rests: dict[str, list[str]] = {}
    for key in sorted(used, key=lambda key: (-len(key), key)):
        rests.setdefault(key[0], []).append(_rest(key, used[key]))
    groups = (f"{re.escape(first)}(?:{'|'.join(own)})" for first, own in sorted(rests.items()))
    return re.compile(f"(?P<cut>{'|'.join(groups)})")


def _rest(key: str, entry: Entry) -> str:
    """Return what follows the first character: the rest of the word, and what may not touch it."""
    word = re.escape(key)
    pattern = re.escape(key[1:])
    if entry.not_after:
        pattern += f"(?<![{re.escape(entry.not_after)}]{word})"
    if entry.not_before:
        pattern += f"(?![{re.escape(entry.not_before)}])"
    if key[0] in _LATIN:
        pattern += f"(?<![a-z0-9]{word})"
    if key[-1] in _LATIN:
        pattern += "(?![a-z0-9])"
    return pattern
