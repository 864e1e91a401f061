"""What a group of texts talks about more than its background does: log-odds with a prior.

Monroe, Colaresi and Quinn (2008), "Fightin' Words: Lexical Feature Selection and Evaluation for
Identifying the Content of Political Conflict", Political Analysis 16(4), equations 16, 19 and 22.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import log, sqrt

from nlp.text.keyphrases import content_words, phrases
from nlp.text.normalise import normalise
from nlp.text.words import word_spans

PRIOR_MENTIONS = 500.0
_LEAST_TEXTS = 2


@dataclass(frozen=True, slots=True)
class Contrast:
    """A phrase that the group uses more than the background.

    Attributes
    ----------
    phrase
        The phrase, normalised.
    score
        z-score of the log-odds ratio; above 1.96 it would be chance once in forty.
    texts
        How many texts of the group hold it.
    background_texts
        How many texts of the background hold it.
    """

    phrase: str
    score: float
    texts: int
    background_texts: int


def log_odds(
    counts: Mapping[str, int],
    background: Mapping[str, int],
    prior: float = PRIOR_MENTIONS,
    *,
    background_size: int | None = None,
) -> dict[str, float]:
    """Return for every term of `counts` the z-score of its log-odds against `background`.

    The prior is informative: every term is expected as often as in both together, with the weight
    of `prior` mentions, so that rare terms do not win by luck.

    Parameters
    ----------
    counts, background
        Mentions of each term, not below 0, in the group and outside it.
    prior
        Strength of the prior in mentions, above 0.
    background_size
        All mentions outside the group, where `background` holds only terms of `counts`.
    """
    size, other_size = sum(counts.values()), background_size
    if other_size is None:
        other_size = sum(background.values())
    scores = {}
    for term, count in counts.items():
        other = background.get(term, 0)
        expected = prior * (count + other) / (size + other_size) if count + other else 0.0
        here, there = count + expected, other + expected
        if 0 < here < size + prior and 0 < there < other_size + prior:
            odds = log(here / (size + prior - here)) - log(there / (other_size + prior - there))
            scores[term] = odds / sqrt(1 / here + 1 / there)
    return scores


def count_terms(texts: Iterable[str]) -> Counter[str]:
    """Return in how many of `texts` each phrase and each telling word stands.

    A text counts once, however often it says so: one flooding author is one voice.

    >>> count_terms(["物流太慢", "物流太慢，物流太慢"])["物流太慢"]
    2
    """
    counts: Counter[str] = Counter()
    for text in texts:
        plain = normalise(text).text
        spans = word_spans(plain)
        joined = (phrase for phrase, _ in phrases(plain, spans))
        counts.update({*joined, *content_words(plain, spans)})
    return counts


def contrast(
    texts: Iterable[str], background: Iterable[str], limit: int = 10
) -> tuple[Contrast, ...]:
    """Return the phrases by which `texts` differ from `background`, most telling first.

    Parameters
    ----------
    texts
        The group, for instance the feedback of a surge.
    background
        What is usual: other feedback of the same product or brand, without the group.
    limit
        How many phrases at most.

    Notes
    -----
    Phrases of fewer than two texts are left out, and so are those that are part of one already
    chosen, or that contain one.
    """
    counts, usual = count_terms(texts), count_terms(background)
    return telling_terms(counts, usual, usual.total(), limit)


def telling_terms(
    counts: Mapping[str, int], usual: Mapping[str, int], usual_size: int, limit: int
) -> tuple[Contrast, ...]:
    """Return the terms by which `counts` differ from `usual`, as `contrast` chooses them.

    For many groups before one background, whose texts are then counted only once.

    Parameters
    ----------
    counts, usual
        From `count_terms`: of the group, and of what is outside it.
    usual_size
        All mentions outside the group; `usual` need hold only the terms of `counts`.
    limit
        How many terms at most.
    """
    scores = log_odds(counts, usual, background_size=usual_size)
    chosen: list[Contrast] = []
    for phrase in sorted(scores, key=lambda phrase: (-scores[phrase], phrase)):
        if len(chosen) >= limit or scores[phrase] <= 0:
            break
        near = any(phrase in one.phrase or one.phrase in phrase for one in chosen)
        if counts[phrase] >= _LEAST_TEXTS and not near:
            chosen.append(Contrast(phrase, scores[phrase], counts[phrase], usual.get(phrase, 0)))
    return tuple(chosen)
