"""The life of an alert: every state with every event, against a table written out by hand."""

from itertools import product

import pytest

from service.alerts.state import EVENT_NAMES, STATE_NAMES, TRANSITIONS, Event, State, after
from service.errors import ConflictError

TABLE = """
                acknowledge   resolve   suppress    expire  evidence      return     withdraw
firing          acknowledged  resolved  suppressed  -       firing        -          resolved
acknowledged    -             resolved  suppressed  -       acknowledged  -          -
suppressed      acknowledged  resolved  suppressed  firing  suppressed    -          -
resolved        -             -         -           -       resolved      regressed  -
regressed       acknowledged  resolved  suppressed  -       regressed     -          -
"""
LINES = [line.split() for line in TABLE.strip().splitlines()]
EXPECTED = {
    (line[0], event): line[place]
    for line in LINES[1:]
    for place, event in enumerate(LINES[0], start=1)
}


@pytest.mark.parametrize(("state", "event"), list(product(State, Event)))
def test_every_state_and_event(state: State, event: Event) -> None:
    expected = EXPECTED[state, event]
    if expected == "-":
        with pytest.raises(ConflictError) as refused:
            after(state, event)
        assert STATE_NAMES[state] in refused.value.text("zh")
        assert EVENT_NAMES[event] in refused.value.text("zh")
        assert state.value in refused.value.text("en")
    else:
        assert after(state, event) == State(expected)


def test_the_table_in_the_module_says_the_same() -> None:
    from service.alerts import state

    assert TABLE.strip() in (state.__doc__ or "")
    assert len(TRANSITIONS) == sum(value != "-" for value in EXPECTED.values())


def test_every_state_can_be_left_and_reached() -> None:
    left = {state for (state, _), to in TRANSITIONS.items() if to != state}
    reached = {to for (state, _), to in TRANSITIONS.items() if to != state}
    assert left == set(State)
    assert reached == set(State)
