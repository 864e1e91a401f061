"""A dialogue of a customer and an agent: turns in their order, each with its signals."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from nlp.labels import Sentiment

Role = Literal["customer", "agent"]

SHOWN = 40
MOST_WORDS = 3


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of a dialogue.

    Parameters
    ----------
    id
        Its id in the signals table.
    number
        Its number in the dialogue, as the table has it; from 1 where it has none.
    role
        Who speaks.
    text
        The masked text.
    at
        When it was said, timezone-aware; None when unknown.
    sentiment
        The sentiment of the text.
    p_negative, p_positive
        Its calibrated probabilities, 0 to 1.
    intents, complaint
        See the label guide; the most central category first.
    severity
        0 to 3, of the label guide.
    words
        The words that made the verdict, the weightiest first; empty where it was not explained.
    keyphrases
        What the text is about.
    """

    id: str
    number: int
    role: Role
    text: str
    at: datetime | None
    sentiment: Sentiment
    p_negative: float
    p_positive: float
    intents: tuple[str, ...] = ()
    complaint: tuple[str, ...] = ()
    severity: int = 0
    words: tuple[str, ...] = ()
    keyphrases: tuple[str, ...] = ()

    @property
    def valence(self) -> float:
        """The attitude of the text, -1 (surely negative) to 1 (surely positive)."""
        return self.p_positive - self.p_negative

    @property
    def quote(self) -> str:
        """The beginning of the masked text, at most 40 characters."""
        text = " ".join(self.text.split())
        return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"

    @property
    def telling(self) -> tuple[str, ...]:
        """The words to cite: those that made the verdict, at most three, else the quote."""
        return self.words[:MOST_WORDS] or ((self.quote,) if self.quote else ())


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One dialogue: its turns in order, and whom and what it is about where that is known."""

    id: str
    turns: tuple[Turn, ...]
    customer_id: str | None = None
    product: str | None = None

    @property
    def customer(self) -> tuple[Turn, ...]:
        """The customer's turns, in order."""
        return tuple(turn for turn in self.turns if turn.role == "customer")

    @property
    def begun(self) -> datetime | None:
        """The earliest time of a turn; None when no turn has one."""
        return min((turn.at for turn in self.turns if turn.at is not None), default=None)


def listed(numbers: tuple[int, ...], most: int = 6) -> str:
    """Return turn numbers for a sentence.

    >>> listed((1, 3, 5)), listed((1, 2, 3, 4, 5, 6, 7, 8))
    ('1, 3, 5', '1, 2, 3, 4, 5, 6, …')
    """
    return ", ".join(map(str, numbers[:most])) + (", …" if len(numbers) > most else "")
