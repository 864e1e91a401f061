"""Tags, next actions and links of one customer, as they are shown."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, Field

from service.api.said import Said

Fate = Literal["care_first", "quiet", "cooldown", "no_consent", "over_limit"]


class TagOut(BaseModel):
    """One tag, with what it is founded on."""

    tag: str
    value: str
    valid_from: datetime
    valid_to: datetime | None
    known_at: datetime
    source: str
    rule_version: str
    evidence: Said
    confidence: float | None


class TagsOut(BaseModel):
    """The tags of one customer as of now, by the rules in force."""

    customer_id: str
    as_of: datetime
    scored_as_of: datetime = Field(description="Of the tier that rules read 所读层级的截至时间")
    rules_version: str
    items: list[TagOut]


class FigureOut(BaseModel):
    """A figure that an action is founded on."""

    column: str
    value: str


class ActionOut(BaseModel):
    """One thing to do for a customer."""

    action_id: str
    action: str
    kind: str
    channel: str
    priority: int
    gives: str
    reason: Said
    valid_until: str
    evidence: list[FigureOut]


class ActionsOut(BaseModel):
    """What to do next for one customer, and what was held back by what."""

    customer_id: str
    tier: str
    as_of: datetime
    scored_as_of: datetime
    policy_version: str
    items: list[ActionOut]
    held_back: dict[str, Fate] = Field(
        description="Actions whose rule holds, and what held them back 规则成立但被拦下的行动"
    )
    not_judged: dict[str, str] = Field(
        description="Actions that need a table the service does not hold 缺少所需表的行动"
    )


class AccountLink(BaseModel):
    """A social account of the customer."""

    account_id: str
    platform: str | None
    followers: int


class DeviceLink(BaseModel):
    """Another customer who was seen on the same devices."""

    customer_id: str = Field(description="With personal data masked 已遮蔽个人信息")
    devices: int
    last_at: datetime


class LinksOut(BaseModel):
    """The accounts of one customer, and who shares devices with them; at most 50 of each."""

    customer_id: str
    accounts: list[AccountLink]
    shared_devices: list[DeviceLink]
