"""One spelling for the many ways a customer types the same thing, and the way back to the original.

Every step changes the text and the offset map together, so that a span of the normalised text (a
piece of evidence, a target) can be shown in the text that the customer wrote.
"""

import html
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from nlp.text.characters import IRREGULAR, fold, plain_character, simplify

URL_TOKEN = "[网址]"  # noqa: S105 - a placeholder word, not a secret
MENTION_TOKEN = "[用户]"  # noqa: S105 - a placeholder word, not a secret
REPEATS_KEPT = 3

Offsets = NDArray[np.int32]
_IDENTITY: Offsets = np.arange(1 << 14, dtype=np.int32)
_IDENTITY.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class Normalised:
    """A normalised text and its map to the original.

    Attributes
    ----------
    text
        The normalised text.
    offsets
        int32, shape (len(text) + 1,), never falling: `offsets[i]` is where in the original the
        character `text[i]` comes from; the last entry is where the last character ended.
    """

    text: str
    offsets: Offsets

    def original_span(self, start: int, end: int) -> tuple[int, int]:
        """Return the half-open span of the original that `text[start:end]` came from.

        A span that is not empty never maps to an empty one: half of a placeholder leads to the
        whole address that it stands for.

        Raises
        ------
        IndexError
            If not 0 <= start <= end <= len(text).
        """
        if not 0 <= start <= end <= len(self.text):
            raise IndexError(f"span ({start}, {end}) is not inside 0..{len(self.text)}")
        first = int(self.offsets[start])
        if start == end:
            return first, first
        last, after = self.offsets[end - 1], self.offsets[end]
        if after == last:  # inside a replacement: on to what follows it
            after = self.offsets[np.searchsorted(self.offsets, last, side="right")]
        return first, int(after)


def edited(
    now: Normalised, matches: Iterable[re.Match[str]], replace: Callable[[re.Match[str]], str]
) -> Normalised:
    """Return the text with group `cut` of every match replaced.

    All characters of a replacement point at the start of what they replace, so that any of them
    leads back to the whole. Without a match `now` itself comes back.
    """
    texts: list[str] = []
    maps: list[Offsets] = []
    done = 0
    for match in matches:
        start, end = match.span("cut")
        new = replace(match)
        texts += (now.text[done:start], new)
        maps += (now.offsets[done:start], np.repeat(now.offsets[start : start + 1], len(new)))
        done = end
    if not texts:
        return now
    texts.append(now.text[done:])
    maps.append(now.offsets[done:])
    return Normalised("".join(texts), np.concatenate(maps))


_IRREGULAR = re.compile(f"(?P<cut>{IRREGULAR})")
_PAIR = re.compile("(?P<cut>[\ud800-\udbff][\udc00-\udfff])")
_ENTITY = re.compile(r"(?P<cut>&(?:amp;)*(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]{2,8});)")
_URL = re.compile(
    r"(?P<cut>(?<![A-Za-z0-9@._-])(?:(?:https?|ftp)://|www\.|(?:[a-z0-9-]{1,63}\.){1,4}"
    r"(?:com|cn|net|org|cc|me|io|tv|top|xyz|vip|shop|site|club|link|info)(?![A-Za-z0-9.@-]))"
    r"[\w\-.~:/?#@$&*+=%]*(?<![.?:]))",
    re.IGNORECASE | re.ASCII,
)
# A name ends at a space or a mark; one that runs into the sentence ends after 客服 and the like.
_MENTION = re.compile(
    r"(?P<cut>(?<![A-Za-z0-9._-])@(?:[\w·-]{1,16}?(?:官方旗舰店|旗舰店|官方微博|官微|客服)(?=\w)"
    r"|[\w·-]{1,30}(?=[ :/@])|[\w·-]{1,10}(?!\w)))"
)
_LOOSE_MARKS = re.compile(
    r"(?P<cut>(?<![\u00a9\u00ae\u2000-\u32ff\U0001f000-\U0001faff\ufe0f0-9#*])[\ufe0f\u200d]+"
    r"|\w?[\u0300-\u036f\u3099\u309a]+)"
)
_LOOSE = re.compile("[\ufe0f\u200d\u0300-\u036f\u3099\u309a]")
_BLANKS = re.compile("(?P<cut> {2,})")
_FLOOD = re.compile(r"(?P<unit>\[[^\[\]]{1,8}\]|[^\d ][^\d]{0,7}?)(?P=unit){2}(?P<cut>(?P=unit)+)")
_SAME = re.compile(r"([^\d ])\1\1\1")
_PAIRS_AGAIN = 5


def _without_pairs(text: str) -> Normalised:
    """Join surrogate pairs that a careless decoder left as two characters."""
    size = len(text) + 1
    offsets = _IDENTITY[:size] if size <= len(_IDENTITY) else np.arange(size, dtype=np.int32)
    now = Normalised(text, offsets)
    if text.isascii() or not _PAIR.search(text):
        return now
    return edited(
        now,
        _PAIR.finditer(text),
        lambda pair: pair[0].encode("utf-16", "surrogatepass").decode("utf-16"),
    )


def _plain(now: Normalised) -> Normalised:
    folded = fold(now.text)
    if IRREGULAR not in folded:
        return Normalised(folded, now.offsets)
    originals = iter([old for old, new in zip(now.text, folded, strict=True) if new == IRREGULAR])
    marked = Normalised(folded, now.offsets)
    marks = _IRREGULAR.finditer(folded)
    return edited(marked, marks, lambda _: plain_character(next(originals)))


def _unescaped(match: re.Match[str]) -> str:
    text = match[0]
    while (shorter := html.unescape(text)) != text:
        text = shorter
    return "".join(map(plain_character, text))


def _composed(match: re.Match[str]) -> str:
    composed = unicodedata.normalize("NFC", match[0])
    return composed[0] if composed[0].isalnum() else ""


def _may_flood(text: str) -> bool:
    """Tell whether something may stand there four times in a row.

    Of a unit of two signs or more the pairs come again at least five times, its first pair stands
    there four times, and counting pairs takes a fraction of the time that the search for a unit of
    unknown length takes.
    """
    if _SAME.search(text):
        return True
    again = len(text) - 1 - len(set(pairwise(text)))
    return again >= _PAIRS_AGAIN and max(Counter(pairwise(text)).values()) > REPEATS_KEPT


def _squeezed(now: Normalised) -> Normalised:
    if not _may_flood(now.text):
        return now
    while (shorter := edited(now, _FLOOD.finditer(now.text), lambda _: "")) is not now:
        now = shorter
    return now


def _trimmed(now: Normalised) -> Normalised:
    if not (now.text.startswith(" ") or now.text.endswith(" ")):
        return now
    text = now.text.lstrip(" ")
    start = len(now.text) - len(text)
    text = text.rstrip(" ")
    return Normalised(text, now.offsets[start : start + len(text) + 1])


def normalise(text: str) -> Normalised:
    """Return `text` in one spelling, with the map back to `text`.

    NFKC per character; traditional to simplified; white space to single spaces, none at the ends;
    controls and invisible marks dropped; HTML entities read; addresses and @names replaced by
    `[网址]` and `[用户]`; anything repeated more than three times cut to three, except digits
    (10000 stays). Emoji and `[表情]` stay. Normalising twice changes nothing more.

    Parameters
    ----------
    text
        Any string, also empty, with NUL or with lone surrogates (those become U+FFFD).

    Examples
    --------
    >>> normalise("物流太慢了！！！！！哈哈哈哈哈").text
    '物流太慢了!!!哈哈哈'
    >>> found = normalise("看http://t.cn/a 這個")
    >>> found.text, found.original_span(1, 5), found.original_span(6, 8)
    ('看[网址] 这个', (1, 14), (15, 17))
    """
    now = _plain(_without_pairs(text))
    if "&" in now.text:
        now = edited(now, _ENTITY.finditer(now.text), _unescaped)
    if "." in now.text or "://" in now.text:
        now = edited(now, _URL.finditer(now.text), lambda _: URL_TOKEN)
    if "@" in now.text:
        now = edited(now, _MENTION.finditer(now.text), lambda _: MENTION_TOKEN)
    if not now.text.isascii():
        if _LOOSE.search(now.text):
            now = edited(now, _LOOSE_MARKS.finditer(now.text), _composed)
        now = Normalised(simplify(now.text), now.offsets)
    if "  " in now.text:
        now = edited(now, _BLANKS.finditer(now.text), lambda _: " ")
    return _trimmed(_squeezed(now))
