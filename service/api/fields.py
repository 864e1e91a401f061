"""The kinds of field that requests share: names that can be stored, and times with a zone."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BeforeValidator, Field, ValidationInfo
from pydantic_core import PydanticCustomError

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
CLOCKS_DIFFER = timedelta(days=1)
LONGEST_NAME = 200
LARGEST_COUNT = 10**12


@dataclass(frozen=True, slots=True)
class Clock:
    """What reading a time needs: the time now, and the zone of times that come without one."""

    now: datetime
    zone: tzinfo


def moment_of(text: str, zone: tzinfo) -> datetime:
    """Return a time in ISO 8601 as UTC; without a zone it is taken as in `zone`.

    Raises
    ------
    ValueError
        The text is no time, or one that UTC cannot write.
    """
    moment = datetime.fromisoformat(text.strip())
    try:
        return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(text) from error


def _storable(text: str | None) -> str | None:
    """PostgreSQL keeps no NUL, and UTF-8 no half of a surrogate pair."""
    if text is None:
        return None
    if "\x00" in text or any("\ud800" <= letter <= "\udfff" for letter in text):
        raise PydanticCustomError("unstorable", "cannot be stored")
    return text


def _not_blank(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("blank", "blank")
    return text


def _none_if_blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


def _read_time(value: object, info: ValidationInfo) -> object:
    """Only ISO 8601 is read: of bare numbers nobody can tell seconds from 20260301."""
    clock = info.context
    if isinstance(value, str) and isinstance(clock, Clock):
        return _in_range(_read(value, clock.zone), clock.now)
    raise PydanticCustomError("time_unreadable", "not a time")


def _read(text: str, zone: tzinfo) -> datetime:
    try:
        return moment_of(text, zone)
    except ValueError as error:
        raise PydanticCustomError("time_unreadable", "not a time") from error


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
    AfterValidator(_not_blank),
]
OptionalName = Annotated[
    Annotated[str, Field(max_length=LONGEST_NAME), STORABLE] | None,
    BeforeValidator(_none_if_blank),
]
Text = Annotated[
    str,
    Field(min_length=1, max_length=20_000),
    STORABLE,
    AfterValidator(_not_blank),
]
Count = Annotated[int, Field(ge=0, le=LARGEST_COUNT)]
PastTime = Annotated[
    AwareDatetime,
    BeforeValidator(_read_time),
    Field(
        description="ISO 8601; without a zone it is the zone of the service. "
        "ISO 8601 时间；不带时区时按服务的时区。"
    ),
]
