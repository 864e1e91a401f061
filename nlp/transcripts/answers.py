"""Which requests of the customer nobody answered.

A turn asks where it has the intent `request` or `inquiry`, or where it complains in the form of a
question. It is answered by the first later turn of an agent that says something; whether that
answers *this* question is not judged, so a wrong answer counts as one.
"""

from dataclasses import dataclass
from typing import Literal

from nlp.message import Message
from nlp.transcripts.contract import Dialogue, Turn, listed
from nlp.transcripts.phrasing import accepts, is_filler, is_question

Kind = Literal["none", "filler"]

ASKING = frozenset(("request", "inquiry"))


@dataclass(frozen=True, slots=True)
class Unanswered:
    """One request without an answer.

    `kind` is `none` where no agent's turn follows, `filler` where those that follow only greet,
    apologise, or put off; `turns` are the request and the turns that do not answer it.
    """

    turn: int
    id: str
    text: str
    kind: Kind
    turns: tuple[int, ...]
    reasons: tuple[Message, ...]


def asks(turn: Turn) -> bool:
    """Return whether a customer's turn wants an answer.

    A complaint in the form of a question does; a turn that only thanks or agrees does not.
    """
    if turn.role != "customer" or accepts(turn.text):
        return False
    if ASKING & set(turn.intents):
        return True
    return "complaint" in turn.intents and is_question(turn.text)


def unanswered(dialogue: Dialogue) -> tuple[Unanswered, ...]:
    """Return the requests that nobody answered, in order.

    The agent is given the benefit of the doubt: a request is open only where no turn of substance
    follows it at all, so only those after the agent's last such turn are.
    """
    places = [place for place, turn in enumerate(dialogue.turns) if turn.role == "agent"]
    telling = [place for place in places if not is_filler(dialogue.turns[place].text)]
    last = max(telling, default=-1)
    return tuple(
        _verdict(turn, [dialogue.turns[later] for later in places if later > place])
        for place, turn in enumerate(dialogue.turns)
        if place > last and asks(turn)
    )


def _verdict(turn: Turn, empty: list[Turn]) -> Unanswered:
    numbers = tuple(one.number for one in empty)
    reason = _only_filler(turn, numbers, empty[-1]) if empty else _nobody(turn)
    kind: Kind = "filler" if empty else "none"
    return Unanswered(turn.number, turn.id, turn.quote, kind, (turn.number, *numbers), (reason,))


def _nobody(turn: Turn) -> Message:
    return Message(
        f"turn {turn.number} asks, and no agent's turn follows: {turn.quote}",
        f"第 {turn.number} 句提出诉求，之后没有客服回复：{turn.quote}",
    )


def _only_filler(turn: Turn, numbers: tuple[int, ...], last: Turn) -> Message:
    told = listed(numbers)
    return Message(
        f"turn {turn.number} asks ({turn.quote}), and the agent only puts off at turn {told}: "
        f"{last.quote}",
        f"第 {turn.number} 句提出诉求（{turn.quote}），客服第 {told} 句只是应付：{last.quote}",
    )
