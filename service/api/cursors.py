"""Pages that stay right while rows come in: a cursor holds the sort key of the last row seen."""

import base64
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter
from typing import Annotated, Any, Generic, TypeVar, cast

from fastapi import Query
from sqlalchemy import ColumnElement, Row, Select, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session

from service.errors import InputError

LARGEST_PAGE = 200
Item = TypeVar("Item")
Place = tuple[datetime, str, str]
"""A time, and what tells apart the rows that share it."""
SortKey = InstrumentedAttribute[Any] | ColumnElement[Any]

Limit = Annotated[
    int, Query(ge=1, le=LARGEST_PAGE, description="Most entries of one page 每页最多条数")
]
Cursor = Annotated[
    str | None,
    Query(max_length=1000, description="`next_cursor` of the page before 上一页的 next_cursor"),
]


@dataclass(frozen=True, slots=True)
class Slice:
    """One page of rows, and the cursor of the next page (None: there is none)."""

    rows: Sequence[Row[*tuple[Any, ...]]]
    next_cursor: str | None


@dataclass(frozen=True, slots=True)
class Part(Generic[Item]):
    """One page of a list that is computed, and the cursor of the next page (None: none)."""

    rows: Sequence[Item]
    next_cursor: str | None


def asked(*conditions: tuple[object, Callable[[Any], ColumnElement[bool]]]) -> list[Any]:
    """Return the conditions whose value is given, from pairs of value and test."""
    return [test(value) for value, test in conditions if value is not None]


def page(
    session: Session,
    query: Select[*tuple[Any, ...]],
    key: Mapping[str, SortKey],
    cursor: str | None,
    limit: int,
) -> Slice:
    """Return the rows of `query` after `cursor`, the largest key first.

    Parameters
    ----------
    key
        The columns to sort by, none of them NULL; together they name one row.

    Raises
    ------
    InputError
        The cursor is not one that we gave for such a list.
    """
    columns = list(key.values())
    if cursor is not None:
        query = query.where(tuple_(*columns) < tuple_(*_decoded(cursor, columns)))
    query = query.order_by(*(column.desc() for column in columns)).limit(limit + 1)
    rows = session.execute(query.add_columns(*(c.label(f"key_{n}") for n, c in key.items()))).all()
    if len(rows) <= limit:
        return Slice(rows, None)
    last = rows[limit - 1]._mapping  # noqa: SLF001 - the documented way to read a row by name
    return Slice(rows[:limit], _encoded([last[f"key_{name}"] for name in key]))


def part(
    rows: Iterable[Item], place: Callable[[Item], Place], cursor: str | None, limit: int
) -> Part[Item]:
    """Return the rows after `cursor` of a list that is computed, the smallest place first.

    Parameters
    ----------
    place
        What to sort by, texts and times with their zone; it names one row.

    Raises
    ------
    InputError
        The cursor is not one that we gave for such a list.
    """
    ordered = sorted(((place(row), row) for row in rows), key=itemgetter(0))
    if cursor is not None:
        kinds = (datetime, str, str)
        after = cast("Place", tuple(_read(cursor, kinds)))
        ordered = [each for each in ordered if each[0] > after]
    if len(ordered) <= limit:
        return Part([row for _, row in ordered], None)
    return Part([row for _, row in ordered[:limit]], _encoded(ordered[limit - 1][0]))


def _encoded(values: Sequence[object]) -> str:
    plain = [value.isoformat() if isinstance(value, datetime) else value for value in values]
    text = json.dumps(plain, ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decoded(cursor: str, columns: Sequence[SortKey]) -> list[object]:
    return _read(cursor, [column.type.python_type for column in columns])


def _read(cursor: str, kinds: Sequence[type]) -> list[object]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        values = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
        return [_typed(value, kind) for value, kind in zip(values, kinds, strict=True)]
    except (ValueError, TypeError, RecursionError) as error:
        raise InputError(
            "The cursor is not valid; take it unchanged from next_cursor, with the same filters.",
            "游标无效；请原样使用 next_cursor，并保持相同的筛选条件。",
        ) from error


def _typed(value: object, kind: type) -> object:
    if kind is datetime and isinstance(value, str):
        moment = datetime.fromisoformat(value)
        if moment.tzinfo is None:
            raise ValueError("a cursor's time carries its zone")
        return moment
    if type(value) is not kind or "\x00" in str(value):
        raise TypeError(kind)
    return value
