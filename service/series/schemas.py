"""Series as they are shown, and the counts that a backtest is asked of."""

from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from nlp.surveillance import Width
from service.api.said import Said

MOST_BINS = 50_000
Moment = Annotated[str, Field(max_length=60, json_schema_extra={"format": "date-time"})]
WEEK: JsonDict = {
    "detector": "ears-c2",
    "history": [{"date": f"2026-02-{day:02}", "count": 3 + day % 3} for day in range(2, 16)],
    "series": [{"date": "2026-02-16", "count": 4}, {"date": "2026-02-17", "count": 19}],
}


class Point(BaseModel):
    """One bin of a series."""

    start: datetime
    end: datetime
    count: int = Field(description="Negative mentions 负面提及数")
    others: int = Field(description="All other mentions of the product 该产品的其余提及数")
    expected: float = Field(description="Mean if nothing is wrong 正常预期")
    upper: int = Field(description="Largest count put down to chance 正常上限")
    alarm: bool


class Series(BaseModel):
    """The course of one product, or of one complaint category of it; the oldest bin first."""

    product: str
    category: str | None
    width: Width
    points: list[Point]


class CountIn(BaseModel):
    """The count of one bin."""

    model_config = ConfigDict(extra="forbid")

    date: Moment
    count: int = Field(ge=0, le=10**12)
    total: int | None = Field(default=None, ge=0, le=10**12, description="Of everything 总数")


Counts = Annotated[list[CountIn], Field(max_length=MOST_BINS)]


class BacktestIn(BaseModel):
    """A detector, and the counts that it is to judge."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [WEEK]})

    detector: str = Field(default="surge", max_length=60)
    history: Counts = Field(default=[], description="Only teaches 只用于学习")
    series: Counts = Field(min_length=1, description="To judge 待判断")
    false_alarms: float | None = Field(default=None, description="Per bin 每格误报率")
    minimum_count: int | None = None


class JudgedBin(BaseModel):
    """What the detector said of one bin."""

    date: datetime
    count: int
    total: int | None
    expected: float
    upper: int
    p: float
    alarm: bool
    since: datetime | None
    reasons: list[Said]


class BacktestOut(BaseModel):
    """Every bin of the series, the oldest first."""

    detector: str
    width: Width
    alarms: int
    bins: list[JudgedBin]
