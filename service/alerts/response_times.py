"""How fast people were, from the audit trail alone."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from service.alerts.state import Event
from service.trail import ESCALATE, RESPOND


class Line(Protocol):
    """One line of the audit trail."""

    @property
    def at(self) -> datetime:
        """When."""
        ...

    @property
    def event(self) -> str:
        """What."""
        ...


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """Seconds since the alert was raised; None where it did not happen.

    Attributes
    ----------
    acknowledged, responded, commented
        To the first acknowledgement, the first public response and the first comment.
    resolved
        To the last time that it was over: where it came back, all of it counts.
    returns
        How often it came back or was opened again.
    escalations
        How often somebody was told because a clock ran out.
    """

    acknowledged: float | None
    responded: float | None
    commented: float | None
    resolved: float | None
    returns: int
    escalations: int


def response_times(trail: Sequence[Line]) -> ResponseTimes:
    """Return the response times in an audit trail, the oldest line first, none of them missing.

    Raises
    ------
    ValueError
        The trail is empty: even the raising of an alert is a line.
    """
    if not trail:
        raise ValueError("an audit trail begins with the raising of its alert")
    over = {Event.RESOLVE, Event.WITHDRAW}
    return ResponseTimes(
        acknowledged=_first(trail, Event.ACKNOWLEDGE),
        responded=_first(trail, RESPOND),
        commented=_first(trail, Event.COMMENT),
        resolved=next(reversed(_seconds(trail, over)), None),
        returns=len(_seconds(trail, {Event.RETURN, Event.REOPEN})),
        escalations=len(_seconds(trail, {ESCALATE})),
    )


def _first(trail: Sequence[Line], event: str) -> float | None:
    return next(iter(_seconds(trail, {event})), None)


def _seconds(trail: Sequence[Line], events: Collection[str]) -> list[float]:
    """Return when these events came; at once, where the clock was set back meanwhile."""
    began = trail[0].at
    return [max((line.at - began).total_seconds(), 0.0) for line in trail if line.event in events]
