"""Complaints as the desk shows them."""

from datetime import datetime

from pydantic import BaseModel, Field


class Complaint(BaseModel):
    """One complaint: what it says, what it is about, and why it stands where it stands."""

    feedback_id: str
    text: str = Field(description="With personal data masked 已遮蔽个人信息")
    created_at: datetime
    severity: int = Field(ge=0, le=3, description="0 to 3, 3 the gravest 严重度")
    categories: list[str] = Field(description="Complaint categories 投诉类别")
    intents: list[str]
    reach: int = Field(description="Followers and interactions; ranks within a severity 触达")
    product: str | None
    channel: str | None
    platform: str | None
    region: str | None
    customer_id: str | None
    author_id: str | None
    session_id: str | None
    keyphrases: list[str]
    p_negative: float
    abstained: bool


class ComplaintPage(BaseModel):
    """One page of the desk, the gravest first."""

    items: list[Complaint]
    next_cursor: str | None
