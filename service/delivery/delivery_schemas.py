"""Deliveries, as they are shown: what came of them, never what was said."""

from datetime import datetime

from pydantic import BaseModel, Field

from service.api.said import Said
from service.delivery.states import DeliveryState


class DeliveryOut(BaseModel):
    """One event on its way to one route."""

    id: int
    event_number: int
    alert_id: str
    event: str
    level: int
    route_id: int
    route: str
    state: DeliveryState
    message_id: str | None = Field(description="`webhook-id`; the same for every try 每次重试相同")
    attempts: int
    created_at: datetime
    due_at: datetime
    delivered_at: datetime | None
    last_error: str | None
    last_status: int | None


class AttemptOut(BaseModel):
    """One try."""

    at: datetime
    seconds: float
    status: int | None
    error: str | None


class DeliveryDetail(DeliveryOut):
    """One delivery with every try of its message."""

    hint: Said | None = Field(description="What to do about the last error 如何处理最近的错误")
    tries: list[AttemptOut]


class DeliveryPage(BaseModel):
    """One page of deliveries, the newest first."""

    items: list[DeliveryOut]
    next_cursor: str | None


class Replayed(BaseModel):
    """How many dead deliveries wait again."""

    replayed: int
