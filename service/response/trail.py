"""What the audit trail of an alert tells about its clocks.

Only states and three events are looked at: how an alert moves from state to state is another
matter. A line whose level is not known (it was written before levels were) has none.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from service.database.tables import Alert
from service.response.policy import ClockName
from service.response.working_time import Pause
from service.trail import RESPOND, Entry

RESOLVED, ACKNOWLEDGED = "resolved", "acknowledged"
UNATTENDED = frozenset({"firing", "regressed"})
ASSIGN, WARN, REMIND = "assign", "warn", "remind"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the audit trail; its number orders and names it."""

    number: int
    at: datetime
    who: str
    event: str
    from_state: str | None
    to_state: str
    level: int | None = None
    note: str | None = None


Record = Callable[[Session, Alert, Entry], None]
"""Writes an entry into the audit trail, in the session's transaction."""


@dataclass(frozen=True, slots=True)
class Lap:
    """One run of a clock: the line that started it, and the one that stopped it."""

    started: Line
    stopped: Line | None


def lap_of(trail: Sequence[Line], clock: ClockName) -> Lap | None:
    """Return the last run of a clock; None where nothing started it.

    An alert that is raised, or comes back after it was resolved, starts all three anew. The clock
    of the acknowledgement runs again where an alert that had been acknowledged fires again.
    """
    lap: Lap | None = None
    for line in trail:
        if _begins(line) or (clock == "acknowledge" and lap and _lapses(lap, line)):
            lap = Lap(line, None)
        elif lap is not None and lap.stopped is None and _ends(clock, line):
            lap = Lap(lap.started, line)
    return lap


def levels_of(trail: Sequence[Line], lap: Lap, level: int) -> list[tuple[datetime, int]]:
    """Return the level at the start of a run, and each graver one with the time it came.

    Parameters
    ----------
    level
        What to take where the trail does not say: the alert's present one.
    """
    first = _known(trail, lap.started.number) or level
    found = [(lap.started.at, first)]
    for line in trail:
        if line.level is not None and line.level < found[-1][1] and _within(lap, line):
            found.append((max(line.at, lap.started.at), line.level))
    return found


def pauses_of(trail: Sequence[Line], states: Sequence[str]) -> list[Pause]:
    """Return the times in which the alert was in one of these states; the last may be open."""
    pauses: list[Pause] = []
    since: datetime | None = None
    for line in trail:
        if since is None and line.to_state in states:
            since = line.at
        elif since is not None and line.to_state not in states:
            pauses.append(Pause(since, line.at))
            since = None
    return pauses if since is None else [*pauses, Pause(since, None)]


def _within(lap: Lap, line: Line) -> bool:
    last = line.number if lap.stopped is None else lap.stopped.number
    return lap.started.number < line.number <= last


def _begins(line: Line) -> bool:
    return line.from_state is None or (line.from_state == RESOLVED != line.to_state)


def _lapses(lap: Lap, line: Line) -> bool:
    moved = line.from_state != line.to_state
    return lap.stopped is not None and moved and line.to_state in UNATTENDED


def _ends(clock: ClockName, line: Line) -> bool:
    if line.to_state == RESOLVED:
        return True
    if clock == "acknowledge":
        return line.to_state == ACKNOWLEDGED
    return clock == "respond" and line.event == RESPOND


def _known(trail: Sequence[Line], number: int) -> int | None:
    """Return the last level that the trail knows up to a line."""
    levels = [line.level for line in trail if line.number <= number and line.level is not None]
    return levels[-1] if levels else None
