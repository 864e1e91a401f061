"""The kinds of field that requests share: names that can be stored, and times with a zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

from service.files.contract.fault import Fault
from service.files.contract.moments import read_moment

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(days=1)
LONGEST_NAME = 200
LARGEST_COUNT = 10**10
LARGEST_FEN = 10**12


@dataclass(frozen=True, slots=True)
class Clock:
    """What reading a time needs: the time now, and the zone of times that come without one."""

    now: datetime
    zone: tzinfo


def _storable(text: str | None) -> str | None:
    """PostgreSQL keeps no NUL, and UTF-8 no half of a surrogate pair."""
    if text is None:
        return None
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise PydanticCustomError("unstorable", "cannot be stored")
    return text


def not_blank(text: str) -> str:
    """Return a text that says something; raise where it is blank."""
    if not text.strip():
        raise PydanticCustomError("blank", "blank")
    return text


def zero_if_missing(value: object) -> object:
    """Return a count that nobody gave as 0."""
    return 0 if value is None else value


def _trimmed(value: object) -> object:
    return value.strip() if isinstance(value, str) else value


def _trimmed_or_none(value: object) -> object:
    return _trimmed(value) or None if isinstance(value, str) else value


def _read_time(value: object, info: ValidationInfo) -> object:
    if not isinstance(info.context, Clock):
        raise TypeError("a time is checked with context=Clock(…)")
    moment = read_moment(value, info.context.zone)
    if isinstance(moment, Fault):
        told = {"en": f"{moment.reason.en}: {moment.remedy.en}"}
        told["zh"] = f"{moment.reason.zh}：{moment.remedy.zh}"
        raise PydanticCustomError("time_unreadable", "not a time", dict(told))
    return _in_range(moment.astimezone(UTC), info.context.now)


def _in_range(moment: datetime, now: datetime) -> datetime:
    latest = now + CLOCKS_DIFFER
    if EARLIEST <= moment <= latest:
        return moment
    bounds: Mapping[str, str] = {
        "earliest": EARLIEST.date().isoformat(),
        "latest": latest.isoformat(timespec="minutes"),
    }
    raise PydanticCustomError("time_out_of_range", "out of range", dict(bounds))


STORABLE = AfterValidator(_storable)
Name = Annotated[
    str,
    Field(min_length=1, max_length=LONGEST_NAME),
    STORABLE,
    BeforeValidator(_trimmed),
]
OptionalName = Annotated[
    Annotated[str, Field(max_length=LONGEST_NAME), STORABLE] | None,
    BeforeValidator(_trimmed_or_none),
]
Text = Annotated[
    str,
    Field(min_length=1, max_length=20_000),
    STORABLE,
    AfterValidator(not_blank),
]
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
Fen = Annotated[int, Field(ge=0, le=LARGEST_FEN, description="In fen 单位：分")]
Id = Annotated[str, Path(max_length=200, examples=["3f0c9a1e5b7d4c2f8a6e1d0b9c8f7a65"]), STORABLE]
PastTime = Annotated[
    AwareDatetime,
    BeforeValidator(_read_time),
    Field(
        description="ISO 8601, best with its zone; without one it is that of the service. "
        "ISO 8601 时间，最好带时区；不带时按服务的时区。"
    ),
]
