"""Backtest: what a detector would have said of counts that are known by now."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median_low
from typing import Any

from nlp.surveillance.detectors import Bin, Detector, Verdict, Width
from nlp.surveillance.errors import BinError

SPANS: tuple[tuple[Width, timedelta, timedelta], ...] = (
    ("10min", timedelta(minutes=10), timedelta(minutes=10)),
    ("hour", timedelta(hours=1), timedelta(hours=1)),
    ("day", timedelta(hours=23), timedelta(hours=25)),
    ("week", timedelta(hours=167), timedelta(hours=169)),
)
"""The shortest and the longest bin of each width: clock changes make days and weeks differ."""


@dataclass(frozen=True, slots=True)
class Judged:
    """One bin of a backtest, and what the detector said of it before it learned from it."""

    bin: Bin
    verdict: Verdict

    def as_row(self) -> dict[str, Any]:
        """Return the fields as plain values for JSON; times in ISO form."""
        since = self.verdict.since
        return {
            "date": self.bin.start.isoformat(),
            "count": self.bin.count,
            "total": self.bin.total,
            "expected": round(self.verdict.expected, 4),
            "upper": self.verdict.upper,
            "p": self.verdict.p,
            "alarm": self.verdict.alarm,
            "since": None if since is None else since.isoformat(),
            "reasons": [{"en": reason.en, "zh": reason.zh} for reason in self.verdict.reasons],
        }


def backtest(chosen: Detector, history: Sequence[Bin], series: Sequence[Bin]) -> tuple[Judged, ...]:
    """Return what a detector says of every bin of a series, each judged by what lies before it.

    Parameters
    ----------
    chosen
        From `detector(name)`.
    history
        Bins that only teach, oldest first; may be empty.
    series
        Bins to judge, oldest first, after the history.

    Raises
    ------
    BinError
        The bins are not in order, or the series begins before the history ends.
    """
    if history and series and series[0].start <= history[-1].start:
        raise BinError(
            f"the series begins at {series[0].start}, before the history ends "
            f"({history[-1].start}); cut one of them",
            f"序列始于 {series[0].start}，早于历史数据的结尾（{history[-1].start}）；请截去重叠",
        )
    state = chosen.fit(history)
    return tuple(Judged(step, state.update(step)) for step in series)


def width_of(starts: Sequence[datetime]) -> Width:
    """Return the width of bins that begin at these times, in order: the usual distance tells.

    >>> width_of([datetime(2026, 3, day, tzinfo=UTC) for day in (1, 2, 3, 5)])
    'day'

    Raises
    ------
    BinError
        There are fewer than two, or the usual distance is that of no width.
    """
    moments = [start.astimezone(UTC) for start in starts]
    steps = [after - before for before, after in pairwise(moments)]
    usual = median_low(steps) if steps else None
    for name, shortest, longest in SPANS:
        if usual is not None and shortest <= usual <= longest:
            return name
    raise BinError(
        f"the bins lie {usual or 'nowhere'} apart; counts must be of ten minutes, hours, days or "
        "weeks",
        f"各时间格相距 {usual or '未知'}；计数必须按十分钟、小时、天或周",
    )
