"""The receipt of an erasure."""

from datetime import datetime

from pydantic import BaseModel, Field


class Receipt(BaseModel):
    """What was erased: the proof to keep, without anything about the person."""

    id: int = Field(description="Number of the receipt 回执编号")
    erased_at: datetime
    erased_by: str
    counts: dict[str, int] = Field(
        description="Rows removed or emptied, by table 各表删除或清空的行数",
        examples=[{"feedback": 3, "orders": 5, "engagement": 40, "customer_scores": 2}],
    )
    customer_hash: str = Field(
        description="SHA-256 of salt + customer id; who knows the id can check it 可供核对的哈希"
    )
    salt: str
