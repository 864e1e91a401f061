"""From rows of the signals table to dialogues."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from nlp.labels import SENTIMENTS
from nlp.schema import ROLES
from nlp.transcripts.contract import Dialogue, Turn
from nlp.transcripts.errors import TurnError

Row = Mapping[str, Any]


def dialogues_from_rows(rows: Iterable[Row]) -> list[Dialogue]:
    """Return the dialogues among rows of the signals table, in the order of their first rows.

    A row without `session_id` belongs to no dialogue and is left out. Turns stand in the order of
    their numbers where every turn of the dialogue has one, else of their times where every turn
    has one, else as they come.

    Raises
    ------
    TurnError
        A row of a dialogue has no id, no known role or sentiment, or a value of a wrong type.
    """
    sessions: dict[str, list[tuple[Turn, Row]]] = {}
    for number, row in enumerate(rows, start=1):
        if session := session_of(row):
            sessions.setdefault(session, []).append((turn_from_row(row, number), row))
    return [dialogue_of(session, found) for session, found in sessions.items()]


def session_of(row: Row) -> str:
    """Return the dialogue that a row belongs to; "" for none."""
    return _text(row.get("session_id"))


def turn_from_row(row: Row, number: int = 1) -> Turn:
    """Return a row as a turn; its `number` is 0 where the row has none.

    Parameters
    ----------
    row
        One row of the signals table.
    number
        Its number in the table, for messages.

    Raises
    ------
    TurnError
        The row has no id, no known role or sentiment, or a value of a wrong type.
    """
    where = f"{number}"
    identity = _text(row.get("id"))
    if not identity:
        raise TurnError(
            f"row {where} has no id; write the signals with `tingyin analyze`",
            f"第 {where} 行没有 id；请用 `tingyin analyze` 生成信号",
        )
    role = _one_of(row, "role", ROLES, where)
    sentiment = _one_of(row, "sentiment", tuple(SENTIMENTS), where)
    return Turn(
        id=identity,
        number=_whole(row, "turn", where),
        role=role,
        text=_text(row.get("masked_text")),
        at=_moment(row, where),
        sentiment=sentiment,
        p_negative=_share(row, "p_negative", where, sentiment == "negative"),
        p_positive=_share(row, "p_positive", where, sentiment == "positive"),
        intents=_names(row, "intents", where),
        complaint=_names(row, "complaint", where),
        severity=_whole(row, "severity", where),
        words=_words(row.get("evidence")),
        keyphrases=_names(row, "keyphrases", where),
    )


def dialogue_of(session: str, found: Sequence[tuple[Turn, Row]]) -> Dialogue:
    """Return the dialogue of a session's turns with their rows, put in order."""
    turns = [turn for turn, _ in found]
    if all(turn.number for turn in turns):
        turns = sorted(turns, key=lambda turn: turn.number)
    else:
        if all(turn.at is not None for turn in turns):
            turns = sorted(turns, key=lambda turn: turn.at.timestamp() if turn.at else 0.0)
        turns = [replace(turn, number=place) for place, turn in enumerate(turns, start=1)]
    return Dialogue(
        id=session,
        turns=tuple(turns),
        customer_id=_first(found, "customer_id"),
        product=_first(found, "product"),
    )


def _first(found: Sequence[tuple[Turn, Row]], column: str) -> str | None:
    """Return the first filled cell: an agent's turns often lack the customer's id."""
    cells = (_text(row.get(column)) for _, row in found)
    return next((cell for cell in cells if cell), None)


def _missing(value: object) -> bool:
    """None, or NaN and NaT, which differ from themselves."""
    return value is None or value != value


def _text(value: object) -> str:
    return "" if _missing(value) else str(value).strip()


def _one_of(row: Row, column: str, allowed: tuple[str, ...], where: str) -> Any:  # noqa: ANN401
    value = _text(row.get(column))
    if value in allowed:
        return value
    raise TurnError(
        f"row {where} (id {row['id']!r}): {column} is {value!r}; allowed: {', '.join(allowed)}",
        f"第 {where} 行（id {row['id']!r}）：{column} 为 {value!r}；可用值：{'、'.join(allowed)}",
    )


def _whole(row: Row, column: str, where: str) -> int:
    value = row.get(column)
    if _missing(value) or value == "":
        return 0
    try:
        return int(float(str(value)))
    except (ValueError, OverflowError):
        raise _no_number(row, column, where) from None


def _share(row: Row, column: str, where: str, certain: bool) -> float:
    value = row.get(column)
    if _missing(value) or value == "":
        return float(certain)
    try:
        share = float(str(value))
    except ValueError:
        raise _no_number(row, column, where) from None
    if not (math.isfinite(share) and 0 <= share <= 1):
        raise _no_number(row, column, where)
    return share


def _no_number(row: Row, column: str, where: str) -> TurnError:
    value = row.get(column)
    return TurnError(
        f"row {where} (id {row['id']!r}): {column} is {value!r}, no number that it can have; "
        "write the signals with `tingyin analyze`",
        f"第 {where} 行（id {row['id']!r}）：{column} 为 {value!r}，不是允许的数值；"
        "请用 `tingyin analyze` 生成信号",
    )


def _moment(row: Row, where: str) -> datetime | None:
    value = row.get("created_at")
    if _missing(value) or value == "":
        return None
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(_text(value))
        if moment.utcoffset() is not None:
            return moment
    except ValueError:
        pass
    raise TurnError(
        f"row {where} (id {row['id']!r}): created_at is {value!r}; give an ISO time with its "
        "zone, such as 2026-03-01T09:30:00+08:00",
        f"第 {where} 行（id {row['id']!r}）：created_at 为 {value!r}；"
        "请给出带时区的 ISO 时间，如 2026-03-01T09:30:00+08:00",
    )


def _names(row: Row, column: str, where: str) -> tuple[str, ...]:
    value = row.get(column)
    if _missing(value) or value == "":
        return ()
    if isinstance(value, str) or not isinstance(value, Iterable):
        raise TurnError(
            f"row {where} (id {row['id']!r}): {column} is {value!r}; a list of names is expected",
            f"第 {where} 行（id {row['id']!r}）：{column} 为 {value!r}；应为名称列表",
        )
    return tuple(str(name) for name in value)


def _words(evidence: object) -> tuple[str, ...]:
    """Return the words that speak for the verdict, the weightiest first."""
    if not isinstance(evidence, list | tuple):
        return ()
    told = [one for one in evidence if isinstance(one, Mapping) and one.get("weight", 0) > 0]
    return tuple(str(one["word"]) for one in sorted(told, key=lambda one: -one["weight"]))
