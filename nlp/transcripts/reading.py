"""One dialogue read whole: every verdict, with its reasons and the turns that prove it."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from typing import Any

from nlp.message import Message
from nlp.transcripts.answers import Unanswered, unanswered
from nlp.transcripts.contact import DAYS, RepeatedContact, problem_turns, repeated_contacts
from nlp.transcripts.contract import Dialogue
from nlp.transcripts.escalation import Escalation, escalation
from nlp.transcripts.model import SATISFACTION, SatisfactionModel
from nlp.transcripts.path import SentimentPath, sentiment_path
from nlp.transcripts.resolution import Resolution, resolution
from nlp.transcripts.satisfaction import Satisfaction, satisfaction
from nlp.transcripts.turning import TurningPoint, turning_points
from nlp.transcripts.waits import Waits, waits

MOST_PHRASES = 5


@dataclass(frozen=True, slots=True)
class Reading:
    """What a whole dialogue says."""

    dialogue: Dialogue
    path: SentimentPath
    turning: tuple[TurningPoint, ...]
    escalation: Escalation
    unanswered: tuple[Unanswered, ...]
    waits: Waits
    contact: RepeatedContact
    resolution: Resolution
    satisfaction: Satisfaction

    @property
    def concern(self) -> tuple[bool, bool, float]:
        """What puts the worst first when sorted downwards.

        Escalated in words, then open, then the probability that the customer is unsatisfied.
        """
        unsatisfied = self.satisfaction.probabilities["unsatisfied"]
        return (self.escalation.in_words, self.resolution.state == "open", unsatisfied)

    @property
    def categories(self) -> tuple[str, ...]:
        """The complaint categories of the customer's turns, the most frequent first."""
        counted = Counter(name for turn in self.dialogue.customer for name in turn.complaint)
        return tuple(name for name, _ in counted.most_common())

    @property
    def keyphrases(self) -> tuple[str, ...]:
        """What the customer's problem is about, at most five phrases."""
        told = (phrase for turn in problem_turns(self.dialogue) for phrase in turn.keyphrases)
        return tuple(dict.fromkeys(told))[:MOST_PHRASES]

    @property
    def severity(self) -> int:
        """The highest of the customer's turns, 0 to 3."""
        return max((turn.severity for turn in self.dialogue.customer), default=0)

    def reasons(self) -> Iterator[tuple[str, tuple[int, ...], Message]]:
        """Yield each reason with the verdict that it is of and the turns that prove that."""
        parts: list[tuple[str, tuple[int, ...], tuple[Message, ...]]] = [
            ("satisfaction", self.satisfaction.turns, self.satisfaction.reasons),
            ("resolution", self.resolution.turns, self.resolution.reasons),
            ("escalation", self.escalation.turns, self.escalation.reasons),
            *(("unanswered", one.turns, one.reasons) for one in self.unanswered),
            *(("turning", (point.turn,), point.reasons) for point in self.turning),
            ("path", self.path.turns, self.path.reasons),
            ("waits", self.waits.turns, self.waits.reasons),
            ("contact", self.contact.turns, self.contact.reasons),
        ]
        return ((name, turns, reason) for name, turns, told in parts for reason in told)

    def as_row(self) -> dict[str, Any]:
        """Return the columns as plain lists, dicts and scalars, ready for JSON or Parquet."""
        return {**self._whole(), **self._verdicts(), **self._proof()}

    def _whole(self) -> dict[str, Any]:
        dialogue = self.dialogue
        return {
            "session_id": dialogue.id,
            "customer_id": dialogue.customer_id,
            "product": dialogue.product,
            "begun": None if dialogue.begun is None else dialogue.begun.isoformat(),
            "turns": len(dialogue.turns),
            "customer_turns": len(dialogue.customer),
            "categories": list(self.categories),
            "keyphrases": list(self.keyphrases),
            "severity": self.severity,
        }

    def _verdicts(self) -> dict[str, Any]:
        chances = self.satisfaction.probabilities
        known = self.satisfaction.verdict is not None
        return {
            "satisfaction": self.satisfaction.verdict,
            **{f"p_{name}": chances[name] if known else None for name in SATISFACTION},
            "resolution": self.resolution.state,
            "escalated": self.escalation.escalated,
            "escalated_in_words": self.escalation.in_words,
            "escalated_in_course": self.escalation.in_course,
            "path": self.path.shape,
            "path_start": self.path.start,
            "path_end": self.path.end,
            "first_wait_s": self.waits.first_s,
            "median_wait_s": self.waits.median_s,
            "longest_wait_s": self.waits.longest_s,
            "repeated": self.contact.repeated,
        }

    def _proof(self) -> dict[str, Any]:
        return {
            "turning_points": [_without_reasons(point) for point in self.turning],
            "unanswered": [_without_reasons(one) for one in self.unanswered],
            "earlier": [asdict(one) for one in self.contact.earlier],
            "points": [asdict(point) for point in self.path.points],
            "reasons": [
                {"verdict": name, "turns": list(turns), "en": reason.en, "zh": reason.zh}
                for name, turns, reason in self.reasons()
            ],
        }


def read_dialogues(
    dialogues: Iterable[Dialogue],
    days: float = DAYS,
    model: SatisfactionModel | None = None,
) -> list[Reading]:
    """Return the readings of dialogues, in their order.

    Parameters
    ----------
    dialogues
        All that are to be compared for repeated contact.
    days
        How many days may lie between two contacts about the same problem.
    model
        The satisfaction model; the shipped one by default.
    """
    told = list(dialogues)
    contacts = repeated_contacts(told, days)
    return [_read(one, contacts[one.id], model) for one in told]


def _read(dialogue: Dialogue, contact: RepeatedContact, model: SatisfactionModel | None) -> Reading:
    path = sentiment_path(dialogue)
    requests = unanswered(dialogue)
    return Reading(
        dialogue=dialogue,
        path=path,
        turning=turning_points(dialogue),
        escalation=escalation(dialogue, path),
        unanswered=requests,
        waits=waits(dialogue),
        contact=contact,
        resolution=resolution(dialogue, requests),
        satisfaction=satisfaction(dialogue, model),
    )


def _without_reasons(verdict: TurningPoint | Unanswered) -> dict[str, Any]:
    return {
        name: list(value) if isinstance(value, tuple) else value
        for name, value in asdict(verdict).items()
        if name != "reasons"
    }
