"""The clocks of an alert: when each is due, and how it stands now.

They are computed from the audit trail and the policy in force and stored nowhere: another policy
moves them at once. A run keeps every promise that was made in it: the one of the level at its
start, and that of each graver level from the moment it came. The earliest counts, so a level
that rises tightens a running clock, and one that falls gives no time back.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from service.response.calendars import Calendar
from service.response.policy import CLOCKS, ClockName, ClockRule, Policy
from service.response.trail import Lap, Line, lap_of, levels_of, pauses_of
from service.response.working_time import NOTHING, Pause, due, elapsed

ClockState = Literal["running", "paused", "met", "late"]


@dataclass(frozen=True, slots=True)
class Clock:
    """One clock.

    Attributes
    ----------
    run
        Number of the audit line that started it: it names this run for ever.
    level
        The gravest of the run, whose chain of escalation holds.
    due, warn_at
        None while a pause lies before them.
    stopped, stopped_by
        When, and the event that stopped it.
    state
        running; paused; met: stopped in time; late: over, whether stopped or not.
    remaining
        Working time left; below zero: so much too late.
    """

    name: ClockName
    run: int
    level: int
    started: datetime
    due: datetime | None
    warn_at: datetime | None
    stopped: datetime | None
    stopped_by: str | None
    state: ClockState
    remaining: timedelta


@dataclass(frozen=True, slots=True)
class _Promise:
    """What one level promised: so much working time from this moment on."""

    since: datetime
    rule: ClockRule
    calendar: Calendar

    def due(self, pauses: Sequence[Pause], earlier: timedelta = NOTHING) -> datetime | None:
        return due(self.calendar, self.since, self.rule.within - earlier, pauses)

    def warn_at(self, pauses: Sequence[Pause]) -> datetime | None:
        return self.due(pauses, self.rule.warn_before)

    def left(self, until: datetime, pauses: Sequence[Pause]) -> timedelta:
        return self.rule.within - elapsed(self.calendar, self.since, until, pauses)


def clocks_of(trail: Sequence[Line], level: int, policy: Policy, now: datetime) -> list[Clock]:
    """Return the clocks of an alert in their order: acknowledge, respond, resolve.

    Parameters
    ----------
    trail
        All lines, the oldest first.
    level
        The alert's present level, for trails that do not say it.
    """
    pauses = pauses_of(trail, policy.pauses)
    laps = ((name, lap_of(trail, name)) for name in CLOCKS)
    return [
        _clock(name, lap, levels_of(trail, lap, level), (policy, pauses, now))
        for name, lap in laps
        if lap is not None
    ]


def _clock(
    name: ClockName,
    lap: Lap,
    levels: Sequence[tuple[datetime, int]],
    frame: tuple[Policy, Sequence[Pause], datetime],
) -> Clock:
    policy, pauses, now = frame
    stopped = lap.stopped
    end = now if stopped is None else stopped.at
    pauses = [pause for pause in pauses if pause.start < end]
    promises = [_promise(policy, name, since, level) for since, level in levels]
    remaining = min(promise.left(end, pauses) for promise in promises)
    return Clock(
        name=name,
        run=lap.started.number,
        level=levels[-1][1],
        started=lap.started.at,
        due=_earliest(promise.due(pauses) for promise in promises),
        warn_at=_earliest(promise.warn_at(pauses) for promise in promises),
        stopped=None if stopped is None else end,
        stopped_by=None if stopped is None else stopped.event,
        state=_state(remaining, stopped=stopped is not None, paused=_open(pauses)),
        remaining=remaining,
    )


def _promise(policy: Policy, name: ClockName, since: datetime, level: int) -> _Promise:
    rule = policy.clock(level, name)
    return _Promise(since, rule, policy.calendar(rule.calendar))


def _earliest(moments: Iterable[datetime | None]) -> datetime | None:
    return min((moment for moment in moments if moment is not None), default=None)


def _open(pauses: Sequence[Pause]) -> bool:
    return any(pause.end is None for pause in pauses)


def _state(remaining: timedelta, *, stopped: bool, paused: bool) -> ClockState:
    """A clock that is stopped at its very end was in time; one that runs on is late by then."""
    if stopped:
        return "met" if remaining >= NOTHING else "late"
    if remaining <= NOTHING:
        return "late"
    return "paused" if paused else "running"
