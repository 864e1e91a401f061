"""What is said again and again: near-duplicate clusters of a surge."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from nlp.surveillance.mention import Mention
from nlp.text import DuplicateGroup, DuplicateIndex

MOST_CLUSTERS = 10
QUOTE_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class Cluster:
    """Texts that say the same in nearly the same words.

    Attributes
    ----------
    count, share
        How many mentions, and their share of the surge, 0 to 1.
    authors
        How many known authors they have.
    first_id, first_at
        The earliest of them.
    quote_id, quote
        The wording that most of them share, masked, and a mention that has it.
    ids
        All of them, oldest first.
    """

    count: int
    share: float
    authors: int
    first_id: str
    first_at: datetime
    quote_id: str
    quote: str
    ids: tuple[str, ...]


def clusters_of(proof: Sequence[Mention]) -> tuple[Cluster, ...]:
    """Return the clusters of at least two mentions, the largest first; at most ten.

    Parameters
    ----------
    proof
        The mentions of the surge, oldest first.
    """
    index = DuplicateIndex()
    for mention in proof:
        index.add(mention.text)
    return tuple(_cluster(group, proof) for group in index.groups(2)[:MOST_CLUSTERS])


def shortened(text: str) -> str:
    """Return a text of at most 160 characters, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= QUOTE_CHARACTERS else line[: QUOTE_CHARACTERS - 1] + "…"


def _cluster(group: DuplicateGroup, proof: Sequence[Mention]) -> Cluster:
    own, spoken = [proof[number] for number in group.members], proof[group.representative]
    return Cluster(
        count=len(own),
        share=len(own) / len(proof),
        authors=len({mention.author_id for mention in own} - {None}),
        first_id=own[0].id,
        first_at=own[0].at,
        quote_id=spoken.id,
        quote=shortened(spoken.text),
        ids=tuple(mention.id for mention in own),
    )
