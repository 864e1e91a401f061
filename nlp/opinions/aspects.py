"""What an aspect is, and the lexicon of those that Tingyin knows by name."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from nlp.text import normalise

Rank = Literal["aspect", "general", "whole"]
RANKS: tuple[Rank, ...] = ("aspect", "general", "whole")
COMMON = "common"
WHOLE = "whole"


@dataclass(frozen=True, slots=True)
class Domain:
    """A line of business: its key, its Chinese name, and what `industry` calls it (`plain`)."""

    key: str
    zh: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Aspect:
    """One thing that customers judge.

    Parameters
    ----------
    key, zh
        Its name in the table, and in Chinese.
    domain
        Key of its domain; `COMMON` where it belongs to all.
    terms
        What customers call it, in the form of `plain`.
    cues
        Words that judge it without naming it, in the form of `plain`.
    rank
        `general` yields to what the same words name besides, `whole` to cues too.
    """

    key: str
    zh: str
    domain: str
    terms: tuple[str, ...]
    cues: tuple[str, ...] = ()
    rank: Rank = "aspect"


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The aspects that are known by name, and the domains that they belong to."""

    domains: tuple[Domain, ...]
    aspects: tuple[Aspect, ...]

    def extended(self, other: "Lexicon") -> "Lexicon":
        """Return both together; where they differ on an aspect or a term, `other` is right.

        An aspect of the same key keeps its terms and gets those of `other`. A term of `other`
        leaves the aspect of the same domain that had it.
        """
        mine = {aspect.key: aspect for aspect in self.aspects}
        new = {aspect.key: _joined(mine.get(aspect.key), aspect) for aspect in other.aspects}
        taken = {
            (aspect.domain, word): aspect.key
            for aspect in other.aspects
            for word in (*aspect.terms, *aspect.cues)
        }
        kept = [_without(aspect, taken) for aspect in {**mine, **new}.values()]
        domains = {domain.key: domain for domain in (*self.domains, *other.domains)}
        return Lexicon(tuple(domains.values()), tuple(kept))

    def domain_of(self, industry: str | None) -> str | None:
        """Return the key of the domain that an industry names, None where no name fits.

        >>> Lexicon((Domain("car", "汽车", ("汽车",)),), ()).domain_of("汽车用品")
        'car'
        """
        told = plain(industry or "")
        fits = (
            (len(name), domain.key)
            for domain in self.domains
            for name in (domain.key, domain.zh, *domain.names)
            if name in told
        )
        return max(fits, default=(0, None), key=lambda fit: fit[0])[1]

    def whole(self) -> Aspect | None:
        """Return the common aspect for the product itself, None where there is none."""
        wholes = (each for each in self.aspects if each.rank == WHOLE and each.domain == COMMON)
        return next(wholes, None)


@lru_cache(maxsize=1 << 12)
def plain(word: str) -> str:
    """Return a word as it is compared: normalised, simplified, small letters.

    >>> plain("Ｗifi "), plain("螢幕")
    ('wifi', '萤幕')
    """
    return normalise(word).text.lower()


def _joined(mine: Aspect | None, other: Aspect) -> Aspect:
    if mine is None:
        return other
    return replace(other, terms=_union(mine.terms, other.terms), cues=_union(mine.cues, other.cues))


def _union(first: Iterable[str], second: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*first, *second)))


def _without(aspect: Aspect, taken: Mapping[tuple[str, str], str]) -> Aspect:
    def mine(words: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(w for w in words if taken.get((aspect.domain, w), aspect.key) == aspect.key)

    return replace(aspect, terms=mine(aspect.terms), cues=mine(aspect.cues))
