"""The cuts of jieba's accurate mode, from its dictionary and its model of unknown words.

Same words as `jieba.Tokenizer.cut` (a test compares them) about three times as fast: the dictionary
holds log-probabilities instead of counts, the best path is found in one pass, and the model of
unknown words (pure Python in jieba) remembers the short runs that come again and again.
"""

import re
import warnings
from collections.abc import Iterable
from functools import lru_cache
from math import exp, log

SEGMENTED = re.compile(r"([\u4e00-\u9fd5A-Za-z0-9+#&._%\-]+)")
_OTHER = re.compile(r"\r\n|.", re.DOTALL)

# Often enough to win against the words it is made of, as 没收到 must against 没收.
_LEAST_COUNT = 1000
_REMEMBERED = 1 << 15
_LONGEST_REMEMBERED = 16
_LONGEST_RUN = 128  # jieba's model takes time with the square of the run; no sentence is so long


class Segmenter:
    """Cuts text by a dictionary of its own; never changes, so threads may share it.

    Parameters
    ----------
    dictionary
        Log-probability of every word; 0.0 for every beginning of a word that is none itself.
    total
        How many words the counts behind it add up to.
    """

    __slots__ = ("_dictionary", "_total")

    def __init__(self, dictionary: dict[str, float], total: int) -> None:
        self._dictionary = dictionary
        self._total = total

    def with_words(self, words: Iterable[str]) -> "Segmenter":
        """Return a segmenter with a dictionary of its own, to which `words` are added."""
        dictionary = self._dictionary.copy()
        for word in words:
            _, apart = _best_path(word, dictionary, self._total)
            weight = log(max(exp(apart) + 1 / self._total, _LEAST_COUNT / self._total))
            dictionary[word] = max(weight, dictionary.get(word) or weight)
            for end in range(1, len(word)):
                dictionary.setdefault(word[:end], 0.0)
        return Segmenter(dictionary, self._total)

    def cut(self, text: str) -> list[str]:
        """Return the words of `text`; joined, they are `text`."""
        words: list[str] = []
        for place, block in enumerate(SEGMENTED.split(text)):
            if place % 2:
                self._cut_block(block, words)
            else:
                words += _OTHER.findall(block)
        return words

    def _cut_block(self, block: str, words: list[str]) -> None:
        ends, _ = _best_path(block, self._dictionary, self._total)
        start = single = 0
        while start < len(block):
            end = ends[start]
            if end - start > 1:
                self._cut_singles(block[single:start], words)
                words.append(block[start:end])
                single = end
            start = end
        self._cut_singles(block[single:], words)

    def _cut_singles(self, run: str, words: list[str]) -> None:
        if len(run) < 2 or self._dictionary.get(run):
            words.extend(run)
        elif len(run) <= _LONGEST_REMEMBERED:
            words.extend(_remembered(run))
        else:
            for start in range(0, len(run), _LONGEST_RUN):
                words.extend(_recognised(run[start : start + _LONGEST_RUN]))


def _best_path(block: str, dictionary: dict[str, float], total: int) -> tuple[list[int], float]:
    """Return where the word ends that starts at each place, and the best log-probability."""
    find = dictionary.get
    size = len(block)
    nowhere = -log(total)
    ends = list(range(1, size + 1))
    best = [0.0] * (size + 1)
    for start in range(size - 1, -1, -1):
        top = None
        end = start + 1
        weight = find(block[start])
        while weight is not None:
            if weight and (top is None or weight + best[end] >= top):
                top = weight + best[end]
                ends[start] = end
            if end == size:
                break
            end += 1
            weight = find(block[start:end])
        best[start] = nowhere + best[start + 1] if top is None else top
    return ends, best[0]


def _recognised(run: str) -> tuple[str, ...]:
    """Cut a run of single characters that the dictionary does not join."""
    from jieba import finalseg

    return tuple(finalseg.cut(run))


_remembered = lru_cache(maxsize=_REMEMBERED)(_recognised)


def jieba_segmenter() -> Segmenter:
    """Return a segmenter with jieba's own dictionary; reading it takes about a second.

    jieba's `initialize` is not used: it leaves a cache in the shared temporary folder, trusts one
    that it finds there, and writes to stderr.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # jieba imports pkg_resources and has stray escapes
        import jieba
    private = jieba.Tokenizer()
    counts, total = private.gen_pfdict(private.get_dict_file())
    whole = log(total)
    weights = {word: log(count) - whole if count else 0.0 for word, count in counts.items()}
    return Segmenter(weights, total)
