"""What is learnt from an alert that is over, as it is written and as it is shown."""

from datetime import datetime
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from service.api.fields import STORABLE, not_blank
from service.api.said import Said
from service.api.versions import LARGEST

Prose = Annotated[str, Field(min_length=1, max_length=10_000), STORABLE, AfterValidator(not_blank)]
Action = Annotated[str, Field(min_length=1, max_length=500), STORABLE, AfterValidator(not_blank)]


class ReviewIn(BaseModel):
    """A review that somebody writes."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {
                    "what_happened": "壶把断裂，40 人投诉，3 人烫伤 handles broke",
                    "cause": "7 月起更换的供应商 a new supplier",
                    "actions": ["停售该批次 batch withdrawn", "联系烫伤顾客 customers called"],
                    "lessons": "换供应商须复测把手强度 test handles when suppliers change",
                }
            ]
        },
    )

    version: int | None = Field(
        default=None,
        ge=0,
        le=LARGEST,
        description="The version that you saw, 0 for none 所见版本，无则 0",
    )
    what_happened: Prose = Field(description="What happened 经过")
    cause: Prose = Field(description="Why it happened 原因")
    actions: list[Action] = Field(default=[], max_length=50, description="What was done 采取的措施")
    lessons: Prose = Field(description="What to do otherwise next time 教训")


class Times(BaseModel):
    """Seconds since the alert was raised, from its audit trail; null where it did not happen."""

    acknowledged: float | None = Field(description="To the first acknowledgement 首次确认")
    responded: float | None = Field(description="To the first public response 首次公开回应")
    commented: float | None = Field(description="To the first comment 首条评论")
    resolved: float | None = Field(description="To its last end 最后一次解决")
    returns: int = Field(description="How often it came back or was opened again 复发次数")
    escalations: int = Field(description="How often a clock that ran out was told 超时上报次数")


class ReviewOut(BaseModel):
    """The review of one alert, as it holds now."""

    alert_id: str
    version: int = Field(description="Grows with every writing; send it back as If-Match 版本号")
    fingerprint: str
    incident: int
    product: str
    category: str | None
    level: int = Field(ge=1, le=4, description="1 to 4, 1 the gravest 级别")
    raised_at: datetime
    times: Times
    what_happened: str
    cause: str
    actions: list[str]
    lessons: str
    who: str
    written_at: datetime
    text: Said = Field(description="All of it as text, to be sent on 全文，可直接转发")


class ReviewPage(BaseModel):
    """One page of reviews, the newest first."""

    items: list[ReviewOut]
    next_cursor: str | None
