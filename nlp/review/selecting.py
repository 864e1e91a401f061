"""Which texts a person should see: several reasons with a stated share each, spread, seeded."""

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from nlp.message import Message
from nlp.review.candidate import Candidate
from nlp.review.contradictions import contradictions
from nlp.review.doubts import barely_decided, left_open
from nlp.review.drift import drifted
from nlp.review.duplicates import read_differently, same_as
from nlp.review.errors import ReviewSettingsError
from nlp.review.finding import LOW_CONFIDENCE, RANDOM, REASONS, Finding, quotas
from nlp.review.rarity import rarely_answered
from nlp.text import DuplicateGroup, duplicate_groups

MOST_TASKS = 1_000
WINDOW = 5


@dataclass(frozen=True, slots=True)
class Selection:
    """How many texts are asked for, which draw it is, and since when texts count as recent."""

    count: int = 50
    seed: int = 0
    since: datetime | None = None

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_TASKS:
            raise ReviewSettingsError(
                f"count is {self.count}; allowed: 1 to {MOST_TASKS:,}",
                f"数量为 {self.count}；可用范围：1 至 {MOST_TASKS:,}",
            )


@dataclass(frozen=True, slots=True)
class Task:
    """A text for a person: what it was picked for, and every reason that holds for it."""

    candidate: Candidate
    picked_for: str
    reasons: tuple[tuple[str, Message], ...]


def select(candidates: Sequence[Candidate], selection: Selection) -> tuple[Task, ...]:
    """Return the tasks, by reason in the order of `REASONS`; the same for the same seed.

    The random share is drawn first and from all candidates alike, so that what people say of it
    estimates the model's accuracy on them without bias. Every other reason takes its strongest
    findings, spread over products and channels, near-duplicates of a task left out; what it cannot
    fill goes to `low_confidence`. The order of the candidates does not matter.
    """
    ordered = sorted(candidates, key=lambda one: _lot(one, selection.seed))
    groups = duplicate_groups(one.text for one in ordered)
    found = _found(ordered, groups, selection)
    room, count = quotas(selection.count), min(selection.count, len(ordered))
    picked = dict.fromkeys(range(min(room[RANDOM], count)), RANDOM)
    twins = same_as(groups)
    for name, findings in found.items():
        share = count - len(picked) if name == LOW_CONFIDENCE else room[name]
        for index in _spread(findings, min(share, count - len(picked)), picked, twins):
            picked[index] = name
    whys = _whys(found)
    return tuple(
        Task(ordered[index], name, _reasons(name, whys.get(index, {})))
        for index, name in picked.items()
    )


def _found(
    candidates: Sequence[Candidate], groups: Sequence[DuplicateGroup], selection: Selection
) -> dict[str, list[Finding]]:
    """Return the findings of every reason but chance, in the order in which they pick."""
    return {
        "disagreement": [*contradictions(candidates), *read_differently(candidates, groups)],
        "drift": drifted(candidates, selection.since),
        "rare": rarely_answered(candidates),
        "abstained": left_open(candidates),
        LOW_CONFIDENCE: barely_decided(candidates),
    }


def _lot(one: Candidate, seed: int) -> str:
    """Return a number that is drawn for a text once and for all, whatever else is in the file."""
    return hashlib.sha256(f"{seed}:{one.key}".encode()).hexdigest()


def _spread(
    findings: Sequence[Finding], share: int, picked: Mapping[int, str], twins: Mapping[int, int]
) -> list[int]:
    """Return the strongest findings that are new, one stratum after the other among the best."""
    waiting = sorted(findings, key=lambda finding: (-finding.score, finding.index))
    said = {twins.get(index, index) for index in picked}
    used: Counter[tuple[str, ...]] = Counter()
    chosen: list[int] = []
    while waiting and len(chosen) < share:
        best = min(waiting[: WINDOW * share], key=lambda finding: used[finding.stratum])
        waiting.remove(best)
        if twins.get(best.index, best.index) not in said:
            said.add(twins.get(best.index, best.index))
            used[best.stratum] += 1
            chosen.append(best.index)
    return chosen


def _whys(found: Mapping[str, Sequence[Finding]]) -> dict[int, dict[str, Message]]:
    whys: dict[int, dict[str, Message]] = {}
    for name, findings in found.items():
        for finding in findings:
            whys.setdefault(finding.index, {}).setdefault(name, finding.why)
    return whys


def _reasons(picked_for: str, whys: Mapping[str, Message]) -> tuple[tuple[str, Message], ...]:
    """Return the reason that a text was picked for, then the others that say something of it."""
    first = whys.get(picked_for, REASONS[picked_for].name)
    others = ((name, why) for name, why in whys.items() if name not in (picked_for, LOW_CONFIDENCE))
    return (picked_for, first), *others
