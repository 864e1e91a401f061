"""From a checked row to what it judges, aspect by aspect."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from nlp.labels import Sentiment
from nlp.opinions.aspects import WHOLE, Aspect, plain
from nlp.opinions.clauses import Span, clause_around, sentence_around, whole_words
from nlp.opinions.grouping import group_key
from nlp.opinions.matching import Matcher
from nlp.opinions.rows import Row
from nlp.schema import Target


@dataclass(frozen=True, slots=True)
class Located:
    """A target as whole words, and where it stands in the text; (0, 0) where it does not."""

    term: str
    polarity: Sentiment
    span: Span


@dataclass(frozen=True, slots=True)
class Opinion:
    """What one piece of feedback says of one aspect.

    Parameters
    ----------
    aspect
        The aspect of the lexicon; None where it knows none.
    group
        Key of the aspect, or else the name of the group of the term.
    terms
        What the customer called it, each once.
    polarity
        That of most of its targets; `neutral` where praise and blame balance.
    span
        Where the target that decided stands in the text.
    """

    aspect: Aspect | None
    group: str
    terms: tuple[str, ...]
    polarity: Sentiment
    span: Span


def opinions_of(row: Row, matcher: Matcher) -> tuple[Opinion, ...]:
    """Return what a row judges, each aspect once, in the order of the text.

    Praise and blame of one aspect in one text balance to `neutral`, as the label guide has it.
    """
    targets = list(located(row.text, row.targets))
    found: dict[tuple[Aspect | None, str], list[Located]] = {}
    for place, target in enumerate(targets):
        later = [other.span[0] for other in targets[place + 1 :] if other.span[0]]
        aspect = _aspect(row, target, min(later, default=len(row.text)), matcher)
        group = aspect.key if aspect else group_key(plain(target.term))
        if group:
            found.setdefault((aspect, group), []).append(target)
    return tuple(_opinion(aspect, group, each) for (aspect, group), each in found.items())


def located(text: str, targets: Sequence[Target]) -> Iterator[Located]:
    """Yield each target with its place, as whole words.

    Signals give targets in the order of the text and not where they stand: each is looked for
    after the one before it. One that does not stand in the text at all has an empty place.
    """
    done = 0
    for target in targets:
        start = text.find(target.span, done)
        start = start if start >= 0 else text.find(target.span)
        if start < 0:
            yield Located(target.span, target.polarity, (0, 0))
            continue
        done = start + len(target.span)
        span = whole_words(text, start, done)
        yield Located(text[slice(*span)].strip(), target.polarity, span)


def _aspect(row: Row, target: Located, following: int, matcher: Matcher) -> Aspect | None:
    """Return the aspect of a target by its own clause.

    Of the whole product the clauses after it go on to speak (这手机什么都好，就是太贵了), up to the
    end of the sentence or the next target, which stands at `following`.
    """
    term, (start, end) = plain(target.term), target.span
    first, last = clause_around(row.text, start, end) if end else (0, 0)
    around = plain(f"{row.text[first:start]} {row.text[end:last]}")
    aspect = matcher.aspect_of(term, around, row.domain)
    if aspect is None and _names(term, plain(row.product)):
        aspect = matcher.whole
    if aspect is None or aspect.rank != WHOLE or not end:
        return aspect
    stop = min(sentence_around(row.text, start, end)[1], following)
    return matcher.cued(plain(row.text[end:stop]), row.domain) or aspect


def _names(term: str, product: str) -> bool:
    """Tell whether a target is the product itself, by its name or a part of that."""
    return bool(product) and (product in term or (len(term) > 1 and term in product))


def _opinion(aspect: Aspect | None, group: str, each: list[Located]) -> Opinion:
    counts = Counter(target.polarity for target in each)
    balance = counts["positive"] - counts["negative"]
    most = counts["neutral"] > counts["positive"] + counts["negative"] or not balance
    polarity: Sentiment = "neutral" if most else "positive" if balance > 0 else "negative"
    spans = [target.span for target in each if target.polarity == polarity]
    terms = tuple(dict.fromkeys(target.term for target in each))
    return Opinion(aspect, group, terms, polarity, (spans or [each[0].span])[0])
