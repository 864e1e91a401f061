"""Texts unlike an earlier period: they hold words that came up since.

A word is new when its log-odds against the earlier period (Monroe, Colaresi and Quinn 2008, see
`nlp.text.log_odds`) exceed what chance would give the largest of as many words, at 5 %: a file
without drift gives no findings.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from statistics import NormalDist

from nlp.message import Message
from nlp.review.candidate import Candidate
from nlp.review.finding import Finding
from nlp.text import count_terms, log_odds

RECENT_SHARE = 0.25
LEAST_TEXTS = 30
LEAST_MENTIONS = 3
CHANCE = 0.05
SHOWN = 3


def drifted(candidates: Sequence[Candidate], since: datetime | None = None) -> list[Finding]:
    """Return a finding for every recent text with words that are new, the newest words first.

    Parameters
    ----------
    candidates
        Those without a time are left out.
    since
        Where the recent period starts; its last quarter of the texts when None.
    """
    dated = sorted((one.at, index) for index, one in enumerate(candidates) if one.at is not None)
    if not dated:
        return []
    since = since or dated[int(len(dated) * (1 - RECENT_SHARE))][0]
    recent = [index for at, index in dated if at >= since]
    earlier = [index for at, index in dated if at < since]
    if min(len(recent), len(earlier)) < LEAST_TEXTS:
        return []
    terms = {index: set(count_terms([candidates[index].text])) for index in recent}
    new = _new_words(terms.values(), count_terms(candidates[index].text for index in earlier))
    return [
        _finding(candidates[index], index, {word: new[word] for word in words & new.keys()}, since)
        for index, words in terms.items()
        if words & new.keys()
    ]


def _new_words(texts: Iterable[set[str]], usual: Counter[str]) -> dict[str, float]:
    counts = Counter(word for words in texts for word in words)
    scores = log_odds(counts, usual)
    limit = NormalDist().inv_cdf(1 - CHANCE / max(1, len(scores)))
    return {
        word: score
        for word, score in scores.items()
        if score > limit and counts[word] >= LEAST_MENTIONS
    }


def _finding(one: Candidate, index: int, new: dict[str, float], since: datetime) -> Finding:
    words = sorted(new, key=lambda word: (-new[word], word))
    told = words[:SHOWN]
    why = Message(
        f"words that came up since {since:%Y-%m-%d}: {', '.join(told)}",
        f"{since:%Y-%m-%d} 以来新出现的词：{'、'.join(told)}",
    )
    return Finding(index, new[words[0]], why, (words[0], one.product, one.channel))
