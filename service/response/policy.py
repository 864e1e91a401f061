"""The response policy: who decides, by when, who is told, who owns; one file for all of it.

`policy.yaml` beside this file is the shipped one and says what each key means. The classes here
are its sections, one field a key. `policy_file` reads it and checks what binds sections together.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from functools import cached_property
from types import MappingProxyType
from typing import Annotated, Literal
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from nlp.message import Message
from service.errors import InputError
from service.response.calendars import Always, Business, Calendar
from service.response.spans import LongSpan, Span, WrittenShift, ordered, told
from service.response.zones import ZoneName

ClockName = Literal["acknowledge", "respond", "resolve"]
LevelName = Literal["I", "II", "III", "IV"]
Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

CLOCKS: tuple[ClockName, ...] = ("acknowledge", "respond", "resolve")
LEVELS: tuple[LevelName, ...] = ("I", "II", "III", "IV")
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALWAYS = "24x7"

Label = Annotated[str, Field(min_length=1, max_length=100)]
Glob = Annotated[str, Field(min_length=1, max_length=200)]
Shifts = Annotated[tuple[WrittenShift, ...], AfterValidator(ordered)]


class Section(BaseModel):
    """What all sections share: no key that nobody knows, no change afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Role(Section):
    """What a role is called."""

    en: Label
    zh: Label


class CalendarRule(Section):
    """Business hours."""

    zone: ZoneName
    holidays: Literal["china", "none"] = "none"
    hours: Mapping[Weekday, Shifts]
    makeup: Shifts | None = None
    closed: tuple[date, ...] = ()
    open: Mapping[date, Shifts] = Field(default_factory=dict)

    @cached_property
    def calendar(self) -> Business:
        """The calendar itself; 调休 days have the hours of Monday where nothing else is said."""
        weekly = tuple(self.hours.get(day, ()) for day in WEEKDAYS)
        return Business(
            zone=ZoneInfo(self.zone),
            weekly=weekly,
            holidays=self.holidays,
            makeup=weekly[0] if self.makeup is None else self.makeup,
            special=MappingProxyType({**dict.fromkeys(self.closed, ()), **self.open}),
        )


class Link(Section):
    """One link of an escalation chain: so long after the clock ran out, this role is told."""

    after: Span
    to: str


class Reminder(Section):
    """How often the last role of the chain is told again."""

    every: LongSpan
    most: int = Field(ge=1, le=100)


class ClockRule(Section):
    """One clock: how long it runs, when it counts, and what happens near and after its end."""

    within: LongSpan
    calendar: str = ALWAYS
    warn_before: Span = timedelta(0)
    escalate: tuple[Link, ...] = ()
    remind: Reminder | None = None


class ClockChange(Section):
    """What a level says of its own about a clock; everything else is as in `clocks`."""

    within: LongSpan | None = None
    calendar: str | None = None
    warn_before: Span | None = None
    escalate: tuple[Link, ...] | None = None
    remind: Reminder | None = None


class ClockRules(Section):
    """The three clocks where a level says nothing of its own."""

    acknowledge: ClockRule
    respond: ClockRule
    resolve: ClockRule


class ClockChanges(Section):
    """What a level says of its own about the clocks."""

    acknowledge: ClockChange = ClockChange()
    respond: ClockChange = ClockChange()
    resolve: ClockChange = ClockChange()


class LevelRule(Section):
    """One level: which roles have to agree before a public response, and its own clocks."""

    decides: Annotated[tuple[str, ...], Field(min_length=1)]
    clocks: ClockChanges = ClockChanges()


def _all_levels(rules: Mapping[LevelName, LevelRule]) -> Mapping[LevelName, LevelRule]:
    missing = [level for level in LEVELS if level not in rules]
    if missing:
        raise told(
            Message(
                f"says nothing of {', '.join(missing)}; write all of {', '.join(LEVELS)}",
                f"缺少 {'、'.join(missing)}；请写全 {'、'.join(LEVELS)}",
            )
        )
    return rules


class OwnerRule(Section):
    """Whose an alert is whose product, category and channel match all the patterns."""

    product: Glob = "*"
    category: Glob = "*"
    channel: Glob = "*"
    owner: Label
    team: Label | None = None


class Policy(Section):
    """A whole policy."""

    version: Label
    roles: Annotated[Mapping[str, Role], Field(min_length=1)]
    calendars: Mapping[str, CalendarRule] = Field(default_factory=dict)
    pauses: tuple[Literal["suppressed"], ...] = ()
    acknowledged_for: LongSpan | None = None
    clocks: ClockRules
    levels: Annotated[Mapping[LevelName, LevelRule], AfterValidator(_all_levels)]
    owners: tuple[OwnerRule, ...] = ()

    def level(self, level: int) -> LevelRule:
        """Return the rule of a level, 1 (the gravest) to 4."""
        return self.levels[LEVELS[level - 1]]

    def clock(self, level: int, name: ClockName) -> ClockRule:
        """Return the clock of a level: what it says of its own, and the rest from `clocks`."""
        base: ClockRule = getattr(self.clocks, name)
        own: ClockChange = getattr(self.level(level).clocks, name)
        given = {key: getattr(own, key) for key in own.model_fields_set}
        return base.model_copy(
            update={key: value for key, value in given.items() if value is not None}
        )

    def calendar(self, name: str) -> Calendar:
        """Return a calendar by its name."""
        return Always() if name == ALWAYS else self.calendars[name].calendar

    def require_roles(self, field: str, names: Iterable[str]) -> None:
        """Raise InputError, which names the field, where one of these is no role."""
        if not self.roles.keys() >= set(names):
            known = ", ".join(self.roles)
            raise InputError(
                f"{field} names what is no role of the response policy; its roles are {known}.",
                f"{field} 中有响应策略没有的角色；已有角色：{known}。",
            )

    def role(self, name: str) -> Role:
        """Return a role; one that an older policy named is shown by its name."""
        return self.roles.get(name) or Role(en=name, zh=name)
