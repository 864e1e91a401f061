"""What a surge talks about, in its own words."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from nlp.surveillance.mention import Mention
from nlp.text import contrast, count_terms

MOST_PHRASES = 8
SAMPLE = 400
LEAST_TEXTS = 2


@dataclass(frozen=True, slots=True)
class Phrasing:
    """What people usually say, to tell a surge from.

    Attributes
    ----------
    mentions
        All mentions of the watch, oldest first.
    """

    mentions: Sequence[Mention]

    def of(self, proof: Sequence[Mention]) -> tuple[str, ...]:
        """Return the phrases of a surge, most telling first: at most eight.

        They are told from what else is said about the product, or about all products where
        nothing else is; where there is nothing at all to tell them from, the most frequent ones
        are given. Of long surges and backgrounds an even sample of 400 texts is read.
        """
        texts = [mention.text for mention in evenly(proof)]
        usual = [mention.text for mention in evenly(self._background(proof))]
        found = contrast(texts, usual, MOST_PHRASES) if usual else ()
        if found:
            return tuple(one.phrase for one in found)
        return most_frequent(texts)

    def _background(self, proof: Sequence[Mention]) -> list[Mention]:
        own = {mention.id for mention in proof}
        rest = [mention for mention in self.mentions if mention.id not in own]
        product = [mention for mention in rest if mention.product == proof[0].product]
        return product or rest


def evenly(mentions: Sequence[Mention]) -> Sequence[Mention]:
    """Return every n-th mention, so that at most `SAMPLE` are left."""
    return mentions[:: -(-len(mentions) // SAMPLE) or 1]


def most_frequent(texts: Collection[str]) -> tuple[str, ...]:
    """Return the phrases that most texts hold, none part of another; at least two texts each."""
    chosen: list[str] = []
    counted = count_terms(texts).most_common()
    for phrase, count in sorted(counted, key=lambda pair: (-pair[1], -len(pair[0]), pair[0])):
        near = any(phrase in other or other in phrase for other in chosen)
        if count >= LEAST_TEXTS and not near and len(chosen) < MOST_PHRASES:
            chosen.append(phrase)
    return tuple(chosen)
