"""What the model is unsure of: answers barely decided, and those left open."""

from collections.abc import Sequence

from nlp.labels import SENTIMENTS
from nlp.message import Message
from nlp.review.candidate import Candidate
from nlp.review.finding import Finding

QUESTIONS = {
    "sentiment": "情感",
    "intents": "意图",
    "complaint": "投诉类别",
    "severity": "严重程度",
}


def barely_decided(candidates: Sequence[Candidate]) -> list[Finding]:
    """Return a finding for every candidate: the smaller the margin, the higher the score.

    Those left open come after all others: they have a reason of their own.
    """
    return [
        Finding(index, -one.margin - bool(one.left_open), _margin(one), (one.product, one.channel))
        for index, one in enumerate(candidates)
    ]


def left_open(candidates: Sequence[Candidate]) -> list[Finding]:
    """Return a finding for every candidate with a question that the model left open."""
    return [
        Finding(index, len(one.left_open) - one.confidence, _open(one), (one.product, one.channel))
        for index, one in enumerate(candidates)
        if one.left_open
    ]


def _margin(one: Candidate) -> Message:
    ranked = sorted(zip(one.probabilities, SENTIMENTS.items(), strict=True), reverse=True)
    (first, (en, zh)), (second, (other_en, other_zh)) = ranked[:2]
    return Message(
        f"{en} {first:.2f} against {other_en} {second:.2f}",
        f"{zh} {first:.2f}，{other_zh} {second:.2f}",
    )


def _open(one: Candidate) -> Message:
    names = "、".join(QUESTIONS[name] for name in one.left_open)
    return Message(
        f"left open: {', '.join(one.left_open)}; the likeliest sentiment has {one.confidence:.2f}",
        f"未作判断：{names}；最可能的情感为 {one.confidence:.2f}",
    )
