"""jieba's words by jieba-rs: the same dictionary and the same model of unknown words, in Rust.

Six times as fast as jieba and half its memory; every segmenter is its own, so nothing is shared
between pipelines, and nothing is written to the temporary folder. Chinese text is cut as jieba cuts
it (a test compares them); of Latin runs jieba-rs keeps more in one piece: `Wi-Fi`, `2.6kg`.
"""

from collections.abc import Iterable
from typing import Protocol

# Often enough to win against the words it is made of, as 没收到 must against 没收.
_LEAST_COUNT = 1000


class Segmenter(Protocol):
    """What cuts text; threads may share it."""

    def cut(self, text: str, hmm: bool = True) -> list[str]:
        """Return the words of `text`; joined, they are `text`, which holds no lone surrogate."""


def segmenter_with(words: Iterable[str]) -> Segmenter:
    """Return a segmenter with jieba's dictionary and `words`; it takes a fifth of a second.

    >>> segmenter_with(["耳机仓"]).cut("耳机仓松了")
    ['耳机仓', '松', '了']
    """
    import rjieba

    own = rjieba.Jieba()
    for word in words:
        own.add_word(word, max(own.suggest_freq(word), _LEAST_COUNT), None)
    return own
