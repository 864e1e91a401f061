"""Near-duplicates: texts that say the same in nearly the same words.

Texts are compared by the Jaccard similarity of the character triples of their letters and digits,
once they are spelled alike (`normalise`). MinHash signatures in bands find the pairs that are worth
comparing (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets, chapter 3), and
every pair is compared exactly before it is joined, so no two texts are joined by chance.
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from nlp.text.normalise import normalise

if TYPE_CHECKING:
    from datasketch import MinHash

SIMILAR = 0.6
LEAST_LETTERS = 6
SHINGLE = 3
BANDS, ROWS = 32, 4
_MIX = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class DuplicateGroup:
    """Texts that are near-duplicates of each other, by their numbers.

    Attributes
    ----------
    representative
        The wording that most of them share; of equally frequent ones the first.
    members
        All of them, ascending, the representative included.
    """

    representative: int
    members: tuple[int, ...]


def letters_of(text: str) -> str:
    """Return what of a text is compared: its letters and digits in one spelling, lower case.

    >>> letters_of("這家店，千萬別來！！！😡")
    '这家店千万别来'
    """
    return "".join(filter(str.isalnum, normalise(text).text.lower()))


def shingles(letters: str) -> frozenset[str]:
    """Return the character triples of `letters`; none of fewer than `LEAST_LETTERS`."""
    if len(letters) < LEAST_LETTERS:
        return frozenset()
    return frozenset(letters[n : n + SHINGLE] for n in range(len(letters) - SHINGLE + 1))


def jaccard(left: frozenset[str], right: frozenset[str]) -> float:
    """Return the share of triples that two texts have in common, 0 to 1."""
    return len(left & right) / max(len(left | right), 1)


def similarity(left: str, right: str) -> float:
    """Return how alike two texts are, 0 to 1: the Jaccard similarity of their triples.

    >>> similarity("千万别买，用三天就漏水", "千万别买！用三天就漏水了")
    0.8888888888888888
    """
    return jaccard(shingles(letters_of(left)), shingles(letters_of(right)))


class DuplicateIndex:
    """Groups of near-duplicates that grow as texts come, in time and memory linear in the texts.

    Texts are joined where their similarity is `SIMILAR` or more, and joins carry on: a group is
    whatever hangs together. Texts of fewer than `LEAST_LETTERS` letters are joined only where all
    their letters are equal, and texts without letters (emoji, marks) only where they are spelled
    alike; an empty text belongs to nobody.

    Notes
    -----
    A pair just at the limit is found with probability 1 − (1 − 0.6⁴)³² = 0.99, one of similarity
    0.7 nearly always. A new text is compared with the latest of each of its bands only, so that
    a thousand copies cost a thousand comparisons, not half a million. The same texts in the same
    order give the same groups, in every process.
    """

    __slots__ = ("_bands", "_first", "_forms", "_parents")

    def __init__(self) -> None:
        self._forms: list[str] = []
        self._parents: list[int] = []
        self._first: dict[str, int] = {}
        self._bands: tuple[dict[int, int], ...] = tuple({} for _ in range(BANDS))

    def __len__(self) -> int:
        """Return how many texts were added."""
        return len(self._forms)

    def add(self, text: str) -> int:
        """Add a text and return its number: 0 for the first, one more for each."""
        number = len(self._forms)
        form = letters_of(text) or normalise(text).text
        self._forms.append(form)
        self._parents.append(number)
        first = self._first.setdefault(form, number) if form else number
        if first != number:
            self._join(first, number)
        elif own := shingles(form):
            self._compare(number, own)
        return number

    def groups(self, least: int = 2) -> tuple[DuplicateGroup, ...]:
        """Return the groups of at least `least` texts, the largest first, then the earliest."""
        members: dict[int, list[int]] = {}
        for number in range(len(self)):
            members.setdefault(self._root(number), []).append(number)
        large = (group for group in members.values() if len(group) >= least)
        ordered = sorted(large, key=lambda group: (-len(group), group[0]))
        return tuple(DuplicateGroup(self._spokesman(group), tuple(group)) for group in ordered)

    def _compare(self, number: int, own: frozenset[str]) -> None:
        seen: set[int] = set()
        for bucket, key in zip(self._bands, band_keys(own), strict=True):
            other = bucket.get(key)
            bucket[key] = number
            if other is None or other in seen:
                continue
            seen.add(other)
            apart = self._root(other) != self._root(number)
            if apart and jaccard(own, shingles(self._forms[other])) >= SIMILAR:
                self._join(other, number)

    def _join(self, left: int, right: int) -> None:
        first, second = sorted((self._root(left), self._root(right)))
        self._parents[second] = first

    def _root(self, number: int) -> int:
        parents = self._parents
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    def _spokesman(self, group: Sequence[int]) -> int:
        counts = Counter(self._forms[number] for number in group)
        return max(group, key=lambda number: (counts[self._forms[number]], -number))


def duplicate_groups(texts: Iterable[str], least: int = 2) -> tuple[DuplicateGroup, ...]:
    """Return the groups of near-duplicates among `texts`, numbered from 0; see `DuplicateIndex`.

    >>> copies = ["千万别买，用三天就漏水", "千万别买！用三天就漏水了", "味道不错，会回购"]
    >>> duplicate_groups(copies)
    (DuplicateGroup(representative=0, members=(0, 1)),)
    """
    index = DuplicateIndex()
    for text in texts:
        index.add(text)
    return index.groups(least)


def band_keys(own: frozenset[str]) -> Iterator[int]:
    """Return the keys of the `BANDS` buckets of a text's triples, which must not be empty."""
    sketch = _blank().copy()
    # crc32, not hash(): that one differs from process to process.
    sketch.update_batch([zlib.crc32(triple.encode("utf-8", "replace")) for triple in own])
    pairs = sketch.digest().view(np.uint64).reshape(BANDS, ROWS // 2)
    keys: list[int] = (pairs[:, 0] * _MIX ^ pairs[:, 1]).tolist()
    return iter(keys)


@cache
def _blank() -> "MinHash":
    from datasketch import MinHash

    return MinHash(num_perm=BANDS * ROWS, seed=20260301, hashfunc=int, scheme="affine32")
