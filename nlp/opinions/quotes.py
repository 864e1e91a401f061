"""Which sentences stand for many: a fair sample in bounded memory, then diverse ones of it."""

import hashlib
import heapq
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, sqrt

SAMPLE = 16
GRAMS = (2, 3)
RELEVANCE = 0.6
Grams = dict[str, float]


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence, and the id of the feedback that it stands in."""

    id: str
    text: str


class Sample:
    """A weighted random sample of at most `SAMPLE` quotes, of different words each.

    The draw is by a hash of the id, so that it is the same in any order of the rows. Efraimidis
    and Spirakis (2006), "Weighted random sampling with a reservoir", Information Processing
    Letters 97: the largest of u^(1/w) are a sample in proportion to w.
    """

    __slots__ = ("_heap",)

    def __init__(self) -> None:
        self._heap: list[tuple[float, str, Quote]] = []

    def offer(self, identity: str, weight: float, quote: Callable[[], str]) -> None:
        """Take a quote in where the draw says so; only then is it made."""
        key = log(_uniform(identity)) / weight
        if len(self._heap) >= SAMPLE and key <= self._heap[0][0]:
            return
        entry = (key, identity, Quote(identity, quote()))
        same = [each for each in self._heap if each[2].text == entry[2].text]
        if same:
            if max(same)[0] >= key:
                return
            self._heap = [each for each in self._heap if each not in same]
        self._heap.append(entry)
        heapq.heapify(self._heap)
        if len(self._heap) > SAMPLE:
            heapq.heappop(self._heap)

    def quotes(self) -> tuple[Quote, ...]:
        """Return what was drawn, the first of the draw first."""
        return tuple(quote for _, _, quote in sorted(self._heap, reverse=True))


def representative(quotes: Sequence[Quote], count: int) -> tuple[Quote, ...]:
    """Return at most `count` quotes that say what most say, and not the same twice.

    Maximal marginal relevance over n-grams of characters: each next quote is the one most like
    the whole sample and least like those already chosen. Carbonell and Goldstein (1998), "The use
    of MMR, diversity-based reranking", SIGIR.

    >>> told = [Quote("1", "屏幕很清晰"), Quote("2", "屏幕很清楚"), Quote("3", "边框太宽")]
    >>> [quote.id for quote in representative(told, 2)]
    ['1', '3']
    """
    grams = [character_grams(quote.text) for quote in quotes]
    middle = _sum(grams)
    near = [cosine(each, middle) for each in grams]
    chosen: list[int] = []
    while len(chosen) < min(count, len(quotes)):
        left = [index for index in range(len(quotes)) if index not in chosen]
        chosen.append(
            max(
                left,
                key=lambda index: (
                    RELEVANCE * near[index]
                    - (1 - RELEVANCE)
                    * max((cosine(grams[index], grams[other]) for other in chosen), default=0.0)
                ),
            )
        )
    return tuple(quotes[index] for index in chosen)


def character_grams(text: str) -> Grams:
    """Return how often each pair and triple of characters stands in a text, blanks left out."""
    signs = "".join(sign for sign in text if sign.isalnum())
    return dict(
        Counter(
            signs[place : place + size] for size in GRAMS for place in range(len(signs) - size + 1)
        )
    )


def cosine(first: Grams, second: Grams) -> float:
    """Return how alike two bags of n-grams are, 0 to 1.

    >>> round(cosine(character_grams("屏幕好"), character_grams("屏幕好")), 6)
    1.0
    """
    shared = sum(count * second.get(gram, 0.0) for gram, count in first.items())
    return shared / (_length(first) * _length(second)) if shared else 0.0


def _length(grams: Grams) -> float:
    return sqrt(sum(count * count for count in grams.values()))


def _sum(bags: Sequence[Grams]) -> Grams:
    whole: Counter[str] = Counter()
    for bag in bags:
        whole.update(dict.fromkeys(bag, 1))
    return {gram: float(count) for gram, count in whole.items()}


def _uniform(identity: str) -> float:
    """Return a number above 0 and below 1 that depends on the id alone."""
    digest = hashlib.blake2b(identity.encode(errors="surrogatepass"), digest_size=8).digest()
    return (int.from_bytes(digest) + 0.5) / 2**64
