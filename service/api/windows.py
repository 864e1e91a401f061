"""The time between `since` (included) and `until` (not included), as lists take it."""

from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Annotated

from fastapi import Depends, Query

from service.api.services import Running
from service.errors import InputError
from service.files.contract.fault import Fault
from service.files.contract.moments import read_moment

_Since = Annotated[
    str | None,
    Query(description="From this time on 起始时间（含）", examples=["2026-03-01T00:00:00+08:00"]),
]
_Until = Annotated[
    str | None,
    Query(description="Before this time 截止时间（不含）", examples=["2026-03-02T00:00:00+08:00"]),
]


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time; None leaves that side open."""

    since: datetime | None
    until: datetime | None


def window_of(running: Running, since: _Since = None, until: _Until = None) -> Window:
    """Return the window that a request asks for.

    Raises
    ------
    InputError
        One of the two is no time.
    """
    zone = running.settings.zone
    return Window(
        None if since is None else asked_time("since", since, zone),
        None if until is None else asked_time("until", until, zone),
    )


def asked_time(name: str, text: str, zone: tzinfo) -> datetime:
    """Return the time in a parameter; a `+` that arrived as a space is read as the `+`.

    Raises
    ------
    InputError
        The text is no time.
    """
    head, space, offset = text.rpartition(" ")
    plus = f"{head}+{offset}" if space and "T" in head else text
    moment = read_moment(plus, zone)
    if isinstance(moment, Fault):
        raise InputError(
            f"{name} is {moment.reason.en}: write it as 2026-03-01T09:30:00+08:00.",
            f"{name} {moment.reason.zh}，请写成 2026-03-01T09:30:00+08:00。",
        )
    return moment


Between = Annotated[Window, Depends(window_of)]
