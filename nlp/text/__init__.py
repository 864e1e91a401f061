"""Text: one spelling, words, personal data, spam, keyphrases, contrast."""

from typing import TYPE_CHECKING

from nlp.text.contrast import Contrast, contrast, count_terms, log_odds
from nlp.text.keyphrases import keyphrases
from nlp.text.normalise import MENTION_TOKEN, URL_TOKEN, Normalised, normalise
from nlp.text.privacy import KINDS, PersonalData, find_personal_data, mask
from nlp.text.spam import is_spam, spam_reasons
from nlp.text.words import WordCutter, default_cutter, word_spans

if TYPE_CHECKING:
    from nlp.text.tokenizer import JiebaTokenizer

__all__ = [
    "KINDS",
    "MENTION_TOKEN",
    "URL_TOKEN",
    "Contrast",
    "JiebaTokenizer",
    "Normalised",
    "PersonalData",
    "WordCutter",
    "contrast",
    "count_terms",
    "default_cutter",
    "find_personal_data",
    "is_spam",
    "keyphrases",
    "log_odds",
    "mask",
    "normalise",
    "spam_reasons",
    "word_spans",
]


def __getattr__(name: str) -> object:
    """Load spaCy only for the one name that needs it: its import takes seconds."""
    if name == "JiebaTokenizer":
        from nlp.text.tokenizer import JiebaTokenizer

        return JiebaTokenizer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
