"""Alerts as they are shown, and what people say when they move one."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from service.alerts.state import State
from service.api.fields import STORABLE

Note = Annotated[str, Field(max_length=2000), STORABLE]


class Reason(BaseModel):
    """One reason, in both languages."""

    en: str
    zh: str


class AlertSummary(BaseModel):
    """One alert as a list shows it."""

    id: str
    fingerprint: str = Field(description="The same for every incident of its product 同产品相同")
    incident: int = Field(description="Which incident of its fingerprint, from 1 第几次事件")
    product: str
    category: str | None = Field(description="What it is mainly about 主要投诉类别")
    state: State
    version: int = Field(description="Grows with every change; send it back as If-Match 版本号")
    level: int = Field(ge=1, le=4, description="1 to 4, for I to IV; I the gravest 级别，1 最重")
    severity: int = Field(ge=0, le=3)
    onset: datetime = Field(description="When the rise began 起始时间")
    until: datetime = Field(description="End of the last bin that belongs to it 截止时间")
    observed: int
    expected: float
    p: float = Field(description="Probability of such counts by chance 偶然出现的概率")
    evidence_count: int = Field(description="How many pieces of feedback prove it 证据条数")
    suspected_coordination: bool = Field(description="Looks organised 疑似有组织")
    suppressed_until: datetime | None
    raised_at: datetime
    changed_at: datetime


class Change(BaseModel):
    """One line of the audit trail."""

    at: datetime
    who: str
    event: str
    from_state: State | None
    to_state: State
    version: int
    note: str | None


class CategoryCount(BaseModel):
    """How much of an alert is about one complaint category, and which feedback."""

    category: str
    count: int
    ids: list[str]


class Author(BaseModel):
    """What one author contributes to an alert."""

    author_id: str
    posts: int
    reach: int
    ids: list[str]


class Quote(BaseModel):
    """A masked text that speaks for an alert."""

    id: str
    text: str


class AlertDetail(AlertSummary):
    """One alert with all that proves it, and all that happened to it."""

    bins: list[str] = Field(description="Which alarmed, hours or days 触发的时间粒度")
    upper: int = Field(description="Largest count put down to chance 正常上限")
    coordinated_share: float = Field(
        description="Share of it that looks organised 疑似有组织的占比"
    )
    coordinated_ids: list[str]
    categories: list[CategoryCount]
    authors: list[Author]
    keyphrases: list[str]
    quotes: list[Quote]
    reasons: list[Reason]
    evidence: list[str] = Field(description="Ids of the feedback that proves it 证据反馈编号")
    changes: list[Change]


class AlertPage(BaseModel):
    """One page of alerts, the newest first."""

    items: list[AlertSummary]
    next_cursor: str | None


def _example(**fields: str | int) -> JsonDict:
    return {"examples": [{**fields}]}


class Move(BaseModel):
    """What a person adds to a move: the version that they saw, and a note."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra=_example(version=1, note="已通知品控 on it")
    )

    version: int | None = Field(default=None, ge=1, description="The version that you saw 所见版本")
    note: Note | None = Field(default=None, description="For the audit trail 备注，记入审计")


class Suppression(Move):
    """A move that silences an alert until a time."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra=_example(until="2026-03-02T09:00:00+08:00", version=1, note="促销期间"),
    )

    until: Annotated[str, Field(max_length=60, json_schema_extra={"format": "date-time"})] = Field(
        description="When it may speak again, later than now 抑制到何时，须晚于现在"
    )
