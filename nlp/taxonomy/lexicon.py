"""Which terms the examples hold, and how much of a text each makes up (TF-IDF)."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

LONGEST_TEXT = 2_000
MOST_TERMS = 50_000


def terms(text: str) -> Counter[str]:
    """Return the signs of a text and its pairs of neighbouring signs, blanks left out.

    Of a very long text the first 2,000 characters count.

    >>> sorted(terms("App 坏"))
    ['a', 'ap', 'p', 'pp', 'p坏', '坏']
    """
    signs = "".join(text[:LONGEST_TEXT].casefold().split())
    return Counter(signs) + Counter(map("".join, pairwise(signs)))


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The terms of the examples, with their inverse document frequencies."""

    terms: tuple[str, ...]
    rarity: Floats
    places: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "places", {term: n for n, term in enumerate(self.terms)})

    def shares(self, text: str) -> tuple[Integers, Floats]:
        """Return the places of the known terms of a text, and their weights, of length 1 together.

        A weight is (1 + ln count) * rarity before it is brought to length (Salton & Buckley 1988).
        """
        known = {self.places[term]: n for term, n in terms(text).items() if term in self.places}
        where = np.fromiter(known, dtype=np.int64, count=len(known))
        counts = np.fromiter(known.values(), dtype=np.float64, count=len(known))
        weights = (1 + np.log(counts)) * self.rarity[where]
        return where, weights / max(float(np.linalg.norm(weights)), 1e-12)


def learn_lexicon(texts: Sequence[str]) -> Lexicon:
    """Return the lexicon of texts, of its 50,000 commonest terms at most.

    The rarity of a term is ln((1 + texts) / (1 + texts with it)) + 1.
    """
    spread = Counter(_distinct(texts))
    common = sorted(spread, key=lambda term: (-spread[term], term))[:MOST_TERMS]
    rarity = [math.log((1 + len(texts)) / (1 + spread[term])) + 1 for term in common]
    return Lexicon(tuple(common), np.array(rarity))


def _distinct(texts: Sequence[str]) -> Iterator[str]:
    for text in texts:
        yield from terms(text)
