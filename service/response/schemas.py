"""Clocks, owners, hand-overs and the policy, as they are shown and asked for."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict, JsonValue

from service.api.fields import STORABLE, Name
from service.api.said import Said
from service.api.versions import SeenVersion
from service.response.clocks import ClockState
from service.response.policy import (
    CalendarRule,
    ClockName,
    ClockRule,
    LevelName,
    OwnerRule,
    Role,
)
from service.response.spans import Span

Note = Annotated[str, Field(min_length=1, max_length=2000), STORABLE]


def _example(**fields: JsonValue) -> JsonDict:
    return {"examples": [{**fields}]}


class ClockOut(BaseModel):
    """One clock of an alert."""

    name: ClockName
    state: ClockState = Field(
        description="running, paused, met (stopped in time), late 计时中、暂停、按时、超时"
    )
    level: int = Field(ge=1, le=4, description="Whose chain of escalation holds 所依级别")
    calendar: str = Field(description="24x7, or one of the policy 24x7 或策略中的日历")
    started: datetime
    due: datetime | None = Field(description="null while it stands still 暂停时为空")
    warn_at: datetime | None
    stopped: datetime | None
    stopped_by: str | None = Field(description="The event that stopped it 停止计时的事件")
    remaining_seconds: float = Field(
        description="Working time left; below 0: too late by so much 剩余工作时间，负数为超时"
    )


class Owner(BaseModel):
    """Who owns an alert."""

    owner: str
    team: str | None
    by_person: bool = Field(description="false: a rule of the policy chose it 为假则由规则指定")
    since: datetime


class AlertClocks(BaseModel):
    """The clocks of one alert as they stand now."""

    alert_id: str
    version: int
    level: int = Field(ge=1, le=4)
    state: str
    owner: Owner | None
    now: datetime
    clocks: list[ClockOut]


class DeskClock(ClockOut):
    """One clock that runs, with the alert it belongs to."""

    alert_id: str
    product: str
    category: str | None
    alert_level: int = Field(ge=1, le=4, description="The alert's level now 告警当前级别")
    alert_state: str
    owner: str | None


class ClockPage(BaseModel):
    """What is due next across the open alerts."""

    items: list[DeskClock]
    total: int = Field(description="How many there are on all pages 各页合计")
    now: datetime
    next_cursor: str | None


class Response(BaseModel):
    """A public response: what was said, where, and who agreed."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra=_example(
            note="已发布致歉声明，涉事批次停售并免费更换",
            where="微博官方账号",
            agreed=["pr-head"],
            version=2,
        ),
    )

    note: Note = Field(description="What was said 回应内容")
    where: Annotated[str, Field(min_length=1, max_length=200), STORABLE] = Field(
        description="Where it was said 发布渠道"
    )
    agreed: list[Name] = Field(
        max_length=20,
        description="The roles that agreed; all that `decides` names must 同意的角色，须含策略所列",
    )
    version: SeenVersion = None


class Assignment(BaseModel):
    """A new owner, and why."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra=_example(owner="wang.min", team="kitchen", note="品类负责人", version=2),
    )

    owner: Name
    team: Name | None = None
    note: Note | None = Field(default=None, description="Why 原因")
    version: SeenVersion = None


class ShiftHandOver(BaseModel):
    """To whom all open alerts of an owner go, and why."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra=_example(to="li.na", note="晚班交接")
    )

    to: Name
    team: Name | None = None
    note: Note = Field(description="Why 原因")


class Moved(BaseModel):
    """The alerts that a hand-over moved."""

    owner: str
    to: str
    alert_ids: list[str]


class Happening(BaseModel):
    """One line of what happened."""

    at: datetime
    who: str
    event: str
    said: Said
    note: str | None


class Doings(BaseModel):
    """What one person (or the service itself) did, by event."""

    who: str
    events: dict[str, int]
    last_at: datetime


class HandOver(BaseModel):
    """All that the next shift needs to know of an alert."""

    alert_id: str
    product: str
    category: str | None
    level: int = Field(ge=1, le=4)
    level_name: Said
    state: str
    state_name: Said
    observed: int
    expected: float
    owner: Owner | None
    now: datetime
    happened: list[Happening]
    people: list[Doings]
    clocks: list[ClockOut]
    next_steps: list[Said]
    text: Said = Field(description="All of it as text, to be sent on 全文，可直接转发")


class LevelShown(BaseModel):
    """One level: who decides, and its clocks with all that holds for them."""

    decides: tuple[str, ...]
    clocks: Mapping[ClockName, ClockRule]


class PolicyShown(BaseModel):
    """The policy in force."""

    version: str
    shipped: bool = Field(description="Whether it is the one that comes with Tingyin 是否随附策略")
    roles: Mapping[str, Role]
    calendars: Mapping[str, CalendarRule]
    pauses: tuple[str, ...]
    acknowledged_for: Span | None
    levels: Mapping[LevelName, LevelShown]
    owners: tuple[OwnerRule, ...]
    holidays_known_until: date = Field(
        description="Later days count by their weekday alone 此后仅按星期计算"
    )
