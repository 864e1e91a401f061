"""Escalation: the customer threatens or leaves in words, or the dialogue goes that way."""

from dataclasses import dataclass

from nlp.labels import INTENTS
from nlp.message import Message
from nlp.transcripts.contract import Dialogue, Turn, listed
from nlp.transcripts.path import SentimentPath
from nlp.transcripts.phrasing import threat

LOUD = ("escalation", "churn")
REAL_LOSS = 2


@dataclass(frozen=True, slots=True)
class Escalation:
    """Whether a dialogue escalates: `in_words`, `in_course`, both, or not at all.

    In words: a customer's turn has the intent `escalation` or `churn`, or names a regulator, a
    court, the police or the public. In course: the path falls, and severity rises to 2 or more.
    """

    in_words: bool
    in_course: bool
    turns: tuple[int, ...]
    reasons: tuple[Message, ...]

    @property
    def escalated(self) -> bool:
        """Either of the two."""
        return self.in_words or self.in_course


def escalation(dialogue: Dialogue, path: SentimentPath) -> Escalation:
    """Return whether and where the dialogue escalates."""
    loud = [(turn, reason) for turn in dialogue.customer if (reason := _said(turn))]
    rise = _rise(dialogue.customer) if path.shape == "falling" else ()
    turns = {turn.number for turn, _ in loud} | {turn.number for turn in rise}
    reasons = [reason for _, reason in loud]
    if rise:
        reasons.append(_course(rise[0], rise[1], path))
    return Escalation(bool(loud), bool(rise), tuple(sorted(turns)), tuple(reasons))


def _said(turn: Turn) -> Message | None:
    intents = [name for name in LOUD if name in turn.intents]
    named = threat(turn.text)
    if not intents and named is None:
        return None
    en = [*intents, *([f"names {named!r}"] if named else [])]
    zh = [*(INTENTS[name] for name in intents), *([f"提到“{named}”"] if named else [])]
    return Message(
        f"in words at turn {turn.number} ({', '.join(en)}): {turn.quote}",
        f"言语升级，第 {turn.number} 句（{'、'.join(zh)}）：{turn.quote}",
    )


def _rise(turns: tuple[Turn, ...]) -> tuple[Turn, ...]:
    """Return a turn and a later one of higher severity, of real loss; () where there is none."""
    worst = max(turns, key=lambda turn: turn.severity, default=None)
    if worst is None or worst.severity < REAL_LOSS:
        return ()
    milder = [turn for turn in turns[: turns.index(worst)] if turn.severity < worst.severity]
    return (milder[0], worst) if milder else ()


def _course(first: Turn, worst: Turn, path: SentimentPath) -> Message:
    numbers = listed((first.number, worst.number))
    return Message(
        f"in course (turns {numbers}): attitude falls {path.start:+.2f} to {path.end:+.2f}, "
        f"severity rises {first.severity} to {worst.severity}",
        f"走势升级（第 {numbers} 句）：态度由 {path.start:+.2f} 降至 {path.end:+.2f}，"
        f"严重度由 {first.severity} 升至 {worst.severity}",
    )
