"""Near-duplicates among the candidates: one of them is enough, and they should be read alike."""

from collections.abc import Sequence

from nlp.labels import SENTIMENTS
from nlp.message import Message
from nlp.review.candidate import Candidate
from nlp.review.finding import Finding
from nlp.text import DuplicateGroup

NAMES = {str(name): zh for name, zh in SENTIMENTS.items()}


def same_as(groups: Sequence[DuplicateGroup]) -> dict[int, int]:
    """Return for each member of a group the one that stands for it; others are not in it."""
    return {member: group.representative for group in groups for member in group.members}


def read_differently(
    candidates: Sequence[Candidate], groups: Sequence[DuplicateGroup]
) -> list[Finding]:
    """Return a finding for each near-duplicate that was read differently from another.

    The surer both readings, the higher the score: one of them is a sure mistake.
    """
    found = []
    for group in groups:
        surest: dict[str, int] = {}
        for index in sorted(group.members, key=lambda index: candidates[index].confidence):
            surest[candidates[index].labels.sentiment] = index
        if len(surest) > 1:
            found += [_finding(candidates, index, surest) for index in group.members]
    return found


def _finding(candidates: Sequence[Candidate], index: int, surest: dict[str, int]) -> Finding:
    one = candidates[index]
    others = [other for name, other in surest.items() if name != one.labels.sentiment]
    twin = max((candidates[other] for other in others), key=lambda each: each.confidence)
    why = Message(
        f"{one.labels.sentiment}, but the near-duplicate {twin.id} is {twin.labels.sentiment}",
        f"判为{NAMES[one.labels.sentiment]}，而近似文本 {twin.id} 判为"
        f"{NAMES[twin.labels.sentiment]}",
    )
    score = min(one.confidence, twin.confidence)
    return Finding(index, score, why, (one.product, one.channel))
