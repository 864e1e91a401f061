"""What was kept quiet is told when the quiet ends: once, and only if it fires then.

Real workers, real receivers; the clock of the desk can skip.
"""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from service.alerts.service import expire, move
from service.alerts.state import Event
from service.alerts.store import changes
from service.api.versions import version_of
from service.database.tables import Alert, Silence
from service.delivery.worker import DeliveryWorker
from service.quieting import may_tell, speak
from service.silences import Matchers
from service.silences.service import Wanted, end, make
from service.trail import SPEAK, Entry
from tests.service.api.conftest import wait_until
from tests.service.api.desk import QUICK, Desk
from tests.service.api.receivers import Receiver, receiving

HOUR = timedelta(hours=1)


def working(desk: Desk) -> AbstractContextManager[DeliveryWorker]:
    """Return a worker that asks what is quiet, and forgets what is old at once."""
    plan = replace(QUICK, forget_every=0.05)
    return desk.working(plan, may_notify=partial(may_tell, desk.now))


@contextmanager
def heard(desk: Desk, **route: object) -> Iterator[Receiver]:
    """Let a route hear of what may be told."""
    with receiving() as receiver, working(desk):
        desk.route(receiver.url, **route)
        yield receiver


def silence(desk: Desk, product: str = "养生壶", span: timedelta = HOUR) -> str:
    now = desk.now()
    wanted = Wanted(Matchers(product=product), now, now + span, "促销")
    with desk.database.transaction() as session:
        return make(session, wanted, "pr", now).id


def act(desk: Desk, alert_id: str, event: Event, until: timedelta | None = None) -> None:
    """Let a person move an alert."""
    now = desk.now()
    entry = Entry(event, "pr", now)
    with desk.database.transaction() as session:
        end_at = None if until is None else now + until
        move(session, alert_id, entry, version_of(None, None), end_at)


def sweep(desk: Desk) -> int:
    """End what is over and tell what was kept quiet, as the service does each minute."""
    with desk.database.transaction() as session:
        expire(session, desk.now())
        return speak(session, desk.now())


def grow(desk: Desk, alert_id: str, level: int) -> None:
    with desk.database.transaction() as session:
        session.get_one(Alert, alert_id).level = level
    desk.move(alert_id, Event.EVIDENCE)


def told(receiver: Receiver, desk: Desk) -> list[str]:
    """Return the events that were told once all is settled."""
    wait_until(desk.settled, 20.0)
    wait_until(lambda: len(receiver.calls) == len(desk.deliveries()), 20.0)
    return [call.json["data"]["event"] for call in receiver.calls]


def silenced(desk: Desk) -> None:
    silence(desk)


def inhibited(desk: Desk) -> None:
    desk.raise_alert(id="grave", level=1, incident=9, category="quality")


def by_itself(desk: Desk) -> None:
    desk.skip(hours=2)


def ended_by_a_person(desk: Desk) -> None:
    with desk.database.transaction() as session:
        (found,) = session.query(Silence)
        end(session, found.id, "pr", desk.now())


def graver_over(desk: Desk) -> None:
    act(desk, "grave", Event.RESOLVE)


def graver_suppressed(desk: Desk) -> None:
    act(desk, "grave", Event.SUPPRESS, HOUR)


@pytest.mark.parametrize(
    ("kept", "over"),
    [
        (silenced, by_itself),
        (silenced, ended_by_a_person),
        (inhibited, graver_over),
        (inhibited, graver_suppressed),
    ],
)
def test_an_alert_that_was_raised_in_quiet_is_told_when_it_ends(desk: Desk, kept, over) -> None:
    with heard(desk, products=["养生壶"]) as receiver:
        kept(desk)
        before = told(receiver, desk)
        alert = desk.raise_alert("养生壶", level=3, category="quality")
        assert told(receiver, desk) == before
        assert sweep(desk) == 0
        over(desk)
        grow(desk, alert, 3)
        with ThreadPoolExecutor(4) as pool:
            assert sum(pool.map(lambda _: sweep(desk), range(8))) == 1
        wait_until(lambda: any(c.json["data"]["alert_id"] == alert for c in receiver.calls), 20.0)
        told(receiver, desk)
        assert sweep(desk) == 0
        mine = [c.json["data"] for c in receiver.calls if c.json["data"]["alert_id"] == alert]
    late = [data for data in mine if data["note"]]
    assert [(data["event"], data["state"], data["who"]) for data in late] == [
        ("raised", "firing", "tingyin")
    ]
    assert late[0]["note"].startswith("told late")
    assert "静默" in late[0]["note"]


LATE = {
    "came back": (["resolve", "|", "return"], ["raised", "resolved", "regressed"]),
    "opened again": (["resolve", "|", "reopen"], ["raised", "resolved", "regressed"]),
    "lapsed": (["acknowledge", "|", "lapse"], ["raised", "acknowledged", "lapsed"]),
    "lifted": (["suppress", "|", "unsuppress"], ["raised", "unsuppressed"]),
    "graver": (["|", "evidence"], ["raised", "level_changed"]),
    "graver and taken up once": (
        ["|", "evidence", "acknowledge", "lapse"],
        ["raised", "lapsed"],
    ),
}


@pytest.mark.parametrize("name", LATE)
def test_it_is_told_as_what_nobody_heard(desk: Desk, name: str) -> None:
    events, expected = LATE[name]
    with heard(desk) as receiver:
        alert = desk.raise_alert()
        told(receiver, desk)
        for event in events:
            if event == "|":
                silence(desk)
            else:
                desk.move(alert, Event(event))
            told(receiver, desk)
        desk.skip(hours=2)
        assert sweep(desk) == 1
        assert told(receiver, desk) == expected
        assert sweep(desk) == 0


UNTOLD = {
    "still quiet": (["|", "raise"], timedelta(minutes=30)),
    "somebody is on it": (["|", "raise", "acknowledge"], 2 * HOUR),
    "it is over": (["|", "raise", "resolve"], 2 * HOUR),
    "it was a mistake": (["|", "raise", "withdraw"], 2 * HOUR),
    "people heard before": (["raise", "|"], 2 * HOUR),
    "it is suppressed": (["|", "raise", "suppress"], 2 * HOUR),
}


@pytest.mark.parametrize("name", UNTOLD)
def test_what_is_not_told_late(desk: Desk, name: str) -> None:
    events, later = UNTOLD[name]
    with heard(desk) as receiver:
        alert = ""
        for event in events:
            if event == "|":
                silence(desk)
            elif event == "raise":
                alert = desk.raise_alert()
            else:
                desk.move(alert, Event(event))
            before = told(receiver, desk)
        desk.skip(seconds=later.total_seconds())
        assert sweep(desk) == 0
        assert told(receiver, desk) == before == ["raised"] * (name == "people heard before")


def test_a_lapse_that_is_heard_makes_the_late_news_superfluous(desk: Desk) -> None:
    with heard(desk) as receiver:
        silence(desk)
        alert = desk.raise_alert()
        assert told(receiver, desk) == []
        act(desk, alert, Event.ACKNOWLEDGE, 3 * HOUR)
        assert told(receiver, desk) == []
        desk.skip(hours=4)
        assert sweep(desk) == 0
        assert told(receiver, desk) == ["lapsed"]
        assert sweep(desk) == 0


def test_of_two_silences_after_one_another_the_last_end_counts(desk: Desk) -> None:
    """The second begins before the worker has seen the late news of the first."""
    silence(desk)
    with receiving() as receiver:
        desk.route(receiver.url)
        with working(desk):
            desk.raise_alert()
            told(receiver, desk)
        desk.skip(hours=2)
        assert sweep(desk) == 1
        silence(desk)
        with working(desk):
            assert told(receiver, desk) == []
            assert sweep(desk) == 0
            desk.skip(hours=2)
            assert sweep(desk) == 1
            assert told(receiver, desk) == ["raised"]


def test_a_suppressed_alert_tells_nobody_but_who_asks_for_that(desk: Desk) -> None:
    with heard(desk, events=["suppressed", "level_changed", "unsuppressed"]) as receiver:
        alert = desk.raise_alert(level=3)
        act(desk, alert, Event.SUPPRESS, HOUR)
        assert told(receiver, desk) == ["suppressed"]
        grow(desk, alert, 1)
        assert told(receiver, desk) == ["suppressed"]
        desk.skip(hours=2)
        assert sweep(desk) == 0
        assert told(receiver, desk) == ["suppressed", "unsuppressed"]
        assert receiver.calls[-1].json["data"]["level"] == 1
        assert sweep(desk) == 0


def test_late_news_outlives_the_old(desk: Desk) -> None:
    """A silence may last a year; what is told after it is not forgotten after 90 days."""
    with heard(desk) as receiver:
        silence(desk, span=timedelta(days=200))
        desk.raise_alert()
        told(receiver, desk)
        desk.skip(days=201)
        other = desk.raise_alert("别的")
        wait_until(lambda: any(event.alert_id == other for event in desk.events()), 20.0)
        told(receiver, desk)
        assert sweep(desk) == 1
        assert told(receiver, desk) == ["raised", "raised"]


def test_the_trail_says_when_it_was_told(desk: Desk) -> None:
    with heard(desk) as receiver:
        silence(desk)
        alert = desk.raise_alert()
        told(receiver, desk)
        desk.skip(hours=2)
        sweep(desk)
        told(receiver, desk)
    with desk.database.transaction() as session:
        lines = changes(session, alert)
        assert [(line.event, line.to_state, line.version) for line in lines] == [
            ("raise", "firing", 1),
            (SPEAK, "firing", 1),
        ]
        assert lines[1].note.startswith("told late")
