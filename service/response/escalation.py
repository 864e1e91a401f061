"""Who is to hear of a clock that runs out: what is due now, and when the next of it will be.

    warn       the owner, before the end
    escalate   each link of the chain, so long after the end
    remind     the last link again and again, as often as the policy says

Each is told once for every run of a clock: a role that was told is not told again because the
level, or the policy, changed. What was missed while no worker ran is made up for without a burst:
no warning of what is over, and of several reminders only the last.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from service.response.clocks import Clock
from service.response.policy import ClockRule, Policy
from service.response.trail import REMIND, WARN
from service.response.working_time import NOTHING, Pause, due
from service.trail import ESCALATE

Done = Collection[str]


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to be told about one clock.

    Attributes
    ----------
    event
        warn, escalate or remind.
    step
        Names it among those of the same run: `warn`, `escalate pr-head`, `remind 2`.
    to
        The role; None: the owner.
    """

    clock: Clock
    event: str
    step: str
    to: str | None
    at: datetime


def notices_of(clock: Clock, policy: Policy, pauses: Sequence[Pause]) -> Iterator[Notice]:
    """Yield everything that a running clock will have told, with the times; the earliest first.

    Nothing of a clock that is stopped, or that a pause keeps from coming so far.
    """
    if clock.stopped is not None:
        return
    rule = policy.clock(clock.level, clock.name)
    if clock.warn_at is not None and rule.warn_before > NOTHING:
        yield Notice(clock, WARN, WARN, None, clock.warn_at)
    if clock.due is not None:
        yield from _chain(clock, rule, policy, pauses)


def ripe(notices: Sequence[Notice], done: Done, now: datetime) -> list[Notice]:
    """Return what is due by now and was neither told nor passed over, by the steps done."""
    return [notice for notice in notices if notice.at <= now and notice.step not in done]


def worth_telling(ripe: Sequence[Notice]) -> list[Notice]:
    """Return which of several that are due together are told.

    No warning of what is over, no reminder of what is told now, of several reminders the last.
    """
    over = any(notice.event != WARN for notice in ripe)
    chain = [notice for notice in ripe if notice.event == ESCALATE]
    reminders = [notice for notice in ripe if notice.event == REMIND and not chain]
    warnings = [notice for notice in ripe if notice.event == WARN and not over]
    return [*warnings, *chain, *reminders[-1:]]


def next_notice(notices: Sequence[Notice], now: datetime) -> Notice | None:
    """Return the next of these that lies ahead; None where all are past."""
    coming = [notice for notice in notices if notice.at > now]
    return min(coming, key=lambda notice: notice.at, default=None)


def _chain(
    clock: Clock, rule: ClockRule, policy: Policy, pauses: Sequence[Pause]
) -> Iterator[Notice]:
    calendar = policy.calendar(rule.calendar)
    end, last = clock.due, None
    if end is None:
        return
    for link in rule.escalate:
        last = due(calendar, end, link.after, pauses)
        if last is None:
            return
        yield Notice(clock, ESCALATE, f"{ESCALATE} {link.to}", link.to, last)
    if rule.remind is None or last is None:
        return
    for number in range(1, rule.remind.most + 1):
        at = due(calendar, last, number * rule.remind.every, pauses)
        if at is None:
            return
        yield Notice(clock, REMIND, f"{REMIND} {number}", rule.escalate[-1].to, at)
