"""Text: one spelling, words, personal data, spam, keyphrases."""

from typing import TYPE_CHECKING

from nlp.text.normalise import MENTION_TOKEN, URL_TOKEN, Normalised, normalise
from nlp.text.privacy import KINDS, PersonalData, find_personal_data, mask
from nlp.text.words import WordCutter, default_cutter, word_spans

if TYPE_CHECKING:
    from nlp.text.tokenizer import JiebaTokenizer

__all__ = [
    "KINDS",
    "MENTION_TOKEN",
    "URL_TOKEN",
    "JiebaTokenizer",
    "Normalised",
    "PersonalData",
    "WordCutter",
    "default_cutter",
    "find_personal_data",
    "mask",
    "normalise",
    "word_spans",
]


def __getattr__(name: str) -> object:
    """Load spaCy only for the one name that needs it: its import takes seconds."""
    if name == "JiebaTokenizer":
        from nlp.text.tokenizer import JiebaTokenizer

        return JiebaTokenizer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
