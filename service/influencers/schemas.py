"""Influencers as they are shown."""

from datetime import datetime

from pydantic import BaseModel, Field


class Reason(BaseModel):
    """One reason, in both languages."""

    en: str
    zh: str


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
    reasons: list[Reason]
    as_of: datetime


class InfluencerPage(BaseModel):
    """One page of influencers, the farthest heard first."""

    items: list[InfluencerOut]
    next_cursor: str | None
