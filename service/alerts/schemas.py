"""Alerts as they are shown, and what people say when they move one."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from service.alerts.state import State
from service.api.fields import STORABLE, not_blank
from service.api.said import Said
from service.api.versions import SeenVersion

Note = Annotated[str, Field(max_length=2000), STORABLE]


class InhibitionOut(BaseModel):
    """One alert that inhibits another, and by which rule."""

    alert_id: str
    rule: str
    why: Said


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
    acknowledged_until: datetime | None = Field(
        description="When it fires again unless it is resolved 未解决则到时重新告警"
    )
    silenced: list[str] = Field(description="Ids of the silences that cover it now 静默编号")
    inhibited_by: list[InhibitionOut] = Field(
        description="Graver alerts that speak for it: it tells nobody 由更重的告警代为通知"
    )
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


class CommentOut(BaseModel):
    """What somebody said about an alert."""

    at: datetime
    who: str
    text: str = Field(description="With personal data masked 已遮蔽个人信息")


class Lesson(BaseModel):
    """What was learnt from an earlier incident of the same fingerprint."""

    alert_id: str
    incident: int
    cause: str
    lessons: str
    written_at: datetime


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
    reasons: list[Said]
    evidence: list[str] = Field(description="Ids of the feedback that proves it 证据反馈编号")
    changes: list[Change]
    comments: list[CommentOut] = Field(description="The oldest first 评论，旧的在前")
    lessons: list[Lesson] = Field(
        description="Of earlier incidents of its fingerprint, the newest first 同类事件的教训"
    )


class AlertPage(BaseModel):
    """One page of alerts, the newest first."""

    items: list[AlertSummary]
    next_cursor: str | None


class AlertGroup(BaseModel):
    """Alerts that share the labels by which the list is grouped."""

    labels: dict[str, str | int | None] = Field(examples=[{"product": "暖风机 A1"}])
    count: int = Field(description="How many alerts 告警数")
    open: int = Field(description="How many are not resolved 未解决数")
    gravest: int = Field(ge=1, le=4, description="The gravest level of all 最重级别")
    gravest_open: int | None = Field(description="The gravest level not resolved 未解决的最重级别")
    latest: datetime = Field(description="When the last one was raised 最近一次告警时间")
    alerts: list[str] = Field(description="Ids of the 50 newest 最新 50 条的编号")


class AlertGroupPage(BaseModel):
    """One page of groups, that of the newest alert first."""

    groups: list[AlertGroup]
    next_cursor: str | None


def _example(**fields: str | int) -> JsonDict:
    return {"examples": [{**fields}]}


class Move(BaseModel):
    """What a person adds to a move: the version that they saw, and a note."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra=_example(version=1, note="已通知品控 on it")
    )

    version: SeenVersion = None
    note: Note | None = Field(default=None, description="For the audit trail 备注，记入审计")


Until = Annotated[str, Field(max_length=60, json_schema_extra={"format": "date-time"}), STORABLE]


class Acknowledgement(Move):
    """A move that says that somebody is on it, for a time."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra=_example(
            until="2026-03-02T09:00:00+08:00", version=1, note="已通知品控 on it"
        ),
    )

    until: Until | None = Field(
        default=None,
        description="When it fires again unless resolved; `acknowledged_for` of the policy where "
        "not given 到时未解决则重新告警，默认依策略的 acknowledged_for",
    )


class Suppression(Move):
    """A move that silences an alert until a time."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra=_example(until="2026-03-02T09:00:00+08:00", version=1, note="促销期间"),
    )

    until: Until = Field(
        description="When it may speak again, later than now 抑制到何时，须晚于现在"
    )


class CommentIn(BaseModel):
    """What somebody has to say about an alert."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra=_example(text="门店已下架，等厂家回复 shops told")
    )

    text: Annotated[str, Field(min_length=1, max_length=2000), STORABLE, AfterValidator(not_blank)]
