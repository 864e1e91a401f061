"""The clocks of an alert, from its trail and the policy; and who is told when they run out."""

from datetime import UTC, datetime, timedelta

import pytest

from nlp.message import Message
from service.response.clocks import Clock, clocks_of
from service.response.escalation import next_notice, notices_of, ripe, worth_telling
from service.response.handover import text_of
from service.response.policy import Policy
from service.response.policy_file import load_policy
from service.response.trail import Line, pauses_of
from service.trail import SERVICE, Entry

START = datetime(2026, 5, 11, 2, tzinfo=UTC)  # Monday, 10:00 in Shanghai
MINUTE = timedelta(minutes=1)
POLICY = load_policy()
MOVES = {
    "raise": (None, "firing"),
    "acknowledge": ("firing", "acknowledged"),
    "lapse": ("acknowledged", "firing"),
    "suppress": ("firing", "suppressed"),
    "expire": ("suppressed", "firing"),
    "resolve": ("acknowledged", "resolved"),
    "withdraw": ("firing", "resolved"),
    "return": ("resolved", "regressed"),
    "evidence": ("firing", "firing"),
    "respond": ("acknowledged", "acknowledged"),
    "take": ("regressed", "acknowledged"),
}


def trail(*events: tuple[float, str] | tuple[float, str, int], level: int | None = 2) -> list[Line]:
    """Return the lines of events: minutes after the start, name, and the level from then on."""
    lines = []
    for number, (minutes, event, *graver) in enumerate(events, start=1):
        level = graver[0] if graver else level
        lines.append(Line(number, START + minutes * MINUTE, "x", event, *MOVES[event], level=level))
    return lines


def shown(lines: list[Line], minutes: float, policy: Policy = POLICY) -> dict[str, Clock]:
    found = clocks_of(lines, 4, policy, START + minutes * MINUTE)
    return {clock.name: clock for clock in found}


STATES = {
    # events; minutes now -> acknowledge, respond, resolve: state and minutes left
    "just raised": ([(0, "raise")], 0, ("running", 10), ("running", 120), ("running", 1440)),
    "a while later": ([(0, "raise")], 7, ("running", 3), ("running", 113), ("running", 1433)),
    "at the very end": ([(0, "raise")], 10, ("late", 0), ("running", 110), ("running", 1430)),
    "too late": ([(0, "raise")], 130, ("late", -120), ("late", -10), ("running", 1310)),
    "acknowledged in time": (
        [(0, "raise"), (4, "acknowledge")],
        60,
        ("met", 6),
        ("running", 60),
        ("running", 1380),
    ),
    "acknowledged at the end": (
        [(0, "raise"), (10, "acknowledge")],
        60,
        ("met", 0),
        ("running", 60),
        ("running", 1380),
    ),
    "acknowledged too late": (
        [(0, "raise"), (15, "acknowledge")],
        60,
        ("late", -5),
        ("running", 60),
        ("running", 1380),
    ),
    "the first response counts": (
        [(0, "raise"), (4, "acknowledge"), (30, "respond"), (200, "respond")],
        300,
        ("met", 6),
        ("met", 90),
        ("running", 1140),
    ),
    "resolved": (
        [(0, "raise"), (4, "acknowledge"), (30, "resolve")],
        5000,
        ("met", 6),
        ("met", 90),
        ("met", 1410),
    ),
    "withdrawn": ([(0, "raise"), (3, "withdraw")], 999, ("met", 7), ("met", 117), ("met", 1437)),
    "come back": (
        [(0, "raise"), (4, "acknowledge"), (30, "resolve"), (100, "return")],
        103,
        ("running", 7),
        ("running", 117),
        ("running", 1437),
    ),
    "come back and taken": (
        [(0, "raise"), (4, "acknowledge"), (30, "resolve"), (100, "return"), (105, "take")],
        106,
        ("met", 5),
        ("running", 114),
        ("running", 1434),
    ),
    "an acknowledgement that lapsed": (
        [(0, "raise"), (4, "acknowledge"), (60, "lapse")],
        65,
        ("running", 5),
        ("running", 55),
        ("running", 1375),
    ),
    "suppressed": (
        [(0, "raise"), (4, "suppress")],
        300,
        ("paused", 6),
        ("paused", 116),
        ("paused", 1436),
    ),
    "suppressed too late": (
        [(0, "raise"), (14, "suppress")],
        300,
        ("late", -4),
        ("paused", 106),
        ("paused", 1426),
    ),
    "no longer suppressed": (
        [(0, "raise"), (4, "suppress"), (300, "expire")],
        302,
        ("running", 4),
        ("running", 114),
        ("running", 1434),
    ),
    "more of the same": (
        [(0, "raise"), (5, "evidence")],
        6,
        ("running", 4),
        ("running", 114),
        ("running", 1434),
    ),
    "a machine whose clock went back": (
        [(0, "raise")],
        -30,
        ("running", 10),
        ("running", 120),
        ("running", 1440),
    ),
}


@pytest.mark.parametrize(
    ("events", "now", "ack", "respond", "resolve"), STATES.values(), ids=STATES
)
def test_how_the_clocks_stand(events, now, ack, respond, resolve) -> None:
    found = shown(trail(*events), now)
    told = tuple((clock.state, clock.remaining / MINUTE) for clock in found.values())
    assert list(found) == ["acknowledge", "respond", "resolve"]
    assert told == (ack, respond, resolve)


LEVELS = {
    # events -> level that holds, minutes from the start to the end of the acknowledgement
    "stays": ([(0, "raise", 3)], 3, 15),
    "rises": ([(0, "raise", 3), (4, "evidence", 1)], 1, 9),
    "rises when little is left": ([(0, "raise", 3), (13, "evidence", 1)], 1, 15),
    "falls": ([(0, "raise", 1), (4, "evidence", 4)], 1, 5),
    "falls and rises": ([(0, "raise", 2), (1, "evidence", 4), (2, "evidence", 1)], 1, 7),
    "rises twice": ([(0, "raise", 4), (2, "evidence", 2), (4, "evidence", 1)], 1, 9),
    "of a trail without levels": ([(0, "raise", None)], 4, 60),
    "anew at the level of its return": (
        [(0, "raise", 1), (1, "acknowledge"), (2, "resolve"), (60, "return", 3)],
        3,
        75,
    ),
}


@pytest.mark.parametrize(("events", "level", "minutes"), LEVELS.values(), ids=LEVELS)
def test_a_level_that_rises_tightens_the_running_clock(events, level, minutes) -> None:
    clock = shown(trail(*events), events[-1][0])["acknowledge"]
    assert (clock.level, clock.due) == (level, START + minutes * MINUTE)


def test_a_rise_after_the_clock_stopped_moves_nothing() -> None:
    lines = trail((0, "raise", 3), (12, "acknowledge"), (13, "evidence", 1))
    clock = shown(lines, 20)["acknowledge"]
    assert (clock.level, clock.state, clock.due) == (3, "met", START + 15 * MINUTE)


def test_another_policy_moves_the_clocks_of_alerts_that_are_open() -> None:
    rule = POLICY.clocks.respond.model_copy(update={"within": 30 * MINUTE})
    clocks = POLICY.clocks.model_copy(update={"respond": rule})
    shorter = POLICY.model_copy(update={"clocks": clocks})
    lines = trail((0, "raise"))
    assert shown(lines, 60)["respond"].state == "running"
    assert shown(lines, 60, shorter)["respond"].state == "late"
    running = POLICY.model_copy(update={"pauses": ()})
    suppressed = trail((0, "raise"), (4, "suppress"))
    assert shown(suppressed, 60)["acknowledge"].state == "paused"
    assert shown(suppressed, 60, running)["acknowledge"].state == "late"


def test_business_hours_of_the_calmest_level() -> None:
    friday = START + timedelta(days=4, hours=7, minutes=30)  # 17:30 in Shanghai
    lines = [Line(1, friday, "x", "raise", None, "firing", level=4)]
    (acknowledge, *_) = clocks_of(lines, 4, POLICY, friday + timedelta(days=2))
    assert acknowledge.due == friday + timedelta(days=2, hours=16)  # Monday, 09:30
    assert (acknowledge.state, acknowledge.remaining) == ("running", 30 * MINUTE)


def told_at(lines: list[Line], minutes: float, told: dict[str, set[str]]) -> list[str]:
    """Return what is told at a time, and remember it."""
    now = START + minutes * MINUTE
    pauses = pauses_of(lines, POLICY.pauses)
    found = []
    for clock in clocks_of(lines, 2, POLICY, now):
        notices = list(notices_of(clock, POLICY, pauses))
        own = told.setdefault(f"{clock.run} {clock.name}", set())
        due = ripe(notices, own, now)
        own |= {notice.step for notice in due}
        found += [f"{clock.name} {notice.step}" for notice in worth_telling(due)]
    return found


RAISED = trail((0, "raise"))


def test_each_is_told_once_in_its_time() -> None:
    told: dict[str, set[str]] = {}
    minutes = [*range(300)]
    found = [(minute, word) for minute in minutes for word in told_at(RAISED, minute, told)]
    assert found == [
        (7, "acknowledge warn"),
        (10, "acknowledge escalate pr-lead"),
        (40, "acknowledge escalate pr-head"),
        (90, "respond warn"),
        (100, "acknowledge remind 1"),
        (120, "respond escalate pr-lead"),
        (160, "acknowledge remind 2"),
        (180, "respond escalate pr-head"),
        (220, "acknowledge remind 3"),
    ]


def test_what_was_missed_is_made_up_for_without_a_burst() -> None:
    told: dict[str, set[str]] = {}
    assert told_at(RAISED, 230, told) == [
        "acknowledge escalate pr-lead",
        "acknowledge escalate pr-head",
        "respond escalate pr-lead",
        "respond escalate pr-head",
    ]
    assert told_at(RAISED, 231, told) == []


def test_a_role_is_told_once_though_the_level_rises() -> None:
    told: dict[str, set[str]] = {}
    told_at(RAISED, 41, told)
    risen = [*RAISED, *trail((0, "raise"), (42, "evidence", 1))[1:]]
    assert told_at(risen, 50, told) == ["acknowledge escalate ceo"]


def test_nothing_is_told_of_what_is_stopped_or_paused() -> None:
    assert told_at(trail((0, "raise"), (4, "suppress")), 500, {}) == []
    assert told_at(trail((0, "raise"), (3, "withdraw")), 5000, {}) == []
    assert told_at(trail((0, "raise"), (14, "suppress")), 500, {}) == [
        "acknowledge escalate pr-lead"
    ]


@pytest.mark.parametrize(("minutes", "next_one"), [(0, 7), (7, 10), (9, 10), (10, 40), (221, None)])
def test_when_the_next_is_told(minutes: float, next_one: float | None) -> None:
    now = START + minutes * MINUTE
    clock = clocks_of(RAISED, 2, POLICY, now)[0]
    found = next_notice(list(notices_of(clock, POLICY, ())), now)
    assert (found and found.at) == (None if next_one is None else START + next_one * MINUTE)


def test_a_hand_over_says_the_notes_of_the_service_in_one_language() -> None:
    entry = Entry("warn", SERVICE, START, Message("due; to a · b", "截止；通知 a · b"))
    lines = [
        Line(1, START, SERVICE, "warn", "firing", "firing", 3, entry.written),
        Line(2, START, "pr", "comment", "firing", "firing", 3, "shop 门店 · told"),
    ]
    text = text_of(Message("head", "题"), lines, [], [], UTC)
    warned, said = text.en.splitlines()[2:4]
    assert warned.endswith("tingyin: warned: due; to a · b")
    assert said.endswith("pr: commented: shop 门店 · told")
    assert text.zh.splitlines()[2].endswith("tingyin：预警：截止；通知 a · b")
