"""Clocks that run out in quiet: nobody is told then, and everybody once when the quiet ends.

Real workers, a real receiver; the clock of the desk can skip.
"""

from dataclasses import replace
from datetime import timedelta

import pytest

from service.alerts.state import Event
from service.alerts.store import changes
from service.quieting import kept_quiet
from service.responding import Responder
from service.response.policy import Policy
from service.response.policy_file import load_policy
from tests.service.api.desk import ZONE, Desk
from tests.service.api.test_told_late import act, grow, heard, inhibited, silence, sweep, told

MINUTE = timedelta(minutes=1)
LEVEL_THREE = {"level": 3, "category": "quality"}


def responder(desk: Desk, policy: Policy | None = None) -> Responder:
    policy = policy or load_policy()
    return Responder(desk.database, policy, desk.metrics, desk.now, ZONE, kept_quiet)


def lines(desk: Desk, alert: str) -> list[str]:
    with desk.database.transaction() as session:
        return [line.event for line in changes(session, alert)]


def heard_of(receiver, alert: str) -> list[tuple[str, str | None]]:
    data = [call.json["data"] for call in receiver.calls]
    return [(each["event"], each["role"]) for each in data if each["alert_id"] == alert]


SILENT = [
    # minutes after the raising of a level III at which the silence ends -> who is told of what then
    pytest.param(5, [], id="nothing-was-due"),
    pytest.param(12, [("warned", "pr-lead")], id="the-end-is-near"),
    pytest.param(20, [("escalated", "pr-lead")], id="the-end-is-past"),
    pytest.param(60, [("escalated", "pr-lead"), ("escalated", "pr-head")], id="the-whole-chain"),
]


@pytest.mark.parametrize(("minutes", "late"), SILENT)
def test_what_a_silence_kept_back_is_told_at_its_end(desk: Desk, minutes: int, late) -> None:
    with heard(desk, events=["warned", "escalated", "reminded"]) as receiver:
        silence(desk, span=minutes * MINUTE)
        alert = desk.raise_alert(**LEVEL_THREE)
        clocks = responder(desk)
        for _ in range(minutes - 1):
            desk.skip(minutes=1)
            clocks.tell()
        assert (lines(desk, alert), told(receiver, desk)) == (["raise"], [])
        desk.skip(minutes=1)
        clocks.tell()
        clocks.tell()
        told(receiver, desk)
    assert heard_of(receiver, alert) == late


def test_of_reminders_in_quiet_the_last_is_told(desk: Desk) -> None:
    with heard(desk, events=["reminded"]) as receiver:
        alert = desk.raise_alert(**LEVEL_THREE)
        clocks = responder(desk)
        for minutes in (16, 30):
            desk.skip(minutes=minutes)
            clocks.tell()
        assert lines(desk, alert) == ["raise", "escalate", "escalate"]
        silence(desk, span=timedelta(hours=3, minutes=10))  # reminders: after 1:45, 2:45 and 3:45
        for _ in range(19):
            desk.skip(minutes=10)
            clocks.tell()
        told(receiver, desk)
        note = receiver.calls[0].json["data"]["note"]
    assert heard_of(receiver, alert) == [("reminded", "pr-head")]
    assert note.startswith("acknowledgement overdue since")
    assert "确认已超时" in note


def test_who_took_it_up_in_quiet_is_spared_the_rest(desk: Desk) -> None:
    with heard(desk, events=["escalated"]) as receiver:
        silence(desk)
        alert = desk.raise_alert(**LEVEL_THREE)
        clocks = responder(desk)
        desk.skip(minutes=20)
        clocks.tell()
        act(desk, alert, Event.ACKNOWLEDGE)
        desk.skip(minutes=50)
        clocks.tell()
        told(receiver, desk)
        assert heard_of(receiver, alert) == []
        desk.skip(hours=1)  # acknowledged or not, nobody has answered in public
        clocks.tell()
        told(receiver, desk)
    assert heard_of(receiver, alert) == [("escalated", "pr-lead")]


def test_the_news_comes_before_its_clocks(desk: Desk) -> None:
    with heard(desk) as receiver:
        silence(desk, span=10 * MINUTE)
        alert = desk.raise_alert(**LEVEL_THREE)
        clocks = responder(desk)
        assert told(receiver, desk) == []
        desk.skip(minutes=20)
        clocks.tell()
        assert told(receiver, desk) == []
        assert sweep(desk) == 1
        assert told(receiver, desk) == ["raised"]
        clocks.tell()
        told(receiver, desk)
    assert heard_of(receiver, alert) == [("raised", None), ("escalated", "pr-lead")]


def test_a_graver_alert_speaks_for_it_until_it_is_over(desk: Desk) -> None:
    with heard(desk, events=["escalated"]) as receiver:
        inhibited(desk)
        alert = desk.raise_alert(**LEVEL_THREE)
        clocks = responder(desk)
        desk.skip(minutes=20)
        clocks.tell()
        told(receiver, desk)
        assert heard_of(receiver, alert) == []
        act(desk, "grave", Event.RESOLVE)
        clocks.tell()
        told(receiver, desk)
    assert heard_of(receiver, alert) == [("escalated", "pr-lead")]


@pytest.mark.parametrize(
    ("pauses", "late"),
    [
        pytest.param(("suppressed",), [], id="clocks-stood-still"),
        pytest.param((), [("escalated", "pr-lead")], id="clocks-ran-on"),
    ],
)
def test_a_suppression_that_ends(desk: Desk, pauses, late) -> None:
    policy = load_policy().model_copy(update={"pauses": pauses})
    with heard(desk, events=["escalated"]) as receiver:
        alert = desk.raise_alert(**LEVEL_THREE)
        clocks = responder(desk, policy)
        act(desk, alert, Event.SUPPRESS, timedelta(hours=3))
        desk.skip(minutes=20)
        clocks.tell()
        told(receiver, desk)
        assert heard_of(receiver, alert) == []
        act(desk, alert, Event.UNSUPPRESS)
        clocks.tell()
        told(receiver, desk)
    assert heard_of(receiver, alert) == late


def test_a_round_remembers_and_sees_what_changed(desk: Desk) -> None:
    """A level that rises and falls between two rounds tightened the clock all the same."""
    with heard(desk, events=["escalated"]) as receiver:
        alert, other = desk.raise_alert(**LEVEL_THREE), desk.raise_alert("别的", **LEVEL_THREE)
        clocks = responder(desk)
        clocks.tell()
        remembered = dict(clocks.seen)
        clocks.tell()
        assert clocks.seen == remembered
        assert remembered.keys() == {alert, other}
        grow(desk, alert, 1)
        grow(desk, alert, 3)
        desk.skip(minutes=6)
        clocks.tell()
        assert told(receiver, desk) == ["escalated"]
        assert heard_of(receiver, alert) == [("escalated", "pr-head")]
        act(desk, other, Event.RESOLVE)
        clocks.tell()
    assert clocks.seen.keys() == {alert}


def test_what_cannot_be_told_is_tried_again(desk: Desk) -> None:
    desk.raise_alert(**LEVEL_THREE)
    desk.skip(minutes=16)
    clocks = responder(desk)
    failing = replace(clocks, policy=clocks.policy)
    with desk.database.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE alert_escalations RENAME TO away")
        connection.exec_driver_sql("CREATE VIEW alert_escalations AS SELECT * FROM away LIMIT 0")
    failing.tell()
    assert failing.seen == {}
    with desk.database.engine.begin() as connection:
        connection.exec_driver_sql("DROP VIEW alert_escalations")
        connection.exec_driver_sql("ALTER TABLE away RENAME TO alert_escalations")
    failing.tell()
    assert lines(desk, next(iter(failing.seen))).count("escalate") == 1
