"""A support chat is one voice, however many turns it takes."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from nlp.surveillance.mention import Mention


def one_voice_a_chat(mentions: Iterable[Mention]) -> list[Mention]:
    """Return the mentions with one for each chat about a product, in their order.

    A chat stands where its first negative turn stands, under that turn's id, with the categories,
    the severity of all its negative turns and the widest reach; where no turn is negative, where it
    begins. Without this, one person who writes eight lines would be eight complaints.

    Parameters
    ----------
    mentions
        Oldest first.
    """
    chats: dict[tuple[str, str, str], list[Mention]] = {}
    for mention in mentions:
        session = mention.session_id or ""
        own = "" if session else mention.id
        chats.setdefault((session, mention.product, own), []).append(mention)
    return sorted(map(_voice, chats.values()), key=lambda one: (one.at.timestamp(), one.id))


def _voice(turns: Sequence[Mention]) -> Mention:
    told = [turn for turn in turns if turn.negative] or turns[:1]
    categories = dict.fromkeys(name for turn in told for name in turn.complaint)
    return replace(
        told[0],
        complaint=tuple(categories),
        severity=max(turn.severity for turn in told),
        reach=max(turn.reach for turn in turns),
    )
