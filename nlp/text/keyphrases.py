"""What one text is about: words and short phrases such as 物流太慢 or 屏幕有划痕.

No model and no corpus: adjacent words are joined into phrases by what kind of word each is, and a
phrase counts for more when it judges. To compare many texts with a background see `contrast`.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from nlp.text.opinion_words import DEGREES, NEGATIONS, STOP_WORDS, is_verdict
from nlp.text.words import Span, word_spans

# A letter for each word: N negation, D degree, V verdict, C other content, s stop word, | neither.
_PHRASE = re.compile("[CV]{1,2}[ND]{0,3}V|[CV][ND]{0,2}[CV]|N[CV]{1,2}|[CV]")
_HANZI_OR_WORD = re.compile(r"[\u4e00-\u9fffA-Za-z][\u4e00-\u9fffA-Za-z0-9+#.-]*")
_CONTENT = 1.0
_VERDICT = 2.0
_NEGATION = 1.5


@lru_cache(maxsize=1 << 16)
def word_class(word: str) -> str:
    """Return the class of one word: N negation, D degree, V verdict, C content, s stop, | neither.

    >>> "".join(map(word_class, ["屏幕", "有", "划痕", "，", "不", "满意", "的"]))
    'CDV|NVs'
    """
    if word in NEGATIONS:
        return "N"
    if word in DEGREES:
        return "D"
    if not _HANZI_OR_WORD.fullmatch(word):
        return "|"
    if is_verdict(word):
        return "V"
    return "s" if word in STOP_WORDS or len(word) == 1 else "C"


@lru_cache(maxsize=1 << 10)
def _weight(classes: str) -> float:
    verdicts = classes.count("V")
    contents = min(classes.count("C"), 2)
    together = 1.0 if verdicts and contents else 0.0
    return (
        verdicts * _VERDICT
        + contents * _CONTENT
        + together
        + _NEGATION * min(classes.count("N"), 1)
    )


def content_words(text: str, spans: Sequence[Span] | None = None) -> list[str]:
    """Return the words of `text` that say something by themselves, in order.

    >>> content_words("物流太慢了，屏幕有划痕")
    ['物流', '太慢', '屏幕', '划痕']
    """
    cut = word_spans(text) if spans is None else spans
    words = (text[start:end] for start, end in cut)
    return [word for word in words if len(word) > 1 and word_class(word) in "CV"]


def phrases(text: str, spans: Sequence[Span] | None = None) -> list[tuple[str, float]]:
    """Return the candidate phrases of `text` in order, each with its weight; none overlaps another.

    Parameters
    ----------
    text
        Any text; normalised text gives steadier phrases.
    spans
        Its word spans where they are known already; cut here otherwise.
    """
    cut = word_spans(text) if spans is None else spans
    classes = "".join([word_class(text[start:end]) for start, end in cut])
    found = []
    for match in _PHRASE.finditer(classes):
        first, last = match.span()
        phrase = text[cut[first][0] : cut[last - 1][1]]
        if len(phrase) > 1:
            found.append((phrase, _weight(match[0])))
    return found


def keyphrases(
    text: str, limit: int = 5, *, spans: Sequence[Span] | None = None
) -> tuple[str, ...]:
    """Return what `text` is about, most telling first: at most `limit` phrases copied from it.

    Parameters
    ----------
    text
        Any text; normalised text gives steadier phrases.
    limit
        How many phrases at most; 0 gives none.
    spans
        Its word spans where they are known already, as from `word_spans`.

    Examples
    --------
    >>> keyphrases("物流太慢，屏幕有划痕，手机是昨天到的")
    ('物流太慢', '屏幕有划痕', '手机')
    """
    weights: dict[str, float] = {}
    for phrase, weight in phrases(text, spans):
        weights[phrase] = max(weights.get(phrase, 0.0) + 0.5, weight)
    ranked = sorted(weights, key=weights.__getitem__, reverse=True)  # stable: earlier first
    return tuple(ranked[: max(limit, 0)])
