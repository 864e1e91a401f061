"""What every detector takes and gives: bins in, verdicts with reasons out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol, get_args

from nlp.message import Message
from nlp.surveillance.errors import BinError, WatchSettingsError

Width = Literal["10min", "hour", "day", "week"]
WIDTH_NAMES: tuple[Width, ...] = get_args(Width)


@dataclass(frozen=True, slots=True)
class Bin:
    """One step of a series.

    Parameters
    ----------
    start
        When the bin begins, timezone-aware; its zone says which hour and weekday it is.
    count
        How many were counted, 0 or more (for Tingyin: negative mentions).
    total
        The count and everything it is a part of (all mentions); None when nobody knows.
    """

    start: datetime
    count: int
    total: int | None = None

    def __post_init__(self) -> None:
        if self.start.utcoffset() is None:
            raise BinError(
                f"bin {self.start} has no time zone; give an aware datetime",
                f"时间格 {self.start} 没有时区；请提供带时区的时间",
            )
        if self.count < 0 or (self.total is not None and self.total < self.count):
            raise BinError(
                f"bin {self.start}: count {self.count} must be 0 or more and at most its "
                f"total {self.total}; check how the two were counted",
                f"时间格 {self.start}：计数 {self.count} 必须不小于 0 且不大于总数 {self.total}；"
                "请检查二者的统计口径",
            )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a detector says about one bin.

    Attributes
    ----------
    alarm
        Whether the count is more than chance explains.
    expected
        Mean of the count if nothing is wrong.
    upper
        The largest count of one bin that is still put down to chance.
    p
        Probability, 0 to 1, of evidence as strong as this if nothing is wrong.
    since
        Start of the bin in which the rise began; None when there is none.
    reasons
        Why, in both languages; never empty.
    """

    alarm: bool
    expected: float
    upper: int
    p: float
    since: datetime | None
    reasons: tuple[Message, ...]


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """How easily a detector speaks up.

    Parameters
    ----------
    false_alarms
        Probability of a false alarm in one bin, above 0 and below 0.5.
    minimum_count
        A rise of fewer counts than this never alarms; 1 or more.
    width
        How long a bin is.
    """

    false_alarms: float = 1 / (30 * 24)
    minimum_count: int = 5
    width: Width = "hour"

    def __post_init__(self) -> None:
        if not 0 < self.false_alarms < 0.5:
            raise WatchSettingsError(
                f"false_alarms is {self.false_alarms}; give a probability per bin, 0 < p < .5",
                f"false_alarms 为 {self.false_alarms}；请给出大于 0、小于 0.5 的每格误报概率",
            )
        if self.minimum_count < 1:
            raise WatchSettingsError(
                f"minimum_count is {self.minimum_count}; give 1 or more",
                f"minimum_count 为 {self.minimum_count}；请给出不小于 1 的整数",
            )
        if self.width not in WIDTH_NAMES:
            known = ", ".join(WIDTH_NAMES)
            raise WatchSettingsError(
                f"width is {self.width!r}; known: {known}",
                f"width 为 {self.width!r}；可用：{known}",
            )


class State(Protocol):
    """A detector that has learned a series and goes on learning."""

    def update(self, step: Bin) -> Verdict:
        """Judge the next bin, then learn from it; constant time."""
        ...


class Detector(Protocol):
    """A way to tell a rise from chance."""

    def fit(self, history: Sequence[Bin]) -> State:
        """Return the state after `history`, oldest first; an empty history is allowed."""
        ...
