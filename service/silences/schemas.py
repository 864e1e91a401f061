"""Silences as people ask for them and as they are shown."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.api.fields import STORABLE, OptionalName, not_blank

SilenceState = Literal["pending", "active", "expired"]
Moment = Annotated[str, Field(max_length=60, json_schema_extra={"format": "date-time"}), STORABLE]
Comment = Annotated[str, Field(min_length=1, max_length=2000), STORABLE, AfterValidator(not_blank)]


class MatchersIn(BaseModel):
    """What must hold of an alert, all of it."""

    model_config = ConfigDict(extra="forbid")

    product: OptionalName = Field(default=None, description="Exactly this product 产品全名")
    product_glob: OptionalName = Field(
        default=None, description="A pattern of its name: * ? […] 产品名通配"
    )
    category: OptionalName = Field(default=None, description="Its main category 主要投诉类别")
    level: int | None = Field(
        default=None, ge=1, le=4, description="At least this grave: 1 to 4 不低于此级别"
    )


class SilenceIn(BaseModel):
    """A silence that somebody asks for."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "matchers": {"product_glob": "暖风机*", "category": "logistics"},
                    "ends_at": "2026-11-12T09:00:00+08:00",
                    "comment": "双十一发货延迟，已公告 told in public",
                }
            ]
        },
    )

    matchers: MatchersIn = Field(
        default=MatchersIn(),
        description="Which alerts, by product, category and level 哪些告警，按产品、类别与级别",
    )
    all: bool = Field(
        default=False, description="Really every alert; needed without matchers 确为全部告警"
    )
    starts_at: Moment | None = Field(default=None, description="Now where not given 默认即刻")
    ends_at: Moment = Field(description="Later than now, within a year 晚于现在，一年之内")
    comment: Comment = Field(description="Why 原因")


class SilenceOut(BaseModel):
    """One silence."""

    id: str
    state: SilenceState = Field(description="Not begun, holds, or is over 未开始、生效、已过")
    matchers: MatchersIn
    starts_at: datetime
    ends_at: datetime
    who: str
    comment: str = Field(description="With personal data masked 已遮蔽个人信息")
    created_at: datetime
    ended_at: datetime | None = Field(description="When somebody ended it early 提前结束于")
    ended_by: str | None


class SilencePage(BaseModel):
    """One page of silences, the newest first."""

    items: list[SilenceOut]
    next_cursor: str | None
