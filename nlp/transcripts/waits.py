"""How long the customer waits for the agent, where turns have times of their own."""

from dataclasses import dataclass
from itertools import pairwise
from statistics import median

from nlp.message import Message
from nlp.transcripts.contract import Dialogue, Turn


@dataclass(frozen=True, slots=True)
class Waits:
    """Waiting times in seconds, from a customer's first turn since the agent's last one.

    All None where the turns have no times, or times that contradict their order. `turns` are the
    customer's turn that waited longest and the agent's turn that ended it.
    """

    first_s: float | None
    median_s: float | None
    longest_s: float | None
    turns: tuple[int, ...]
    reasons: tuple[Message, ...]


def waits(dialogue: Dialogue) -> Waits:
    """Return how long the customer waited; a customer who never got an answer has no wait."""
    times = [turn.at for turn in dialogue.turns if turn.at is not None]
    if len(times) < len(dialogue.turns) or (len(times) > 1 and len(set(times)) == 1):
        return _unknown(Message("the turns have no times of their own", "各句没有各自的时间"))
    if any(later < earlier for earlier, later in pairwise(times)):
        return _unknown(Message("the times contradict the order of the turns", "时间与句序不一致"))
    pairs = [(asked, told, _seconds(asked, told)) for asked, told in _exchanges(dialogue.turns)]
    if not pairs:
        return _unknown(Message("no customer's turn was followed by an agent's", "没有客服回复"))
    asked, told, longest = max(pairs, key=lambda pair: pair[2])
    return Waits(
        first_s=pairs[0][2],
        median_s=median(seconds for _, _, seconds in pairs),
        longest_s=longest,
        turns=(asked.number, told.number),
        reasons=(_longest(asked, told, longest, len(pairs)),),
    )


def _exchanges(turns: tuple[Turn, ...]) -> list[tuple[Turn, Turn]]:
    """Return each customer's turn that begins to wait, with the agent's turn that ends it."""
    pairs: list[tuple[Turn, Turn]] = []
    waiting: Turn | None = None
    for turn in turns:
        if turn.role == "customer":
            waiting = waiting or turn
        elif waiting is not None:
            pairs.append((waiting, turn))
            waiting = None
    return pairs


def _seconds(asked: Turn, told: Turn) -> float:
    return (told.at - asked.at).total_seconds() if asked.at and told.at else 0.0


def _unknown(reason: Message) -> Waits:
    return Waits(None, None, None, (), (reason,))


def _longest(asked: Turn, told: Turn, seconds: float, count: int) -> Message:
    minutes = f"{seconds / 60:,.1f}"
    return Message(
        f"longest of {count} waits: {minutes} minutes, from turn {asked.number} to {told.number}",
        f"{count} 次等待中最长 {minutes} 分钟：第 {asked.number} 句至第 {told.number} 句",
    )
