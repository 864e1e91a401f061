"""The life of an alert, as one table: state and event in, next state out.

              acknowledge   resolve   suppress    unsuppress  reopen     comment       review
firing        acknowledged  resolved  suppressed  -           -          firing        -
acknowledged  -             resolved  suppressed  -           -          acknowledged  -
suppressed    acknowledged  resolved  suppressed  firing      -          suppressed    -
resolved      -             -         -           -           regressed  resolved      resolved
regressed     acknowledged  resolved  suppressed  -           -          regressed     -

              expire  lapse   evidence      return     withdraw
firing        -       -       firing        -          resolved
acknowledged  -       firing  acknowledged  -          -
suppressed    firing  -       suppressed    -          -
resolved      -       -       resolved      regressed  -
regressed     -       -       regressed     -          -

The events of the first part are people's, those of the second the service's own. It expires a
suppression and lapses an acknowledgement whose time is over, and brings evidence: `evidence` is
more of the same, `return` is evidence later than all that was known when the alert was resolved.
It withdraws an alert that nobody has touched where feedback that came late shows that nothing was
wrong. What a person opens again is `regressed` too, not `firing`: the service does not withdraw
it. Where the table has no entry the event is refused.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from service.errors import ConflictError
from service.trail import EVENTS, STATES


class State(StrEnum):
    """Where an alert stands."""

    FIRING = "firing"
    ACKNOWLEDGED = "acknowledged"
    SUPPRESSED = "suppressed"
    RESOLVED = "resolved"
    REGRESSED = "regressed"


class Event(StrEnum):
    """What happens to an alert."""

    ACKNOWLEDGE = "acknowledge"
    RESOLVE = "resolve"
    SUPPRESS = "suppress"
    EXPIRE = "expire"
    EVIDENCE = "evidence"
    RETURN = "return"
    WITHDRAW = "withdraw"
    UNSUPPRESS = "unsuppress"
    REOPEN = "reopen"
    COMMENT = "comment"
    REVIEW = "review"
    LAPSE = "lapse"


PEOPLES = (
    Event.ACKNOWLEDGE,
    Event.RESOLVE,
    Event.SUPPRESS,
    Event.UNSUPPRESS,
    Event.REOPEN,
    Event.COMMENT,
    Event.REVIEW,
)
"""What people do; the other events are the service's own."""
SAID = frozenset({Event.EVIDENCE, Event.COMMENT, Event.REVIEW})
"""What is added to an alert and does not move it: its version stays."""

_OPEN = (State.FIRING, State.SUPPRESSED, State.REGRESSED)

TRANSITIONS: Mapping[tuple[State, Event], State] = MappingProxyType(
    {
        **{(state, Event.ACKNOWLEDGE): State.ACKNOWLEDGED for state in _OPEN},
        **{(state, Event.RESOLVE): State.RESOLVED for state in (*_OPEN, State.ACKNOWLEDGED)},
        **{(state, Event.SUPPRESS): State.SUPPRESSED for state in (*_OPEN, State.ACKNOWLEDGED)},
        (State.SUPPRESSED, Event.EXPIRE): State.FIRING,
        **{(state, Event.EVIDENCE): state for state in State},
        (State.RESOLVED, Event.RETURN): State.REGRESSED,
        (State.FIRING, Event.WITHDRAW): State.RESOLVED,
        (State.SUPPRESSED, Event.UNSUPPRESS): State.FIRING,
        (State.RESOLVED, Event.REOPEN): State.REGRESSED,
        **{(state, Event.COMMENT): state for state in State},
        (State.RESOLVED, Event.REVIEW): State.RESOLVED,
        (State.ACKNOWLEDGED, Event.LAPSE): State.FIRING,
    }
)


def after(state: State, event: Event) -> State:
    """Return the state after an event.

    >>> after(State.FIRING, Event.ACKNOWLEDGE).value
    'acknowledged'

    Raises
    ------
    ConflictError
        The event does not happen to an alert in this state; the error names what people can do.
    """
    if (state, event) not in TRANSITIONS:
        possible = [e for e in PEOPLES if (state, e) in TRANSITIONS]
        raise ConflictError(
            f"An alert that is {state} cannot take the event {event}; "
            f"possible: {', '.join(possible)}.",
            f"处于“{STATES[state].zh}”的告警不能“{EVENTS[event].zh}”；"
            f"可以：{'、'.join(EVENTS[e].zh for e in possible)}。",
        )
    return TRANSITIONS[state, event]
