"""One message in the two languages that Tingyin speaks."""

from dataclasses import dataclass
from typing import Literal

Language = Literal["en", "zh"]


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence for people, in English and in Chinese; both say the same.

    >>> Message("3 rows rejected", "3 行被拒").text("zh")
    '3 行被拒'
    """

    en: str
    zh: str

    def text(self, language: Language) -> str:
        """Return the sentence in one language."""
        return self.zh if language == "zh" else self.en

    def __str__(self) -> str:
        return self.en
