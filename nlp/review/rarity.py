"""Rare labels: what the model hardly ever answers is worth checking when it does."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from nlp.labels import COMPLAINTS, INTENTS
from nlp.message import Message
from nlp.review.candidate import Candidate
from nlp.review.finding import Finding

RARE_SHARE = 0.02
CRITICAL = 3
SEVERE = "severity"


def rarely_answered(candidates: Sequence[Candidate]) -> list[Finding]:
    """Return a finding for every text with a label that at most `RARE_SHARE` of the texts have.

    The rarest of its labels counts, and tasks are spread over labels.
    """
    carriers: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for index, one in enumerate(candidates):
        for label in _labels(one):
            carriers[label].append(index)
    limit = RARE_SHARE * len(candidates)
    found: dict[int, Finding] = {}
    for label in sorted(carriers, key=lambda label: (len(carriers[label]), label)):
        indices = carriers[label]
        if len(indices) <= limit:
            why, score = _why(label, len(indices), len(candidates)), 1 / len(indices)
            for index in indices:
                found.setdefault(index, Finding(index, score, why, label))
    return list(found.values())


def _labels(one: Candidate) -> Iterator[tuple[str, str]]:
    yield from (("intents", label) for label in one.labels.intents)
    yield from (("complaint", label) for label in one.labels.complaint)
    if one.labels.severity == CRITICAL:
        yield SEVERE, str(CRITICAL)


def _why(label: tuple[str, str], count: int, whole: int) -> Message:
    field, name = label
    zh = {**INTENTS, **COMPLAINTS}.get(name, f"严重程度 {name}")
    en = f"severity {name}" if field == SEVERE else name
    return Message(f"{en}: {count:,} of {whole:,} texts", f"{zh}：{whole:,} 条中仅 {count:,} 条")
