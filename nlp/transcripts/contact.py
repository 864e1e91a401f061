"""Repeated contact: the same customer with the same problem, within some days, over dialogues."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

from nlp.message import Message
from nlp.surveillance import category_name
from nlp.transcripts.contract import Dialogue, Turn, listed
from nlp.transcripts.phrasing import letters, says_again

DAYS = 7
NEAR = 0.4
RELATED = 0.12
LEAST_PAIRS = 3
MOST_EARLIER = 50
VAGUE = "other"


@dataclass(frozen=True, slots=True)
class EarlierContact:
    """An earlier dialogue about the same problem.

    `similarity` is the share of the shorter text's character pairs that stand in the other too
    (the overlap coefficient), 0 to 1; `turns` are the turns of the earlier dialogue compared.
    """

    session_id: str
    days: float
    categories: tuple[str, ...]
    similarity: float
    turns: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RepeatedContact:
    """Whether a dialogue is not the first: `earlier` ones were found, or the customer says so.

    `turns` are those of this dialogue that prove it.
    """

    earlier: tuple[EarlierContact, ...]
    said: bool
    turns: tuple[int, ...]
    reasons: tuple[Message, ...]

    @property
    def repeated(self) -> bool:
        """Either of the two."""
        return bool(self.earlier) or self.said


@dataclass(frozen=True, slots=True)
class _Problem:
    dialogue: Dialogue
    turns: tuple[Turn, ...]
    categories: frozenset[str]
    pairs: frozenset[str]


def repeated_contacts(
    dialogues: Iterable[Dialogue], days: float = DAYS
) -> Mapping[str, RepeatedContact]:
    """Return for each dialogue, by its id, whether it is a repeated contact.

    Two dialogues of one customer are about the same problem where their products do not differ
    and either their texts are near (overlap 0.4 or more), or they share a complaint category
    other than `other` and are related (0.12 or more). Dialogues without customer or time are
    compared with none. Of a customer with many dialogues the 50 before are compared.

    Parameters
    ----------
    dialogues
        All dialogues that are to be compared.
    days
        How many days may lie between the beginnings of the two, 0 or more.
    """
    told = list(dialogues)
    earlier = _earlier(told, timedelta(days=days))
    return {one.id: _verdict(one, earlier.get(one.id, ())) for one in told}


def problem_turns(dialogue: Dialogue) -> tuple[Turn, ...]:
    """Return the customer's turns that tell the problem: what complains, asks, or is negative."""
    telling = ("complaint", "request", "inquiry")
    return tuple(
        turn
        for turn in dialogue.customer
        if turn.sentiment == "negative" or any(name in turn.intents for name in telling)
    )


def _earlier(
    dialogues: Sequence[Dialogue], within: timedelta
) -> dict[str, tuple[EarlierContact, ...]]:
    by_customer: defaultdict[str, list[_Problem]] = defaultdict(list)
    for dialogue in dialogues:
        if dialogue.customer_id is not None and dialogue.begun is not None:
            by_customer[dialogue.customer_id].append(_problem(dialogue))
    found: dict[str, tuple[EarlierContact, ...]] = {}
    for problems in by_customer.values():
        problems.sort(key=lambda one: one.dialogue.begun.timestamp() if one.dialogue.begun else 0)
        for place, later in enumerate(problems):
            before = problems[max(place - MOST_EARLIER, 0) : place]
            compared = (_compared(first, later, within) for first in before)
            found[later.dialogue.id] = tuple(one for one in compared if one is not None)
    return found


def _problem(dialogue: Dialogue) -> _Problem:
    turns = problem_turns(dialogue)
    categories = {name for turn in turns for name in turn.complaint} - {VAGUE}
    pairs = {first + second for turn in turns for first, second in pairwise(letters(turn.text))}
    return _Problem(dialogue, turns, frozenset(categories), frozenset(pairs))


def _compared(first: _Problem, later: _Problem, within: timedelta) -> EarlierContact | None:
    begun, again = first.dialogue.begun, later.dialogue.begun
    products = {first.dialogue.product, later.dialogue.product} - {None}
    if begun is None or again is None or again - begun > within or len(products) > 1:
        return None
    similarity = _overlap(first.pairs, later.pairs)
    shared = first.categories & later.categories
    if similarity < NEAR and not (shared and similarity >= RELATED):
        return None
    return EarlierContact(
        session_id=first.dialogue.id,
        days=round((again - begun) / timedelta(days=1), 2),
        categories=tuple(sorted(shared)),
        similarity=round(similarity, 4),
        turns=tuple(turn.number for turn in first.turns),
    )


def _overlap(left: frozenset[str], right: frozenset[str]) -> float:
    shorter = min(len(left), len(right))
    return len(left & right) / shorter if shorter >= LEAST_PAIRS else 0.0


def _verdict(dialogue: Dialogue, earlier: tuple[EarlierContact, ...]) -> RepeatedContact:
    said = [(turn, words) for turn in dialogue.customer if (words := says_again(turn.text))]
    numbers = {turn.number for turn, _ in said}
    if earlier:
        numbers |= {turn.number for turn in problem_turns(dialogue)}
    reasons = (*map(_found, earlier), *(_told(turn, words) for turn, words in said))
    return RepeatedContact(earlier, bool(said), tuple(sorted(numbers)), reasons)


def _found(earlier: EarlierContact) -> Message:
    names = [category_name(name) for name in earlier.categories]
    en = ", ".join(name.en for name in names) or "no shared category"
    zh = "、".join(name.zh for name in names) or "无共同类别"
    share, turns = f"{earlier.similarity:.0%}", listed(earlier.turns)
    return Message(
        f"same problem as {earlier.session_id} {earlier.days:g} days before "
        f"(its turns {turns}; {en}; {share} of the wording alike)",
        f"与 {earlier.days:g} 天前的会话 {earlier.session_id} 问题相同"
        f"（其第 {turns} 句；{zh}；措辞重合 {share}）",
    )


def _told(turn: Turn, words: str) -> Message:
    return Message(
        f"the customer says so at turn {turn.number} ({words}): {turn.quote}",
        f"顾客在第 {turn.number} 句提及（{words}）：{turn.quote}",
    )
