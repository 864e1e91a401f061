"""Spans of time as people write them: 90s, 15m, 2h, 1h30m; and shifts of a day: 09:00-18:00."""

import re
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, PlainSerializer
from pydantic_core import PydanticCustomError

from nlp.message import Message

SHORTEST, LONGEST = timedelta(minutes=1), timedelta(hours=720)
DAY_MINUTES = 24 * 60

_SPAN = re.compile(r"(?:(\d{1,4})h)?(?:(\d{1,4})m)?(?:(\d{1,4})s)?", re.ASCII)
_SHIFT = re.compile(r"(\d{2}):(\d{2})-(\d{2}):(\d{2})", re.ASCII)

NOT_A_SPAN = Message(
    "is no span of time; write hours, minutes and seconds, as 2h, 15m or 1h30m, at most 720h",
    "不是时长；请写成小时、分、秒，如 2h、15m、1h30m，最长 720h",
)
NOT_A_SHIFT = Message(
    "is no shift; write 09:00-18:00, from 00:00 to 24:00, the end after the start (a night shift "
    "as 22:00-24:00 and, on the next day, 00:00-06:00)",
    "不是班次；请写成 09:00-18:00，范围 00:00 到 24:00，结束晚于开始"
    "（夜班写成 22:00-24:00 与次日 00:00-06:00）",
)


@dataclass(frozen=True, slots=True)
class Shift:
    """Part of a day, in minutes after midnight by the wall clock: 0 <= start < end <= 1440."""

    start: int
    end: int

    def __str__(self) -> str:
        return f"{_clock(self.start)}-{_clock(self.end)}"


def told(message: Message) -> PydanticCustomError:
    """Return the error of a check whose words stand in both languages."""
    return PydanticCustomError("told", "{en}", {"en": message.en, "zh": message.zh})


def read_span(value: object) -> timedelta:
    """Return the span that a text names; never negative.

    >>> read_span("1h30m")
    datetime.timedelta(seconds=5400)

    Raises
    ------
    PydanticCustomError
        It names none.
    """
    if isinstance(value, timedelta):
        return value
    found = _SPAN.fullmatch(value) if isinstance(value, str) else None
    if found is None or not any(found.groups()):
        raise told(NOT_A_SPAN)
    hours, minutes, seconds = (int(part or 0) for part in found.groups())
    span = timedelta(hours=hours, minutes=minutes, seconds=seconds)
    if span > LONGEST:
        raise told(NOT_A_SPAN)
    return span


def written_span(span: timedelta) -> str:
    """Return a span as it is written in the policy.

    >>> written_span(timedelta(days=1, minutes=90)), written_span(timedelta())
    ('25h30m', '0m')
    """
    minutes, seconds = divmod(round(span.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = ((hours, "h"), (minutes, "m"), (seconds, "s"))
    return "".join(f"{number}{unit}" for number, unit in parts if number) or "0m"


def read_shift(value: object) -> Shift:
    """Return the shift that a text names.

    >>> read_shift("13:30-24:00")
    Shift(start=810, end=1440)

    Raises
    ------
    PydanticCustomError
        It names none.
    """
    if isinstance(value, Shift):
        return value
    found = _SHIFT.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise told(NOT_A_SHIFT)
    hour, minute, last_hour, last_minute = map(int, found.groups())
    shift = Shift(60 * hour + minute, 60 * last_hour + last_minute)
    if max(minute, last_minute) > 59 or not shift.start < shift.end <= DAY_MINUTES:
        raise told(NOT_A_SHIFT)
    return shift


def ordered(shifts: tuple[Shift, ...]) -> tuple[Shift, ...]:
    """Return the shifts of a day, the earliest first.

    Raises
    ------
    PydanticCustomError
        Two of them overlap.
    """
    found = sorted(shifts, key=lambda shift: shift.start)
    for first, second in pairwise(found):
        if second.start < first.end:
            raise told(
                Message(
                    f"holds {first} and {second}, which overlap; write them as one shift",
                    f"中的 {first} 与 {second} 重叠；请合并为一个班次",
                )
            )
    return tuple(found)


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


Span = Annotated[
    timedelta, BeforeValidator(read_span), PlainSerializer(written_span, return_type=str)
]
"""Zero or longer."""


def _a_minute(span: timedelta) -> timedelta:
    if span < SHORTEST:
        raise told(Message("is too short; give 1m or more", "过短；请给 1m 或更长"))
    return span


LongSpan = Annotated[Span, AfterValidator(_a_minute)]
"""A minute or longer."""
WrittenShift = Annotated[Shift, BeforeValidator(read_shift), PlainSerializer(str, return_type=str)]
