"""Bodies that hold one row or many: read whole, checked row by row."""

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from fastapi import Depends, Request
from pydantic import BaseModel, Field, ValidationError

from nlp.message import Language
from service.api.fields import Clock
from service.errors import InputError, MalformedError
from service.validation import Fault, InvalidRowError, faults_of

LARGEST_BULK = 1000
Status = Literal["accepted", "duplicate", "updated", "invalid"]
RowModel = TypeVar("RowModel", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Body:
    """A JSON body: its value, a hash that is equal for equal bytes, and how many bytes it has."""

    value: Any
    digest: str
    size: int


async def json_body(request: Request) -> Body:
    """Return the body of a request as JSON.

    Raises
    ------
    MalformedError
        The bytes are not UTF-8, not JSON, or nested beyond reason.
    """
    raw = await request.body()
    try:
        value = json.loads(raw.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise MalformedError(
            "The body must be JSON in UTF-8: one object, or a list of objects.",
            "请求体必须是 UTF-8 编码的 JSON：一个对象，或对象的列表。",
        ) from error
    return Body(value, hashlib.sha256(raw).hexdigest(), len(raw))


JsonBody = Annotated[Body, Depends(json_body)]


@dataclass(frozen=True, slots=True)
class GoodRow(Generic[RowModel]):
    """A row that passed: where it stood, what it is, and the fields that we do not know."""

    index: int
    row: RowModel
    ignored: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that did not pass: where it stood, its id if it has one, and what is wrong."""

    index: int
    id: str | None
    faults: tuple[Fault, ...]


class FieldFault(BaseModel):
    """One thing wrong with one row."""

    field: str = Field(examples=["created_at"])
    detail: str = Field(examples=["created_at is missing"])


class RowResult(BaseModel):
    """What became of one row of the body."""

    index: int = Field(description="Place in the body, from 0 在请求体中的位置，从 0 起")
    id: str | None = Field(description="Its id, where it has one 该行的 id")
    status: Status = Field(description="What became of it 处理结果")
    errors: list[FieldFault] = Field(default=[], description="Why it is invalid 无效的原因")
    ignored: list[str] = Field(
        default=[],
        description="Fields of it that are not known, and were left out 未知而略去的字段",
    )


class BulkResult(BaseModel):
    """What became of a body, row by row and counted."""

    accepted: int = Field(description="Rows stored 已保存的行数")
    duplicates: int = Field(description="Rows that were there already 早已存在的行数")
    updated: int = Field(description="Rows that replaced an older version 更新的行数")
    invalid: int = Field(description="Rows refused 被拒的行数")
    results: list[RowResult]


def checked(
    body: Body, model: type[RowModel], id_field: str, clock: Clock
) -> tuple[list[GoodRow[RowModel]], list[BadRow]]:
    """Return the rows of a body that pass `model`, and those that do not with the reasons.

    Raises
    ------
    InputError
        The body is neither an object nor a list, or an empty or too long list.
    InvalidRowError
        The body is one object, and it does not pass: there is no other row to go on with.
    """
    good: list[GoodRow[RowModel]] = []
    bad: list[BadRow] = []
    for index, raw in enumerate(_rows_of(body)):
        try:
            row = model.model_validate(raw, context=clock)
        except ValidationError as error:
            faults = faults_of(error.errors(include_input=False, include_url=False))
            bad.append(BadRow(index, _id_of(raw, id_field), faults))
        else:
            good.append(GoodRow(index, row, tuple(sorted(set(raw) - set(model.model_fields)))))
    if bad and isinstance(body.value, dict):
        raise InvalidRowError(bad[0].faults)
    return good, bad


def _rows_of(body: Body) -> list[Any]:
    rows = [body.value] if isinstance(body.value, dict) else body.value
    if not isinstance(rows, list) or not 1 <= len(rows) <= LARGEST_BULK:
        raise InputError(
            f"The body must be one object, or a list of 1 to {LARGEST_BULK} objects.",
            f"请求体必须是一个对象，或 1 到 {LARGEST_BULK} 个对象的列表。",
        )
    return rows


def _id_of(raw: object, field: str) -> str | None:
    found = raw.get(field) if isinstance(raw, dict) else None
    return found if isinstance(found, str) and found.isprintable() and len(found) <= 200 else None


def bulk_result(
    good: Sequence[GoodRow[RowModel]],
    bad: Sequence[BadRow],
    outcome: Callable[[GoodRow[RowModel]], tuple[str | None, Status]],
    language: Language,
) -> BulkResult:
    """Return the answer for a body; `outcome` tells the id and the status of a good row."""
    results = [_bad_result(row, language) for row in bad]
    for row in good:
        known_as, status = outcome(row)
        results.append(
            RowResult(index=row.index, id=known_as, status=status, ignored=list(row.ignored))
        )
    statuses = [result.status for result in results]
    return BulkResult(
        accepted=statuses.count("accepted"),
        duplicates=statuses.count("duplicate"),
        updated=statuses.count("updated"),
        invalid=statuses.count("invalid"),
        results=sorted(results, key=lambda result: result.index),
    )


def _bad_result(row: BadRow, language: Language) -> RowResult:
    errors = [FieldFault(field=f.field, detail=f.message.text(language)) for f in row.faults]
    return RowResult(index=row.index, id=row.id, status="invalid", errors=errors)
