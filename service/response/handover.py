"""What the next shift must know of an alert: what happened, who did what, what is next."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, tzinfo

from nlp.message import Message
from service.api.said import said
from service.response.clocks import Clock
from service.response.escalation import next_notice, notices_of
from service.response.policy import Policy
from service.response.schemas import Doings, Happening
from service.response.trail import Line
from service.response.wording import (
    NEXT_STEPS,
    clock_line,
    named,
    notice_line,
    role_names,
)
from service.response.working_time import Pause
from service.spoken_times import about, moment
from service.trail import EVENTS, read_note


def happened(trail: Sequence[Line]) -> list[Happening]:
    """Return the trail in words, the oldest line first."""
    return [
        Happening(
            at=line.at,
            who=line.who,
            event=line.event,
            said=said(named(EVENTS, line.event)),
            note=line.note,
        )
        for line in trail
    ]


def people(trail: Sequence[Line]) -> list[Doings]:
    """Return who did what, whoever acted last first."""
    last = {line.who: line.at for line in trail}
    found = [
        Doings(
            who=who,
            events=dict(Counter(line.event for line in trail if line.who == who)),
            last_at=at,
        )
        for who, at in last.items()
    ]
    return sorted(found, key=lambda one: one.last_at, reverse=True)


def next_steps(
    clocks: Sequence[Clock],
    policy: Policy,
    pauses: Sequence[Pause],
    now: datetime,
    zone: tzinfo,
) -> list[Message]:
    """Return what is to be done next, the most urgent first, and who hears of it otherwise."""
    running = [clock for clock in clocks if clock.stopped is None]
    steps: list[Message] = []
    for clock in sorted(running, key=lambda clock: (clock.due is None, clock.due)):
        steps.append(_todo(clock, policy, zone))
        notice = next_notice(list(notices_of(clock, policy, pauses)), now)
        steps += [] if notice is None else [notice_line(notice, policy, zone)]
    return steps or [Message("nothing is open", "无待办事项")]


def text_of(
    head: Message,
    trail: Sequence[Line],
    clocks: Sequence[Clock],
    steps: Sequence[Message],
    zone: tzinfo,
) -> Message:
    """Return all of it as text, one line each."""
    parts = (
        (Message("What happened", "经过"), [_event_line(line, zone) for line in trail]),
        (Message("Clocks", "计时"), [clock_line(clock, zone) for clock in clocks]),
        (Message("Next", "下一步"), list(steps)),
    )
    en, zh = [head.en], [head.zh]
    for title, lines in parts:
        en += [f"{title.en}:", *(f"- {line.en}" for line in lines)]
        zh += [f"{title.zh}：", *(f"- {line.zh}" for line in lines)]
    return Message("\n".join(en), "\n".join(zh))


def _todo(clock: Clock, policy: Policy, zone: tzinfo) -> Message:
    what, left = NEXT_STEPS[clock.name], about(clock.remaining)
    if clock.name == "respond":
        roles = role_names(policy.level(clock.level).decides, policy)
        agreed = Message(f" (needs the agreement of {roles.en})", f"（须经{roles.zh}同意）")
        what = Message(what.en + agreed.en, what.zh + agreed.zh)
    if clock.state == "late":
        return Message(f"{what.en}: overdue by {left.en}", f"{what.zh}：已超时 {left.zh}")
    if clock.due is None:
        en = f"{what.en}: {left.en} left once the clocks run again"
        return Message(en, f"{what.zh}：恢复计时后剩余 {left.zh}")
    by = moment(clock.due, zone)
    return Message(f"{what.en} by {by}", f"{what.zh}，截止 {by}")


def _event_line(line: Line, zone: tzinfo) -> Message:
    at, words = moment(line.at, zone), named(EVENTS, line.event)
    if not line.note:
        return Message(f"{at} {line.who}: {words.en}", f"{at} {line.who}：{words.zh}")
    note = read_note(line.who, line.note)
    return Message(
        f"{at} {line.who}: {words.en}: {note.en}", f"{at} {line.who}：{words.zh}：{note.zh}"
    )
