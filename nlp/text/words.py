"""Cutting Chinese text into words, with positions.

jieba keeps one dictionary for the whole process; a word added for one customer would change the
words of all. Here every cutter has its own, read once, when the first text is cut.
"""

import re
from collections.abc import Iterable
from functools import lru_cache
from importlib import resources
from itertools import accumulate, pairwise
from threading import Lock

from nlp.text.segmenter import Segmenter, segmenter_with

Span = tuple[int, int]

_PICTOGRAPH = (
    "[\u00a9\u00ae\u203c\u2049\u2122\u2139\u2194-\u21aa\u231a-\u23ff\u25aa-\u27bf\u2934\u2935"
    "\u2b05-\u2b55\u3030\u303d\u3297\u3299\U0001f000-\U0001f1e5\U0001f200-\U0001faff]"
    "[\ufe0f\U0001f3fb-\U0001f3ff]*"
)
_WHOLE = (
    rf"\[[\u4e00-\u9fffA-Za-z]{{1,8}}\]|[\U0001f1e6-\U0001f1ff]{{2}}|[0-9#*]\ufe0f?\u20e3"
    rf"|{_PICTOGRAPH}(?:\u200d{_PICTOGRAPH})*"
)
# Holds a character of every whole: a text without one needs no search for them.
_MARKED = re.compile("[\\[\u00a9\u00ae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]")
_SEGMENTED = re.compile(r"[\u4e00-\u9fd5A-Za-z0-9+#&._%\-]+")


def shipped_words() -> tuple[str, ...]:
    """Return the words that Tingyin adds to jieba's dictionary: of `words.txt` and `slang.csv`."""
    from nlp.text.slang import shipped_entries

    slang = (entry.word for entry in shipped_entries() if len(entry.word) > 1)
    return tuple(dict.fromkeys([*read_words("words.txt"), *slang]))


def read_words(name: str) -> tuple[str, ...]:
    """Return the words of a word file beside this module; lines that start with # are comments."""
    text = resources.files(__package__).joinpath(name).read_text("utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return tuple(word for line in lines for word in line.split())


class WordCutter:
    """Cuts text into words; nothing of the text is lost, and spaces are words too.

    Emoticons such as `[泪]`, placeholders and emoji sequences are single words. Safe to use from
    several threads, and cheap to pickle: the dictionary is read again where it is needed.

    Parameters
    ----------
    user_words
        Words of this customer's own: products, brands, shop slang. They may hold spaces and marks
        (`iPhone 15`). Empty ones are left out; order does not matter.
    """

    __slots__ = ("_lock", "_marked", "_segmenter", "_whole", "user_words")

    def __init__(self, user_words: Iterable[str] = ()) -> None:
        self.user_words = tuple(sorted({word for word in user_words if word.strip()}))
        marked = (word for word in self.user_words if not _SEGMENTED.fullmatch(word))
        longest_first = sorted(marked, key=len, reverse=True)
        self._whole = re.compile("|".join([*map(re.escape, longest_first), _WHOLE]))
        self._marked = re.compile("") if longest_first else _MARKED
        self._segmenter: Segmenter | None = None
        self._lock = Lock()

    def __reduce__(self) -> tuple[type["WordCutter"], tuple[tuple[str, ...]]]:
        return WordCutter, (self.user_words,)

    def spans(self, text: str) -> list[Span]:
        """Return the half-open spans of the words; together they cover `text` exactly.

        >>> WordCutter().spans("客服[泪]")
        [(0, 2), (2, 5)]
        """
        return list(pairwise(accumulate(map(len, self.words(text)), initial=0)))

    def words(self, text: str) -> list[str]:
        """Return the words; joined, they are `text`.

        >>> WordCutter().words("客服态度差，我不满意")
        ['客服', '态度差', '，', '我', '不满意']
        """
        try:
            return self._cut(text)
        except UnicodeEncodeError:  # a lone surrogate, which no library of another language takes
            edges = accumulate(map(len, self._cut(encodable(text))), initial=0)
            return [text[start:end] for start, end in pairwise(edges)]

    def _cut(self, text: str) -> list[str]:
        cut = self._loaded().cut
        if not self._marked.search(text):
            return cut(text)
        words: list[str] = []
        done = 0
        for whole in self._whole.finditer(text):
            words += cut(text[done : whole.start()])
            words.append(whole[0])
            done = whole.end()
        return words + cut(text[done:])

    def _loaded(self) -> Segmenter:
        if self._segmenter is None:
            with self._lock:
                if self._segmenter is None:
                    plain = filter(_SEGMENTED.fullmatch, self.user_words)
                    self._segmenter = segmenter_with([*shipped_words(), *plain])
        return self._segmenter


def encodable(text: str) -> str:
    r"""Return `text` with U+FFFD for every lone surrogate; the length stays.

    >>> encodable("好\ud800的")
    '好�的'
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return "".join("\ufffd" if "\ud800" <= mark <= "\udfff" else mark for mark in text)
    return text


@lru_cache(maxsize=1)
def default_cutter() -> WordCutter:
    """Return the cutter with the shipped words and no others; one for the whole process."""
    return WordCutter()


def word_spans(text: str) -> list[Span]:
    """Return the half-open spans of the words of `text`; together they cover it exactly.

    >>> word_spans("不满意")
    [(0, 3)]
    """
    return default_cutter().spans(text)
