"""From rows of the signals table to mentions."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from nlp.schema import FEEDBACK_COUNTS
from nlp.surveillance.errors import MentionError
from nlp.surveillance.mention import Mention, reach_of

REAL_LOSS = 2
TRUE = ("true", "1", "1.0")


def mentions_from_rows(rows: Iterable[Mapping[str, Any]]) -> list[Mention]:
    """Return the mentions among rows of the signals table.

    What staff say in a transcript and what is spam is no customer's voice and is left out. A
    missing product, author, region, text or count (absent, None, NaN or "") is allowed.

    Raises
    ------
    MentionError
        Where a row has no id, no time, a time without zone, or a list that is none; the message
        names the row, counted from 1.
    """
    mentions = (mention_from_row(row, number) for number, row in enumerate(rows, start=1))
    return [mention for mention in mentions if mention is not None]


def mention_from_row(row: Mapping[str, Any], number: int = 1) -> Mention | None:
    """Return the mention of one row, or None where it is no customer's voice.

    Parameters
    ----------
    row
        One row of the signals table.
    number
        Its number, for messages.
    """
    if _text(row.get("spam")).lower() in TRUE or _text(row.get("role")) == "agent":
        return None
    severity = _whole(row.get("severity"))
    return Mention(
        id=_id(row, number),
        at=_moment(row, number),
        product=_text(row.get("product")),
        negative=speaks_ill(_text(row.get("sentiment")), _names(row, "intents", number), severity),
        complaint=_names(row, "complaint", number),
        severity=severity,
        author_id=_text(row.get("author_id")) or None,
        reach=reach_of({name: _whole(row.get(name)) for name in FEEDBACK_COUNTS}),
        text=_text(row.get("masked_text")),
        channel=_text(row.get("channel")),
        region=_text(row.get("region")) or None,
        session_id=_text(row.get("session_id")) or None,
        parent_id=_text(row.get("parent_id")) or None,
    )


def speaks_ill(sentiment: str, intents: tuple[str, ...], severity: int) -> bool:
    """Return whether a text counts against the product.

    A negative text does. So does a complaint about a real problem in a neutral tone: a support
    question about a fault is worded like a question. In a positive review only a problem of
    severity 2 or more counts: the label guide makes a small flaw inside praise a complaint of
    severity 1, and those rise with sales. Abstained verdicts count like the others: doubt is the
    same before and during a crisis, so the comparison stays fair, and leaving them out would
    blind the series where the wording is new.

    >>> speaks_ill("positive", ("praise", "complaint"), 1), speaks_ill("neutral", ("complaint",), 1)
    (False, True)
    """
    if sentiment == "negative":
        return True
    least = REAL_LOSS if sentiment == "positive" else 1
    return "complaint" in intents and severity >= least


def _missing(value: object) -> bool:
    """None, or NaN and NaT, which differ from themselves."""
    return value is None or value != value


def _text(value: object) -> str:
    return "" if _missing(value) else str(value).strip()


def _whole(value: Any) -> int:  # noqa: ANN401 - whatever a cell of a table holds
    return 0 if _missing(value) or value == "" else int(value)


def _id(row: Mapping[str, Any], number: int) -> str:
    identity = _text(row.get("id"))
    if not identity:
        raise MentionError(
            f"row {number} has no id; write the signals with `tingyin analyze`",
            f"第 {number} 行没有 id；请用 `tingyin analyze` 生成信号",
        )
    return identity


def _moment(row: Mapping[str, Any], number: int) -> datetime:
    value = row.get("created_at")
    if isinstance(value, datetime) and not _missing(value):
        return value
    try:
        return datetime.fromisoformat(_text(value))
    except ValueError:
        raise MentionError(
            f"row {number} (id {row['id']!r}): created_at is {value!r}; give an ISO time with "
            "its zone, such as 2026-03-01T09:30:00+08:00",
            f"第 {number} 行（id {row['id']!r}）：created_at 为 {value!r}；"
            "请给出带时区的 ISO 时间，如 2026-03-01T09:30:00+08:00",
        ) from None


def _names(row: Mapping[str, Any], column: str, number: int) -> tuple[str, ...]:
    value = row.get(column)
    if isinstance(value, str) or not isinstance(value, Iterable):
        if _missing(value) or value == "":
            return ()
        raise MentionError(
            f"row {number} (id {row['id']!r}): {column} is {value!r}; a list of names is expected",
            f"第 {number} 行（id {row['id']!r}）：{column} 为 {value!r}；应为名称列表",
        )
    return tuple(str(name) for name in value)
