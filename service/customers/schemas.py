"""What customers did, as it comes in; their tier, as it goes out."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator
from pydantic.config import JsonDict
from pydantic_core import PydanticCustomError

from service.api.fields import Fen, Name, OptionalName, PastTime, zero_if_missing
from service.api.said import Said
from service.database.tables import JsonObject

RunState = Literal["waiting", "running", "done", "failed"]
ORDER: JsonDict = {
    "order_id": "o-1",
    "customer_id": "c-1024",
    "ordered_at": "2026-02-20T12:00:00+08:00",
    "amount": 29900,
    "refunded": 0,
    "channel": "app",
    "product": "暖风机 A1",
}
EVENT: JsonDict = {
    "customer_id": "c-1024",
    "event": "share",
    "at": "2026-02-21T20:15:00+08:00",
    "value": 1,
}


KnownAt = Annotated[
    PastTime | None,
    Field(description="When you came to know of it, if later than it happened 获知时间"),
]


class OrderIn(BaseModel):
    """One order; amounts in fen."""

    model_config = ConfigDict(
        extra="ignore", coerce_numbers_to_str=True, json_schema_extra={"examples": [ORDER]}
    )

    order_id: Name
    customer_id: Name
    ordered_at: PastTime
    amount: Fen
    refunded: Annotated[Fen, BeforeValidator(zero_if_missing)] = 0
    refunded_at: PastTime | None = None
    channel: OptionalName = None
    product: OptionalName = None
    known_at: KnownAt = None

    @model_validator(mode="after")
    def _refund_within_amount(self) -> "OrderIn":
        if self.refunded > self.amount:
            raise PydanticCustomError("refund_over_amount", "refunded is larger than amount")
        return self


class EngagementIn(BaseModel):
    """One thing a customer did; the same event of a customer at the same moment is one."""

    model_config = ConfigDict(
        extra="ignore", coerce_numbers_to_str=True, json_schema_extra={"examples": [EVENT]}
    )

    customer_id: Name
    event: Name
    at: PastTime
    value: Annotated[float, Field(allow_inf_nan=False)] | None = None
    known_at: KnownAt = None


class RunRequest(BaseModel):
    """Which moment to score as of."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"as_of": "2026-03-01T00:00:00+08:00"}]}
    )

    as_of: (
        Annotated[str, Field(max_length=60, json_schema_extra={"format": "date-time"})] | None
    ) = Field(default=None, description="Nothing later counts; now, when not given 截至时间")


class RowsOut(BaseModel):
    """What became of the rows of one table: used, later, superseded or refused, none lost."""

    rows: int
    used: int
    later: int = Field(
        description="Happened, or became known, after as_of 发生或获知于截至时间之后"
    )
    superseded: int = Field(description="Known better from a later row 已被更新的行取代")
    refused: dict[str, int] = Field(
        description="How many by the code of their fault 各类问题的拒收行数",
        examples=[{"too_large": 2}],
    )


class RunOut(BaseModel):
    """One run of the tiering job."""

    id: int
    as_of: datetime
    state: RunState
    requested_by: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    customers: int | None = Field(description="How many were scored 评分人数")
    rows: dict[str, RowsOut] | None = Field(
        description="By table, what became of its rows 各表各行的去向"
    )
    failure: str | None


class ScoreOut(BaseModel):
    """The tier of one customer, with the reasons."""

    customer_id: str
    as_of: datetime
    tier: str
    score: float
    dimensions: JsonObject = Field(
        description="Score by dimension, null where not measured 各维度得分，未计量者为 null"
    )
    p_alive: float | None = Field(
        description="Chance that the customer still buys; null without a lifetime model "
        "仍活跃的概率；未设生命周期模型时为 null"
    )
    expected_orders_12m: float | None = Field(description="In the next year 未来一年预期订单数")
    value_12m: int | None = Field(description="In the next year, in fen 未来一年预期价值，单位：分")
    influence: float | None = Field(description="Of the strongest account 最强账号的影响力")
    band: str | None = Field(description="KOL, KOC and the like 量级")
    care: bool = Field(description="Worth much and unhappy 高价值且不满，需关怀")
    reasons: list[Said]
    features_version: str
    policy_version: str
    run_id: int
