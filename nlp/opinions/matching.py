"""From what a customer calls it, and the words around it, to an aspect of the lexicon."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

from nlp.opinions.aspects import COMMON, WHOLE, Aspect, Lexicon

# Words that end the name of many a thing and name none: 屏幕效果 is about the 屏幕.
TAILS = frozenset(
    {"效果", "速度", "能力", "性能", "功能", "质量", "品质", "设计", "程度", "水平", "情况", "状况"}
    | {
        "条件",
        "方面",
        "问题",
        "感觉",
        "表现",
        "时间",
        "方式",
        "方法",
        "过程",
        "流程",
        "部分",
        "样子",
    }
    | {"东西", "数量", "大小", "系列", "版本", "型号", "颜色", "样式", "外观", "外形", "体验", "感"}
    | {"度", "性", "力", "量", "率", "面", "处", "内容", "服务", "态度", "图片"}
)
_ONE_SIGN = 1


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A word of the lexicon in a text: its half-open span, and the aspects that it may name."""

    start: int
    end: int
    word: str
    aspects: tuple[Aspect, ...]


@dataclass(frozen=True, slots=True)
class Found:
    """An aspect, and the half-open span of the word that names it."""

    start: int
    end: int
    aspect: Aspect


class Matcher:
    """Finds the aspects of a lexicon; never changes, so threads may share it."""

    __slots__ = ("_cues", "_exact", "_terms", "domain_of", "lexicon", "whole")

    def __init__(self, lexicon: Lexicon) -> None:
        self.lexicon = lexicon
        self.whole = lexicon.whole()
        self.domain_of = lru_cache(maxsize=1 << 8)(lexicon.domain_of)
        self._exact = _index((word, aspect) for aspect in lexicon.aspects for word in aspect.terms)
        self._terms = _long(self._exact)
        self._cues = _long(
            _index((word, aspect) for aspect in lexicon.aspects for word in aspect.cues)
        )

    def aspect_of(self, term: str, around: str = "", domain: str | None = None) -> Aspect | None:
        """Return the aspect that a target names, None where the lexicon knows none.

        A term of the lexicon that is the target, or stands inside it, names the aspect; of
        several the more specific, then the last: Chinese puts the thing itself at the end. Where
        none does, or it is the whole product, a cue in the words around it decides.

        Parameters
        ----------
        term
            The target, in the form of `nlp.opinions.plain`.
        around
            The clause that it stands in, in the same form, itself left out.
        domain
            Key of the domain of the feedback; None where it is not known.
        """
        named = self._named(term, term + around, domain)
        if named is not None and named.rank != WHOLE:
            return named
        return self.cued(around, domain) or named

    def cued(self, around: str, domain: str | None = None) -> Aspect | None:
        """Return the aspect that the cues of some words speak of, None where there are none."""
        chosen = (
            self._choice(each.aspects, around, domain, strict=True)
            for each in occurrences(around, self._cues)
        )
        return max(filter(None, chosen), key=lambda aspect: aspect.rank == "aspect", default=None)

    def found_in(self, text: str, domain: str | None = None) -> tuple[Found, ...]:
        """Return where a text speaks of aspects by term or cue, in order; no target is needed.

        `whole` aspects are left out: that a text is about the product is not said by naming it.

        Parameters
        ----------
        text
            In the form of `nlp.opinions.plain`.
        domain
            Key of the domain of the feedback; None where it is not known.
        """
        both = chain(occurrences(text, self._terms), occurrences(text, self._cues))
        found = (
            Found(each.start, each.end, aspect)
            for each in sorted(both, key=lambda each: each.start)
            if (aspect := self._choice(each.aspects, text, domain, strict=True)) is not None
        )
        return tuple(each for each in found if each.aspect.rank != WHOLE)

    def _named(self, term: str, text: str, domain: str | None) -> Aspect | None:
        if term in self._exact:
            return self._choice(self._exact[term], text, domain)
        found = [
            (aspect.rank == "aspect" and each.word not in TAILS, each.end, aspect)
            for each in occurrences(term, self._terms)
            if (aspect := self._choice(each.aspects, text, domain)) is not None
        ]
        return max(found, key=lambda match: match[:2])[2] if found else None

    def _choice(
        self, aspects: tuple[Aspect, ...], text: str, domain: str | None, *, strict: bool = False
    ) -> Aspect | None:
        """Choose among aspects that share a word: the domain of the feedback, then what is common.

        Where the domain is not known, that of most other words of the text. `strict`: nothing of
        another domain than the known one.
        """
        if domain is not None:
            own = [aspect for aspect in aspects if aspect.domain == domain]
            fits = own or [aspect for aspect in aspects if aspect.domain == COMMON]
            return fits[0] if fits else (None if strict else aspects[0])
        if len(aspects) == 1:
            return aspects[0]
        speaks = self._domains(text)
        return max(
            aspects,
            key=lambda aspect: (
                speaks.get(aspect.domain, 0),
                aspect.rank == "aspect",
                aspect.domain == COMMON,
            ),
        )

    def _domains(self, text: str) -> Mapping[str, int]:
        """Return how many words of a text belong to one domain alone, by domain."""
        votes: dict[str, int] = {}
        for each in occurrences(text, self._terms):
            domains = {aspect.domain for aspect in each.aspects} - {COMMON}
            if len(domains) == 1 and len(each.aspects) == 1:
                votes[each.aspects[0].domain] = votes.get(each.aspects[0].domain, 0) + 1
        return votes


def occurrences(
    text: str, words: Mapping[int, Mapping[str, tuple[Aspect, ...]]]
) -> Iterator[Occurrence]:
    """Yield the words of a lexicon in a text, the longest first at each place, none in another.

    A word of Latin letters or digits counts only where it stands alone: `app` is not in `apple`.
    """
    place = 0
    while place < len(text):
        for length, known in words.items():
            word = text[place : place + length]
            if word in known and _stands_alone(text, place, place + length):
                yield Occurrence(place, place + length, word, known[word])
                place += length
                break
        else:
            place += 1


def _stands_alone(text: str, start: int, end: int) -> bool:
    before, after = text[start - 1 : start], text[end : end + 1]
    joined_before = _latin(text[start]) and _latin(before)
    return not joined_before and not (_latin(text[end - 1]) and _latin(after))


def _latin(sign: str) -> bool:
    return sign.isascii() and sign.isalnum()


def _index(pairs: Iterable[tuple[str, Aspect]]) -> dict[str, tuple[Aspect, ...]]:
    found: dict[str, tuple[Aspect, ...]] = {}
    for word, aspect in pairs:
        found[word] = (*found.get(word, ()), aspect)
    return found


def _long(
    index: Mapping[str, tuple[Aspect, ...]],
) -> dict[int, dict[str, tuple[Aspect, ...]]]:
    """Return the words of more than one sign by length, the longest first.

    A single sign (屏) is a term only where it is the whole target: it stands in too many words.
    """
    lengths = sorted({len(word) for word in index if len(word) > _ONE_SIGN}, reverse=True)
    return {
        length: {word: found for word, found in index.items() if len(word) == length}
        for length in lengths
    }
