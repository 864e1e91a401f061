"""Feedback as it comes in, and as it is shown."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.config import JsonDict

from service.api.fields import Count, Name, OptionalName, PastTime, Text, zero_if_missing

Sentiment = Literal["negative", "neutral", "positive"]
Channel = Literal["comment", "review", "note", "transcript"]
Role = Literal["customer", "agent"]
Analysis = Literal["waiting", "done", "failed"]

EXAMPLE: JsonDict = {
    "id": "wb-20260301-0001",
    "text": "充电的时候特别烫，客服三天没人回，打 13800138000 也没人接",
    "created_at": "2026-03-01T09:30:00+08:00",
    "channel": "comment",
    "platform": "weibo",
    "author_id": "u-7781",
    "customer_id": "c-1024",
    "product": "暖风机 A1",
    "likes": 12,
    "reposts": 3,
    "author_followers": 5400,
}


Counted = Annotated[Count, BeforeValidator(zero_if_missing)]


class FeedbackIn(BaseModel):
    """One piece of feedback; `id`, `text` and `created_at` are needed."""

    model_config = ConfigDict(
        extra="ignore", coerce_numbers_to_str=True, json_schema_extra={"examples": [EXAMPLE]}
    )

    id: Name
    text: Text
    created_at: PastTime
    channel: Channel | None = None
    platform: OptionalName = None
    author_id: OptionalName = None
    customer_id: OptionalName = None
    session_id: OptionalName = None
    turn: Count | None = None
    role: Role | None = None
    parent_id: OptionalName = None
    product: OptionalName = None
    industry: OptionalName = None
    region: OptionalName = None
    likes: Counted = 0
    reposts: Counted = 0
    saves: Counted = 0
    replies: Counted = 0
    impressions: Counted = 0
    author_followers: Counted = 0
    rating: Annotated[float, Field(allow_inf_nan=False)] | None = None
    known_at: Annotated[
        PastTime | None,
        Field(description="When you came to know of it, if later than it was said 获知时间"),
    ] = None


class Target(BaseModel):
    """What an attitude is about."""

    span: str
    polarity: Sentiment


class Evidence(BaseModel):
    """One word that made the verdict; offsets into `text`, half-open."""

    start: int
    end: int
    word: str
    weight: float


class SignalsOut(BaseModel):
    """What one text says; probabilities are calibrated and sum to 1."""

    sentiment: Sentiment
    p_negative: float
    p_neutral: float
    p_positive: float
    confidence: float
    abstained: bool = Field(
        description="Too uncertain to say; for a person to read 把握不足，待人工判断"
    )
    intents: list[str]
    complaint: list[str]
    severity: int = Field(ge=0, le=3)
    targets: list[Target]
    evidence: list[Evidence]
    explained: bool = Field(
        description="False while the evidence is still to come: read in a hurry "
        "为 false 时依据词稍后补上（积压时快速判读）"
    )
    keyphrases: list[str]
    spam: bool
    model_version: str
    left_open: list[str] = Field(
        description="Answers too unsure to act on alone: sentiment, intents, complaint, severity "
        "把握不足的项目"
    )


class FeedbackOut(BaseModel):
    """One piece of feedback as it is kept: with personal data masked."""

    id: str
    text: str = Field(description="With personal data masked 已遮蔽个人信息")
    created_at: datetime
    known_at: datetime | None
    received_at: datetime
    channel: str | None
    platform: str | None
    author_id: str | None
    customer_id: str | None
    session_id: str | None
    turn: int | None
    role: str | None
    parent_id: str | None
    product: str | None
    industry: str | None
    region: str | None
    likes: int
    reposts: int
    saves: int
    replies: int
    impressions: int
    author_followers: int
    reach: int = Field(description="Weight of how many people it gets to 触达权重")
    rating: float | None
    analysis: Analysis = Field(description="Where its analysis stands 分析进度")
    signals: SignalsOut | None


class FeedbackPage(BaseModel):
    """One page of feedback, the newest first."""

    items: list[FeedbackOut]
    next_cursor: str | None
