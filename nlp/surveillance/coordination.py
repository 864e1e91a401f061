"""Coordination: a crowd, or one message in many mouths.

Near-duplicates that different authors post close in time. Texts are compared by the Jaccard
similarity of their character triples; MinHash with banding (Broder 1997; Leskovec, Rajaraman and
Ullman, Mining of Massive Datasets, chapter 3) finds the pairs that are worth comparing, so a
surge of tens of thousands costs seconds.
"""

import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from functools import cache

import numpy as np
from numpy.typing import NDArray

from nlp.surveillance.mention import Mention

SIMILAR = 0.6
CLOSE = timedelta(hours=2)
LEAST_AUTHORS = 3
LEAST_CHARACTERS = 8
SHINGLE = 3
BANDS, ROWS = 24, 3
NEIGHBOURS = 4
PRIME = (1 << 61) - 1


def coordinated(mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Return the ids of the mentions that look arranged, in the order given.

    A mention looks arranged when it belongs to a group of near-duplicates (Jaccard similarity of
    `SIMILAR` or more) posted within `CLOSE` of each other by at least `LEAST_AUTHORS` authors.
    Texts of fewer than `LEAST_CHARACTERS` letters are left out: everybody writes 差评. So are
    mentions without an author: nobody can say that two of them are two people.
    """
    told = [mention for mention in mentions if mention.author_id is not None]
    shingled = {mention.id: shingles(mention.text) for mention in told}
    usable = sorted((m for m in told if shingled[m.id]), key=lambda m: (m.at, m.id))
    parent = {mention.id: mention.id for mention in usable}
    for left, right in _candidates(usable, shingled):
        if _root(parent, left.id) != _root(parent, right.id) and _alike(left, right, shingled):
            parent[_root(parent, left.id)] = _root(parent, right.id)
    authors: defaultdict[str, set[str | None]] = defaultdict(set)
    for mention in usable:
        authors[_root(parent, mention.id)].add(mention.author_id)
    arranged = {m.id for m in usable if len(authors[_root(parent, m.id)]) >= LEAST_AUTHORS}
    return tuple(mention.id for mention in mentions if mention.id in arranged)


def shingles(text: str) -> frozenset[int]:
    """Return the hashed character triples of a text's letters and digits; none when too short."""
    letters = "".join(character for character in text.lower() if character.isalnum())
    if len(letters) < LEAST_CHARACTERS:
        return frozenset()
    starts = range(len(letters) - SHINGLE + 1)
    return frozenset(
        zlib.crc32(letters[n : n + SHINGLE].encode("utf-8", "replace")) for n in starts
    )


def jaccard(left: frozenset[int], right: frozenset[int]) -> float:
    """Return the share of triples that two texts have in common, 0 to 1."""
    return len(left & right) / max(len(left | right), 1)


def _alike(left: Mention, right: Mention, shingled: dict[str, frozenset[int]]) -> bool:
    near = abs(left.at - right.at) <= CLOSE
    return near and jaccard(shingled[left.id], shingled[right.id]) >= SIMILAR


def _candidates(
    mentions: Sequence[Mention], shingled: dict[str, frozenset[int]]
) -> Iterator[tuple[Mention, Mention]]:
    """Yield pairs that share a band of their signature, each with its next in time only.

    Linking neighbours is enough, because links carry on; so a thousand copies cost a thousand
    pairs, not a million.
    """
    buckets: defaultdict[tuple[int, bytes], list[Mention]] = defaultdict(list)
    for mention in mentions:
        for band, key in enumerate(_bands(signature(shingled[mention.id]))):
            buckets[band, key].append(mention)
    for bucket in buckets.values():
        for step in range(1, min(NEIGHBOURS, len(bucket) - 1) + 1):
            yield from zip(bucket, bucket[step:], strict=False)


def _bands(minima: NDArray[np.uint64]) -> Iterable[bytes]:
    return (band.tobytes() for band in minima.reshape(BANDS, ROWS))


@cache
def _permutations() -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    source = np.random.default_rng(20260301)
    factors = source.integers(1, 1 << 31, size=(BANDS * ROWS, 1), dtype=np.uint64)
    return factors, source.integers(0, 1 << 31, size=(BANDS * ROWS, 1), dtype=np.uint64)


def signature(triples: frozenset[int]) -> NDArray[np.uint64]:
    """Return the MinHash signature of a set that is not empty, `BANDS × ROWS` minima."""
    factors, shifts = _permutations()
    hashed = np.fromiter(triples, dtype=np.uint64, count=len(triples))
    minima: NDArray[np.uint64] = ((factors * hashed + shifts) % np.uint64(PRIME)).min(axis=1)
    return minima


def _root(parent: dict[str, str], name: str) -> str:
    while parent[name] != name:
        parent[name] = parent[parent[name]]
        name = parent[name]
    return name
