"""Which words are new: phrases of a surge against its baseline, with the ids that hold them."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from nlp.surveillance.mention import Mention
from nlp.text import count_terms, telling_terms

MOST_PHRASES = 8
MOST_TEXTS = 2000
SURE = 1.96


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase that the surge uses more than its baseline does.

    Attributes
    ----------
    phrase
        As it stands in the normalised text.
    z
        z-score of its log-odds ratio with an informative Dirichlet prior (Monroe, Colaresi and
        Quinn 2008, equation 22); 1.96 or more.
    texts, usual_texts
        How many texts of the surge and of the baseline hold it.
    ids
        Those of the surge, oldest first.
    """

    phrase: str
    z: float
    texts: int
    usual_texts: int
    ids: tuple[str, ...]


def phrases_of(proof: Sequence[Mention], usual: Sequence[Mention]) -> tuple[Phrase, ...]:
    """Return the phrases of a surge, the most telling first, at most eight.

    None where there is no baseline to tell them from: what is merely frequent is no finding. Of
    more than 2,000 texts an even sample is read, on either side.

    Parameters
    ----------
    proof, usual
        The mentions of the surge, oldest first, and those of its baseline.
    """
    if not usual:
        return ()
    holders: defaultdict[str, list[str]] = defaultdict(list)
    for mention in _evenly(proof):
        for term in count_terms([mention.text]):
            holders[term].append(mention.id)
    counts = Counter({term: len(ids) for term, ids in holders.items()})
    ordinary = count_terms(mention.text for mention in _evenly(usual))
    found = telling_terms(counts, ordinary, ordinary.total(), MOST_PHRASES)
    return tuple(
        Phrase(one.phrase, one.score, one.texts, one.background_texts, tuple(holders[one.phrase]))
        for one in found
        if one.score >= SURE
    )


def _evenly(mentions: Sequence[Mention]) -> Sequence[Mention]:
    return mentions[:: -(-len(mentions) // MOST_TEXTS) or 1]
