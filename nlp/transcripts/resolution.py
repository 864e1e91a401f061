"""Resolution: is the problem of a dialogue solved, still open, or can nobody tell?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from nlp.message import Message
from nlp.transcripts.answers import Unanswered, asks
from nlp.transcripts.contract import Dialogue, Turn, listed
from nlp.transcripts.phrasing import accepts, gives_up, says_solved, says_unsolved, threat

State = Literal["resolved", "open", "unknown"]

STATES: dict[State, Message] = {
    "resolved": Message("resolved", "已解决"),
    "open": Message("open", "未解决"),
    "unknown": Message("unknown", "不明"),
}


@dataclass(frozen=True, slots=True)
class Resolution:
    """How a dialogue stands at its end, by the customer's last words; with the turns that say so.

    It says what was agreed in the dialogue, not what happened afterwards.
    """

    state: State
    turns: tuple[int, ...]
    reasons: tuple[Message, ...]


def resolution(dialogue: Dialogue, open_requests: tuple[Unanswered, ...]) -> Resolution:
    """Return the resolution of a dialogue; the first rule that holds decides.

    Open: a request without an answer; the customer's last words threaten, deny that it is solved,
    give up, or complain. Resolved: they say that it is solved, accept the answer, or are positive.
    Unknown: all else, and where nothing was asked and nothing complained about.
    """
    if not dialogue.customer:
        return _unknown((), Message("the customer says nothing", "顾客没有发言"))
    if open_requests:
        return _unanswered(open_requests)
    last = dialogue.customer[-1]
    for state, words_of, en, zh in _LAST_WORDS:
        if words := words_of(last):
            return _by_last_words(state, last, Message(f"{en} ({words})", f"{zh}（{words}）"))
    if not any(asks(turn) or turn.complaint for turn in dialogue.customer):
        nothing = Message("nothing was asked or complained about", "没有提出诉求，也没有投诉")
        return _unknown((), nothing)
    return _unknown(
        (last.number,),
        Message(
            f"the customer's last words (turn {last.number}) do not say whether it is solved: "
            f"{last.quote}",
            f"顾客最后一句（第 {last.number} 句）未表明是否解决：{last.quote}",
        ),
    )


def _said(words_of: Callable[[str], str | None]) -> Callable[[Turn], str | None]:
    return lambda turn: words_of(turn.text)


def _complains(turn: Turn) -> str | None:
    bad = turn.sentiment == "negative" and "complaint" in turn.intents
    return "/".join(turn.telling) if bad else None


def _agrees(turn: Turn) -> str | None:
    return accepts(turn.text) if turn.sentiment != "negative" else None


def _is_glad(turn: Turn) -> str | None:
    return "/".join(turn.telling) if turn.sentiment == "positive" and not asks(turn) else None


_LAST_WORDS: tuple[tuple[State, Callable[[Turn], str | None], str, str], ...] = (
    ("open", _said(threat), "the customer threatens at the end", "顾客最后仍扬言升级"),
    ("open", _said(says_unsolved), "the customer says that it is not solved", "顾客表示未解决"),
    ("open", _said(gives_up), "the customer gives up", "顾客放弃"),
    ("resolved", _said(says_solved), "the customer says that it is solved", "顾客表示已解决"),
    ("open", _complains, "the customer still complains at the end", "顾客最后仍在投诉"),
    ("resolved", _agrees, "the customer accepts the answer", "顾客接受答复"),
    ("resolved", _is_glad, "the customer is content at the end", "顾客最后表示满意"),
)


def _by_last_words(state: State, last: Turn, why: Message) -> Resolution:
    reason = Message(
        f"{why.en} at turn {last.number}: {last.quote}",
        f"{why.zh}，第 {last.number} 句：{last.quote}",
    )
    return Resolution(state, (last.number,), (reason,))


def _unanswered(requests: tuple[Unanswered, ...]) -> Resolution:
    turns = tuple(one.turn for one in requests)
    reason = Message(
        f"requests without an answer: {len(requests)} (turns {listed(turns)})",
        f"{len(requests)} 项诉求没有答复（第 {listed(turns)} 句）",
    )
    return Resolution("open", turns, (reason,))


def _unknown(turns: tuple[int, ...], reason: Message) -> Resolution:
    return Resolution("unknown", turns, (reason,))
