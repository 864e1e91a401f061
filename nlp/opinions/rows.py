"""A row of the signals table, checked: what an opinion summary needs of it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from nlp.labels import SENTIMENTS
from nlp.opinions.errors import OpinionRowError
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
