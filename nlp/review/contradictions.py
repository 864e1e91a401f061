"""Answers on one text that do not go together: heads against each other, or against the rating."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from nlp.message import Message
from nlp.review.candidate import Candidate
from nlp.review.finding import Finding

REAL_LOSS, CRITICAL = 2, 3
SCALES = (5.0, 10.0, 100.0)
LOW_RATING, HIGH_RATING = 0.4, 0.8


def _praised_in_anger(one: Candidate) -> bool:
    labels = one.labels
    praises = "praise" in labels.intents and "complaint" not in labels.intents
    return labels.sentiment == "negative" and praises


def _complains_happily(one: Candidate) -> bool:
    labels = one.labels
    complains = "complaint" in labels.intents and "praise" not in labels.intents
    return labels.sentiment == "positive" and complains


def _severe_and_happy(one: Candidate) -> bool:
    return one.labels.sentiment == "positive" and one.labels.severity >= REAL_LOSS


def _harmless_complaint(one: Candidate) -> bool:
    return "complaint" in one.labels.intents and one.labels.severity == 0


def _critical_without_complaint(one: Candidate) -> bool:
    return one.labels.severity >= CRITICAL and not one.labels.intents


def _targets_say_otherwise(one: Candidate) -> bool:
    opposite = {"negative": "positive", "positive": "negative"}.get(one.labels.sentiment)
    return bool(one.polarities) and all(polarity == opposite for polarity in one.polarities)


CONTRADICTIONS: Mapping[str, tuple[Callable[[Candidate], bool], Message]] = MappingProxyType(
    {
        "praise": (
            _praised_in_anger,
            Message("negative, yet praise and no complaint", "负面，却只有表扬而无投诉"),
        ),
        "complaint": (
            _complains_happily,
            Message("a complaint without praise, yet positive", "有投诉而无表扬，却为正面"),
        ),
        "severity": (
            _severe_and_happy,
            Message("severity 2 or 3, yet positive", "严重程度 2 或 3，却为正面"),
        ),
        "harmless": (
            _harmless_complaint,
            Message("a complaint of severity 0", "有投诉，严重程度却为 0"),
        ),
        "critical": (
            _critical_without_complaint,
            Message("severity 3 without any intent", "严重程度 3，却没有任何意图"),
        ),
        "targets": (
            _targets_say_otherwise,
            Message("every target says the opposite", "所有评价对象的倾向都相反"),
        ),
    }
)


def contradictions(candidates: Sequence[Candidate]) -> list[Finding]:
    """Return a finding for every text whose answers contradict each other or its rating.

    The surer the sentiment, the higher the score: a sure mistake teaches more.
    """
    scale = rating_scale([one.rating for one in candidates if one.rating is not None])
    found = []
    for index, one in enumerate(candidates):
        told = [*_heads(one), *_against_rating(one, scale)]
        if told:
            why = Message("; ".join(m.en for m in told), "；".join(m.zh for m in told))
            score = len(told) - 1 + one.confidence
            found.append(Finding(index, score, why, (one.product, one.channel)))
    return found


def rating_scale(ratings: Sequence[float]) -> float | None:
    """Return the best rating of the scale that all ratings fit, None where there is none.

    >>> rating_scale([4.5, 1.0]), rating_scale([8.0, 2.0]), rating_scale([])
    (5.0, 10.0, None)
    """
    if not ratings:
        return None
    return next((scale for scale in SCALES if max(ratings) <= scale), None)


def _heads(one: Candidate) -> list[Message]:
    return [message for holds, message in CONTRADICTIONS.values() if holds(one)]


def _against_rating(one: Candidate, scale: float | None) -> list[Message]:
    if scale is None or one.rating is None:
        return []
    share, sentiment = one.rating / scale, one.labels.sentiment
    low = share <= LOW_RATING and sentiment == "positive"
    high = share >= HIGH_RATING and sentiment == "negative"
    if not (low or high):
        return []
    given = f"{one.rating:g}/{scale:g}"
    zh = "正面" if low else "负面"
    return [Message(f"rated {given}, yet {sentiment}", f"评分 {given}，却为{zh}")]
