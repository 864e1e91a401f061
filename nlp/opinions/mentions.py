"""From a row of the signals table to what it judges, aspect by aspect."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nlp.labels import SENTIMENTS, Sentiment
from nlp.opinions.aspects import WHOLE, Aspect, plain
from nlp.opinions.clauses import Span, clause_around, sentence_around, whole_words
from nlp.opinions.errors import OpinionRowError
from nlp.opinions.grouping import group_key
from nlp.opinions.matching import Matcher
from nlp.schema import Target
from nlp.text import mask

TRUE = ("true", "1", "1.0")


@dataclass(frozen=True, slots=True)
class Row:
    """What a summary needs of one row of the signals table."""

    id: str
    text: str
    targets: tuple[Target, ...]
    product: str
    domain: str | None
    at: datetime | None
    likes: int
    complaint: tuple[str, ...]


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


def row_of(row: Mapping[str, Any], matcher: Matcher, number: int = 1) -> Row | None:
    """Return what counts of a row, None where it is spam or staff speaks.

    Raises
    ------
    OpinionRowError
        Naming the row, counted from 1, the value and what is expected.
    """
    if _text(row, "spam").lower() in TRUE or _text(row, "role") == "agent":
        return None
    identity = _text(row, "id")
    if not identity:
        raise _refusal(number, "id", row.get("id"), "a text", "文本")
    return Row(
        id=identity,
        text=_text(row, "masked_text"),
        targets=tuple(_targets(row, number)),
        product=_text(row, "product"),
        domain=matcher.domain_of(_text(row, "industry")),
        at=_moment(row, number),
        likes=_likes(row, number),
        complaint=tuple(str(name) for name in _list(row, "complaint", number)),
    )


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


def _targets(row: Mapping[str, Any], number: int) -> Iterator[Target]:
    for target in _list(row, "targets", number):
        span = target.get("span") if isinstance(target, Mapping) else None
        polarity = target.get("polarity") if isinstance(target, Mapping) else None
        named = next((name for name in SENTIMENTS if name == polarity), None)
        if not isinstance(span, str) or named is None:
            known = ", ".join(SENTIMENTS)
            raise _refusal(
                number,
                "targets",
                target,
                f"{{span, polarity}}, the polarity one of {known}",
                f"{{span, polarity}}，polarity 为 {known} 之一",
            )
        if span.strip():
            yield Target(span.strip(), named)


def _moment(row: Mapping[str, Any], number: int) -> datetime | None:
    value = row.get("created_at")
    if _missing(value) or value == "":
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        moment = None
    if moment is None or moment.utcoffset() is None:
        raise _refusal(
            number,
            "created_at",
            value,
            "an ISO time with its zone, such as 2026-03-01T09:30:00+08:00",
            "带时区的 ISO 时间，如 2026-03-01T09:30:00+08:00",
        )
    return moment


def _likes(row: Mapping[str, Any], number: int) -> int:
    value = row.get("likes")
    if _missing(value) or value == "":
        return 0
    try:
        return max(int(float(str(value))), 0)
    except (ValueError, OverflowError):
        raise _refusal(number, "likes", value, "a whole number", "整数") from None


def _list(row: Mapping[str, Any], column: str, number: int) -> list[Any]:
    value = row.get(column)
    if _missing(value) or value == "":
        return []
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise _refusal(number, column, value, "a list", "列表")
    return list(value)


def _text(row: Mapping[str, Any], column: str) -> str:
    value = row.get(column)
    return "" if _missing(value) else str(value).strip()


def _missing(value: object) -> bool:
    """None, or NaN and NaT, which differ from themselves."""
    return value is None or bool(value != value)


def _refusal(number: int, column: str, value: object, en: str, zh: str) -> OpinionRowError:
    told = mask(repr(value)[:80])
    return OpinionRowError(
        column,
        f"row {number}: {column} is {told}; give {en}, or write the signals with `tingyin analyze`",
        f"第 {number} 行：{column} 为 {told}；请给出{zh}，或用 `tingyin analyze` 生成信号",
    )
