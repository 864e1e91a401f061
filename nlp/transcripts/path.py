"""The course of a dialogue: what the customer's attitude did from the first turn to the last.

Attitude is a turn's valence, p(positive) - p(negative), smoothed exponentially (Brown 1959;
Roberts 1959): s[t] = α v[t] + (1 - α) s[t-1], s[1] = v[1].
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from nlp.message import Message
from nlp.transcripts.contract import Dialogue

Shape = Literal["falling", "rising", "dipping", "level", "unknown"]

SMOOTHING = 0.5
MOVED = 0.3

SHAPES: dict[Shape, Message] = {
    "falling": Message("falling", "走低"),
    "rising": Message("rising", "回升"),
    "dipping": Message("dipping and back", "先降后升"),
    "level": Message("level", "平稳"),
    "unknown": Message("unknown", "未知"),
}


@dataclass(frozen=True, slots=True)
class PathPoint:
    """The customer's attitude at one turn, both -1 to 1."""

    turn: int
    valence: float
    smoothed: float


@dataclass(frozen=True, slots=True)
class SentimentPath:
    """The customer's attitude over a dialogue.

    `shape` compares smoothed values: `falling` and `rising` where the end differs from the start
    by 0.3 or more, `dipping` where it does not but the path was 0.3 lower than both in between.
    """

    shape: Shape
    points: tuple[PathPoint, ...]
    turns: tuple[int, ...]
    reasons: tuple[Message, ...]

    @property
    def start(self) -> float:
        """The smoothed attitude at the first turn; 0 without a customer's turn."""
        return self.points[0].smoothed if self.points else 0.0

    @property
    def end(self) -> float:
        """The smoothed attitude at the last turn; 0 without a customer's turn."""
        return self.points[-1].smoothed if self.points else 0.0


def sentiment_path(dialogue: Dialogue) -> SentimentPath:
    """Return the path of the customer's sentiment."""
    turns = dialogue.customer
    values = [turn.valence for turn in turns]
    points = tuple(
        PathPoint(turn.number, round(value, 4), round(smooth, 4))
        for turn, value, smooth in zip(turns, values, smoothed(values), strict=True)
    )
    if not points:
        silent = Message("the customer says nothing", "顾客没有发言")
        return SentimentPath("unknown", (), (), (silent,))
    lowest = min(points, key=lambda point: point.smoothed)
    shape = _shape(points[0].smoothed, lowest.smoothed, points[-1].smoothed)
    told = dict.fromkeys((points[0].turn, lowest.turn, points[-1].turn))
    return SentimentPath(shape, points, tuple(told), (_reason(shape, points, lowest),))


def smoothed(values: Sequence[float], weight: float = SMOOTHING) -> list[float]:
    """Return values smoothed exponentially; `weight` is that of the newest, 0 to 1.

    >>> smoothed([0.0, -1.0, -1.0])
    [0.0, -0.5, -0.75]
    """
    path: list[float] = []
    for value in values:
        path.append(value if not path else weight * value + (1 - weight) * path[-1])
    return path


def _shape(start: float, lowest: float, end: float) -> Shape:
    if end - start >= MOVED:
        return "rising"
    if end - start <= -MOVED:
        return "falling"
    return "dipping" if min(start, end) - lowest >= MOVED else "level"


def _reason(shape: Shape, points: tuple[PathPoint, ...], lowest: PathPoint) -> Message:
    first, last, name = points[0], points[-1], SHAPES[shape]
    return Message(
        f"attitude is {name.en}: {first.smoothed:+.2f} at turn {first.turn}, lowest "
        f"{lowest.smoothed:+.2f} at turn {lowest.turn}, {last.smoothed:+.2f} at turn {last.turn}",
        f"态度{name.zh}：第 {first.turn} 句 {first.smoothed:+.2f}，最低为第 {lowest.turn} 句 "
        f"{lowest.smoothed:+.2f}，第 {last.turn} 句 {last.smoothed:+.2f}",
    )
