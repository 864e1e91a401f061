"""The life of an alert: every state with every event, against a table written out by hand."""

from itertools import product

import pytest

from service.alerts.state import (
    PEOPLES,
    SAID,
    TRANSITIONS,
    Event,
    State,
    after,
)
from service.errors import ConflictError
from service.trail import EVENTS, STATES

TABLE = """
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
"""
PARTS = [[line.split() for line in part.splitlines()] for part in TABLE.strip().split("\n\n")]
EXPECTED = {
    (line[0], event): line[place]
    for head, *lines in PARTS
    for line in lines
    for place, event in enumerate(head, start=1)
}


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_state_and_event(state: State, event: Event) -> None:
    expected = EXPECTED[state, event]
    if expected == "-":
        with pytest.raises(ConflictError) as refused:
            after(state, event)
        assert STATES[state].zh in refused.value.text("zh")
        assert EVENTS[event].zh in refused.value.text("zh")
        assert state.value in refused.value.text("en")
    else:
        assert after(state, event) == State(expected)


def test_the_table_in_the_module_says_the_same() -> None:
    from service.alerts import state

    assert TABLE.strip() in (state.__doc__ or "")
    assert len(TRANSITIONS) == sum(value != "-" for value in EXPECTED.values())


def test_people_s_events_are_those_of_the_first_part() -> None:
    assert set(PARTS[0][0]) == set(PEOPLES)
    assert {event for _, event in EXPECTED} == set(Event)


def test_a_refusal_names_what_people_can_do() -> None:
    with pytest.raises(ConflictError) as refused:
        after(State.RESOLVED, Event.ACKNOWLEDGE)
    assert refused.value.text("en").endswith("possible: reopen, comment, review.")


@pytest.mark.parametrize("event", sorted(SAID))
def test_what_is_said_moves_nothing(event: Event) -> None:
    assert {to == state for (state, each), to in TRANSITIONS.items() if each == event} == {True}


def test_every_state_can_be_left_and_reached() -> None:
    left = {state for (state, _), to in TRANSITIONS.items() if to != state}
    reached = {to for (state, _), to in TRANSITIONS.items() if to != state}
    assert left == set(State)
    assert reached == set(State)
