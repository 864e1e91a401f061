"""Coordination: a crowd, or one message in many mouths.

Near-duplicates (`nlp.text.DuplicateIndex`) that different authors post close in time.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from nlp.surveillance.mention import Mention
from nlp.text import DuplicateIndex, letters_of

CLOSE = timedelta(hours=2)
LEAST_AUTHORS = 3
LEAST_CHARACTERS = 8


def coordinated(mentions: Sequence[Mention]) -> tuple[str, ...]:
    """Return the ids of the mentions that look arranged, in the order given.

    A mention looks arranged when it belongs to a run of near-duplicates, each within `CLOSE` of the
    one before, by at least `LEAST_AUTHORS` authors. Texts of fewer than `LEAST_CHARACTERS` letters
    are left out: everybody writes 差评. So are mentions without an author: nobody can say that two
    of them are two people.
    """
    told = [m for m in mentions if m.author_id is not None and _tells_enough(m.text)]
    told.sort(key=lambda mention: (mention.at, mention.id))
    index = DuplicateIndex()
    for mention in told:
        index.add(mention.text)
    arranged: set[str] = set()
    for group in index.groups(LEAST_AUTHORS):
        for run in _runs([told[number] for number in group.members]):
            if len({mention.author_id for mention in run}) >= LEAST_AUTHORS:
                arranged.update(mention.id for mention in run)
    return tuple(mention.id for mention in mentions if mention.id in arranged)


def _tells_enough(text: str) -> bool:
    return len(letters_of(text)) >= LEAST_CHARACTERS


def _runs(copies: Sequence[Mention]) -> Iterator[list[Mention]]:
    """Yield what is posted without a pause longer than `CLOSE`, oldest first."""
    run: list[Mention] = []
    for mention in copies:
        if run and mention.at - run[-1].at > CLOSE:
            yield run
            run = []
        run.append(mention)
    if run:
        yield run
