"""The course of a series from stored feedback, and backtests of given counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from sqlalchemy.orm import Session

from nlp.surveillance import (
    Bin,
    Key,
    SurveillanceError,
    WatchSettings,
    WatchWidth,
    backtest,
    course,
    detector,
    tuned,
    width_of,
)
from service.api.windows import asked_time
from service.errors import InputError
from service.mentions import mentions_of
from service.series.schemas import BacktestIn, BacktestOut, CountIn, JudgedBin, Point, Series

USUAL: dict[WatchWidth, timedelta] = {
    "10min": timedelta(days=2),
    "hour": timedelta(days=14),
    "day": timedelta(days=180),
}
MOST_POINTS = 5_000


@dataclass(frozen=True, slots=True)
class Asked:
    """Which series is asked for, and which part of it; without times, its recent past."""

    key: Key
    width: WatchWidth
    since: datetime | None
    until: datetime | None


def show(session: Session, asked: Asked, settings: WatchSettings) -> Series:
    """Return the course of a series as of the last mention of its product.

    Raises
    ------
    InputError
        The window holds too many bins.
    """
    mentions = mentions_of(session, asked.key.product, settings.memory)
    points: list[Point] = []
    if mentions:
        as_of = max(mention.at for mention in mentions)
        since = asked.since or (asked.until or as_of) - USUAL[asked.width]
        found = course(mentions, asked.key, width=asked.width, as_of=as_of, settings=settings)
        points = [
            Point.model_validate(point, from_attributes=True)
            for point in found
            if point.end > since and (asked.until is None or point.start < asked.until)
        ]
    if len(points) > MOST_POINTS:
        raise InputError(
            f"The window holds {len(points):,} bins, at most {MOST_POINTS:,} are shown at a time; "
            "give since and until, or a greater width.",
            f"时间窗含 {len(points):,} 格，一次至多显示 {MOST_POINTS:,} 格；"
            "请给出 since 与 until，或更大的 width。",
        )
    return Series(
        product=asked.key.product, category=asked.key.category, width=asked.width, points=points
    )


def judge_counts(asked: BacktestIn, zone: tzinfo) -> BacktestOut:
    """Return what a detector says of given counts.

    Raises
    ------
    InputError
        A date is none, the bins are out of order or of no known width, a total is below its
        count, a setting is not allowed, or no detector has that name.
    """
    try:
        return _judged(asked, zone)
    except SurveillanceError as error:
        raise InputError(f"{error.message.en}.", f"{error.message.zh}。") from error


def _judged(asked: BacktestIn, zone: tzinfo) -> BacktestOut:
    history = [_bin("history", at, each, zone) for at, each in enumerate(asked.history)]
    series = [_bin("series", at, each, zone) for at, each in enumerate(asked.series)]
    width = width_of([each.start for each in (*history, *series)])
    tuning = tuned(asked.detector, width, asked.false_alarms, asked.minimum_count)
    judged = backtest(detector(asked.detector, tuning), history, series)
    bins = [JudgedBin.model_validate(each.as_row()) for each in judged]
    return BacktestOut(detector=asked.detector, width=width, alarms=_alarms(bins), bins=bins)


def _bin(name: str, number: int, each: CountIn, zone: tzinfo) -> Bin:
    start = asked_time(f"{name}.{number}.date", each.date, zone)
    if each.total is not None and each.total < each.count:
        raise InputError(
            f"{name}.{number}: the count {each.count} is above its total {each.total}.",
            f"{name}.{number}：计数 {each.count} 大于总数 {each.total}。",
        )
    return Bin(start, each.count, each.total)


def _alarms(bins: Sequence[JudgedBin]) -> int:
    return sum(each.alarm for each in bins)
