"""Influencers as they are shown."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from service.api.fields import Count, Name, OptionalName, PastTime
from service.api.said import Said

ACCOUNT: JsonDict = {
    "account_id": "u-7781",
    "customer_id": "c-1024",
    "platform": "weibo",
    "followers": 5400,
    "following": 310,
    "posts": 820,
    "verified": False,
    "created_at": "2019-05-01T00:00:00+08:00",
}
EDGE: JsonDict = {
    "source": "u-7781",
    "target": "u-1",
    "kind": "repost",
    "at": "2026-03-01T09:40:00+08:00",
}


class AccountIn(BaseModel):
    """One social account; sent again with other values, it replaces the older one."""

    model_config = ConfigDict(
        extra="ignore", coerce_numbers_to_str=True, json_schema_extra={"examples": [ACCOUNT]}
    )

    account_id: Name
    followers: Count
    customer_id: OptionalName = None
    platform: OptionalName = None
    following: Count | None = None
    posts: Count | None = None
    verified: bool | None = None
    created_at: PastTime | None = None


class EdgeIn(BaseModel):
    """One account follows, reposts or answers another."""

    model_config = ConfigDict(
        extra="ignore", coerce_numbers_to_str=True, json_schema_extra={"examples": [EDGE]}
    )

    source: Name
    target: Name
    kind: Literal["follow", "repost", "reply"]
    at: PastTime | None = None

    @field_validator("target")
    @classmethod
    def _another_account(cls, target: str, info: ValidationInfo) -> str:
        if target == info.data.get("source"):
            raise PydanticCustomError("self_loop", "target is source")
        return target


class InfluencerOut(BaseModel):
    """One account: how far what it says about us is heard."""

    author_id: str
    customer_id: str | None
    platform: str | None
    band: str | None = Field(description="KOL, KOC and the like 量级")
    followers: int | None
    posts: int
    reactions: int
    influence: float = Field(ge=0, le=100, description="The combined score 综合影响力")
    reach: float = Field(description="0 to 100 触达")
    depth: float = Field(description="0 to 100 互动深度")
    audience: float | None = Field(description="0 to 100, null when accounts are unknown 受众质量")
    network: float | None = Field(description="0 to 100, null when edges are unknown 网络地位")
    kept: float = Field(ge=0, le=1, description="What the discounts leave 折扣后保留的比例")
    reasons: list[Said]
    as_of: datetime


class InfluencerPage(BaseModel):
    """One page of influencers, the farthest heard first."""

    items: list[InfluencerOut]
    next_cursor: str | None
