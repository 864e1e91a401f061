"""Many decisions to one label a text: none lost, none twice, the later wins, the majority rules."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from nlp.review.candidate import Labels
from nlp.review.decision import HUMAN, Decision

Value = TypeVar("Value", str, int)


@dataclass(frozen=True, slots=True)
class Resolved:
    """What all decisions on one text come to.

    `decision` holds the labels that count, by all `annotators` together; `ties` names the fields
    that no majority decides; `history` has every decision on the text, in order of time.
    """

    decision: Decision
    annotators: tuple[str, ...]
    ties: tuple[str, ...]
    history: tuple[Decision, ...]

    def as_row(self) -> dict[str, Any]:
        """Return a labelled line of the guide's format, with its history where there is one."""
        row = {**self.decision.as_row(), "annotator": "+".join(self.annotators), "source": HUMAN}
        if len(self.history) > 1:
            row["history"] = [
                {**one.labels.as_row(), "annotator": one.annotator, "at": one.at.isoformat()}
                for one in self.history
            ]
        return row


def merge(known: Sequence[Decision], new: Iterable[Decision]) -> tuple[Decision, ...]:
    """Return all decisions, those known first, each once; merging again changes nothing."""
    return tuple(dict.fromkeys([*known, *sorted(new, key=_order)]))


def news(known: Iterable[Decision], said: Sequence[Decision]) -> list[Decision]:
    """Return what was said without what only repeats the latest word of the same person.

    For sheets, whose decisions have no time but that of their file: saved again, it would make new
    decisions of old ones.
    """
    latest: dict[tuple[str, str], Decision] = {}
    for one in sorted(known, key=_order):
        latest[one.key, one.annotator] = one
    last = {voice: (one.labels, one.final) for voice, one in latest.items()}
    return [one for one in said if last.get((one.key, one.annotator)) != (one.labels, one.final)]


def resolve(decisions: Iterable[Decision]) -> tuple[Resolved, ...]:
    """Return one resolution a text, in the order in which the texts first occur.

    Of each person the latest decision counts. A final one decides alone. Otherwise every field
    goes by the majority. Tied are: sentiment and severity where two values are equally frequent
    (they hold what was said last), intents where one has exactly half of the voices, and
    categories where none of a complaint has more than half.
    """
    by_text: defaultdict[str, list[Decision]] = defaultdict(list)
    for one in decisions:
        by_text[one.key].append(one)
    return tuple(_resolved(sorted(group, key=_order)) for group in by_text.values())


def _resolved(history: Sequence[Decision]) -> Resolved:
    latest = {one.annotator: one for one in history}
    final = [one for one in latest.values() if one.final]
    voices = final[-1:] if final else sorted(latest.values(), key=_order)
    names = tuple(sorted(one.annotator for one in voices))
    labels, ties = _majority([one.labels for one in voices])
    last = voices[-1]
    decision = Decision(
        key=last.key,
        id=last.id,
        text=last.text,
        labels=labels,
        annotator=last.annotator,
        at=last.at,
        final=last.final,
        picked_for=history[0].picked_for,
        model_version=last.model_version,
        model=last.model,
    )
    return Resolved(decision, names, ties, tuple(history))


def _majority(voices: Sequence[Labels]) -> tuple[Labels, tuple[str, ...]]:
    last = voices[-1]
    sentiment, sentiment_tied = _one(voices, lambda one: one.sentiment, last.sentiment)
    severity, severity_tied = _one(voices, lambda one: one.severity, last.severity)
    intents, intents_tied = _several(voices, lambda one: one.intents)
    complaint, _ = _several(voices, lambda one: one.complaint)
    target, _ = _several(voices, lambda one: one.target)
    complains = "complaint" in intents
    tied = {
        "sentiment": sentiment_tied,
        "intents": intents_tied,
        "complaint": complains and not complaint,
        "severity": severity_tied,
    }
    kept = Labels(sentiment, intents, complaint if complains else (), severity, target)
    return kept, tuple(field for field, holds in tied.items() if holds)


def _one(
    voices: Sequence[Labels], of: Callable[[Labels], Value], last: Value
) -> tuple[Value, bool]:
    ranked = Counter(of(one) for one in voices).most_common(2)
    tied = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
    return (last, True) if tied else (ranked[0][0], False)


def _several(
    voices: Sequence[Labels], of: Callable[[Labels], tuple[str, ...]]
) -> tuple[tuple[str, ...], bool]:
    """Return the labels that more than half gave, the most central first; tied at exactly half."""
    counts = Counter(label for one in voices for label in of(one))
    places = {
        label: sum(of(one).index(label) if label in of(one) else len(of(one)) for one in voices)
        for label in counts
    }
    kept = [label for label, count in counts.items() if 2 * count > len(voices)]
    tied = any(2 * count == len(voices) for count in counts.values())
    return tuple(sorted(kept, key=lambda label: (places[label], label))), tied


def _order(one: Decision) -> tuple[Any, ...]:
    return one.at, one.annotator, repr(one.labels.as_row()), one.final
