"""What a policy must obey beyond the types of its values: names that exist, clocks that end."""

from collections.abc import Iterator
from dataclasses import dataclass

from service.response.policy import (
    ALWAYS,
    CLOCKS,
    LEVELS,
    CalendarRule,
    ClockRule,
    Policy,
)
from service.response.spans import written_span

LEAST_WEEKLY_MINUTES = 60

Place = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Broken:
    """What is wrong at a place of the file and what to do, in English and in Chinese.

    `line` is given where the place alone does not tell it.
    """

    place: Place
    en: str
    zh: str
    line: int | None = None


def broken_rules(policy: Policy) -> Iterator[Broken]:
    """Yield what is wrong with a policy."""
    for name, calendar in policy.calendars.items():
        yield from _calendar(name, calendar)
    for number, level in enumerate(LEVELS, start=1):
        yield from _decides(policy, level, policy.level(number).decides)
        for clock in CLOCKS:
            own = getattr(policy.level(number).clocks, clock).model_fields_set
            place = ("levels", level, "clocks", clock) if own else ("clocks", clock)
            yield from _clock(policy, policy.clock(number, clock), place)


def _calendar(name: str, rule: CalendarRule) -> Iterator[Broken]:
    place = ("calendars", name)
    if name == ALWAYS:
        yield Broken(
            place,
            f"calendars.{name} is built in; give yours another name",
            f"calendars.{name} 为内置日历；请换一个名称",
        )
    weekly = sum(shift.end - shift.start for day in rule.calendar.weekly for shift in day)
    if weekly < LEAST_WEEKLY_MINUTES:
        yield Broken(
            (*place, "hours"),
            f"calendars.{name}.hours has {weekly} minutes a week open, so that no clock would be "
            f"due; give at least {LEAST_WEEKLY_MINUTES}",
            f"calendars.{name}.hours 每周仅开放 {weekly} 分钟，计时永不到期；"
            f"请至少给 {LEAST_WEEKLY_MINUTES} 分钟",
        )
    for day in sorted(set(rule.closed) & set(rule.open)):
        yield Broken(
            (*place, "open", day.isoformat()),
            f"calendars.{name}: {day} is both closed and open; take it out of one of them",
            f"calendars.{name}：{day} 既在 closed 又在 open；请去掉其一",
        )


def _decides(policy: Policy, level: str, roles: tuple[str, ...]) -> Iterator[Broken]:
    for number, role in enumerate(roles):
        place = ("levels", level, "decides", number)
        yield from _role(policy, role, place)


def _role(policy: Policy, role: str, place: Place) -> Iterator[Broken]:
    if role not in policy.roles:
        name, known = ".".join(map(str, place)), tuple(policy.roles)
        yield Broken(
            place,
            f"{name} is {role!r}, which is no role; add it under roles, or write one of "
            f"{', '.join(known)}",
            f"{name} 为 {role!r}，并非已有角色；请加到 roles 下，或改为 {'、'.join(known)}",
        )


def _clock(policy: Policy, rule: ClockRule, place: Place) -> Iterator[Broken]:
    name = ".".join(map(str, place))
    if rule.calendar != ALWAYS and rule.calendar not in policy.calendars:
        known = (ALWAYS, *policy.calendars)
        yield Broken(
            (*place, "calendar"),
            f"{name}.calendar is {rule.calendar!r}, which is no calendar; add it under calendars, "
            f"or write one of {', '.join(known)}",
            f"{name}.calendar 为 {rule.calendar!r}，并非已有日历；"
            f"请加到 calendars 下，或改为 {'、'.join(known)}",
        )
    if rule.warn_before >= rule.within:
        before, within = written_span(rule.warn_before), written_span(rule.within)
        yield Broken(
            (*place, "warn_before"),
            f"{name}.warn_before is {before}, and the clock runs {within}; give less than that",
            f"{name}.warn_before 为 {before}，而时限为 {within}；须小于时限",
        )
    yield from _chain(policy, rule, place)


def _chain(policy: Policy, rule: ClockRule, place: Place) -> Iterator[Broken]:
    """A chain names each role once, in the order of time; reminders need one to remind."""
    name = ".".join(map(str, place))
    for number, link in enumerate(rule.escalate):
        at, before = (*place, "escalate", number), rule.escalate[:number]
        yield from _role(policy, link.to, (*at, "to"))
        if link.to in {earlier.to for earlier in before}:
            yield Broken(
                (*at, "to"),
                f"{name}.escalate names {link.to!r} twice; to tell a role again use remind",
                f"{name}.escalate 重复出现 {link.to!r}；如需再次通知请用 remind",
            )
        if before and link.after < before[-1].after:
            yield Broken(
                (*at, "after"),
                f"{name}.escalate is not in the order of time: {written_span(link.after)} comes "
                f"after {written_span(before[-1].after)}; put the earliest first",
                f"{name}.escalate 未按时间排序：{written_span(link.after)} 排在 "
                f"{written_span(before[-1].after)} 之后；请将最早者放在前面",
            )
    if rule.remind is not None and not rule.escalate:
        yield Broken(
            (*place, "remind"),
            f"{name}.remind has nobody to remind; give escalate a link, or leave remind out",
            f"{name}.remind 无可提醒的对象；请给 escalate 加一项，或去掉 remind",
        )
