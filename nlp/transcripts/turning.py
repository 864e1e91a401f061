"""Where a dialogue broke, and where it recovered: level shifts of the customer's attitude.

The customer's valences are cut into stretches of constant level by optimal partitioning (Jackson
et al. 2005, IEEE Signal Processing Letters 12(2)): the cut that makes the squared error plus a
penalty for every further stretch smallest. One odd turn amid others costs two cuts, so it moves
nothing unless it is strong.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from nlp.message import Message
from nlp.transcripts.contract import Dialogue, Turn

Kind = Literal["broke", "recovered"]

PENALTY = 0.5
SHIFT = 0.5
BAD = -0.2
GOOD = 0.2

KINDS: dict[Kind, Message] = {
    "broke": Message("broke", "恶化"),
    "recovered": Message("recovered", "好转"),
}


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """The first customer turn of a new level: `broke` downwards, `recovered` upwards.

    `before` and `after` are the mean valences of the stretches, -1 to 1; `after_agent` is the
    agent's last turn before it, None where the agent said nothing since the customer's last turn.
    """

    kind: Kind
    turn: int
    id: str
    words: tuple[str, ...]
    before: float
    after: float
    after_agent: int | None
    reasons: tuple[Message, ...]


def turning_points(dialogue: Dialogue) -> tuple[TurningPoint, ...]:
    """Return where the dialogue broke or recovered, in order; none where its level stays.

    It breaks where the level falls by 0.5 or more to -0.2 or below, and recovers where it rises by
    0.5 or more from there to 0.2 or above: who complains first and then only answers the agent's
    questions has not recovered.
    """
    turns = dialogue.customer
    values = [turn.valence for turn in turns]
    edges = (*level_starts(values), len(values))
    levels = [(first, float(np.mean(values[first:last]))) for first, last in pairwise(edges)]
    found = (
        _point(dialogue, turns[place], before, after)
        for (_, before), (place, after) in pairwise(levels)
        if _turns(before, after)
    )
    return tuple(found)


def _turns(before: float, after: float) -> bool:
    broke = after <= BAD and before - after >= SHIFT
    return broke or (before <= BAD and after >= GOOD and after - before >= SHIFT)


def level_starts(values: Sequence[float], penalty: float = PENALTY) -> tuple[int, ...]:
    """Return where the stretches of constant level begin, the first at 0; () for no value.

    >>> level_starts([0.0, 0.1, -0.9, -0.8, -0.9])
    (0, 2)
    """
    total = np.concatenate(([0.0], np.cumsum(values)))
    squares = np.concatenate(([0.0], np.cumsum(np.square(values))))
    best = np.zeros(len(values) + 1)
    start = np.zeros(len(values) + 1, dtype=np.int64)
    for end in range(1, len(values) + 1):
        lengths = np.arange(end, 0, -1)
        errors = squares[end] - squares[:end] - (total[end] - total[:end]) ** 2 / lengths
        costs = best[:end] + errors + penalty
        start[end] = int(np.argmin(costs))
        best[end] = costs[start[end]]
    return _walked_back(start)


def _walked_back(start: NDArray[np.int64]) -> tuple[int, ...]:
    starts: list[int] = []
    end = len(start) - 1
    while end > 0:
        end = int(start[end])
        starts.append(end)
    return tuple(reversed(starts))


def _point(dialogue: Dialogue, turn: Turn, before: float, after: float) -> TurningPoint:
    kind: Kind = "broke" if after < before else "recovered"
    agent = _agent_before(dialogue, turn)
    return TurningPoint(
        kind=kind,
        turn=turn.number,
        id=turn.id,
        words=turn.telling,
        before=round(before, 4),
        after=round(after, 4),
        after_agent=None if agent is None else agent.number,
        reasons=_reasons(kind, turn, before, after, agent),
    )


def _agent_before(dialogue: Dialogue, turn: Turn) -> Turn | None:
    place = dialogue.turns.index(turn)
    previous = dialogue.turns[place - 1] if place else None
    return previous if previous is not None and previous.role == "agent" else None


def _reasons(
    kind: Kind, turn: Turn, before: float, after: float, agent: Turn | None
) -> tuple[Message, ...]:
    name, number = KINDS[kind], turn.number
    moved = Message(
        f"{name.en} at turn {number} (attitude {before:+.2f} before, {after:+.2f} from there): "
        f"{', '.join(turn.telling)}",
        f"第 {number} 句{name.zh}（此前态度 {before:+.2f}，此后 {after:+.2f}）："
        f"{'、'.join(turn.telling)}",
    )
    if agent is None:
        return (moved,)
    caused = Message(
        f"after the agent's turn {agent.number}: {agent.quote}",
        f"发生在客服第 {agent.number} 句之后：{agent.quote}",
    )
    return (moved, caused)
