"""Text: one spelling, words, personal data, spam, keyphrases, contrast, near-duplicates, slang."""

from typing import TYPE_CHECKING

from nlp.text.contrast import Contrast, contrast, count_terms, log_odds, telling_terms
from nlp.text.dictionary import read_dictionary
from nlp.text.duplicates import (
    DuplicateGroup,
    DuplicateIndex,
    duplicate_groups,
    letters_of,
    similarity,
)
from nlp.text.errors import DictionaryError
from nlp.text.keyphrases import keyphrases
from nlp.text.normalise import MENTION_TOKEN, URL_TOKEN, Normalised, normalise
from nlp.text.prepare import prepared
from nlp.text.privacy import KINDS, PersonalData, find_personal_data, mask
from nlp.text.slang import Entry, Rewriter, shipped_entries, user_entries
from nlp.text.spam import is_spam, spam_reasons
from nlp.text.words import WordCutter, default_cutter, word_spans

if TYPE_CHECKING:
    from nlp.text.tokenizer import JiebaTokenizer

__all__ = [
    "KINDS",
    "MENTION_TOKEN",
    "URL_TOKEN",
    "Contrast",
    "DictionaryError",
    "DuplicateGroup",
    "DuplicateIndex",
    "Entry",
    "JiebaTokenizer",
    "Normalised",
    "PersonalData",
    "Rewriter",
    "WordCutter",
    "contrast",
    "count_terms",
    "default_cutter",
    "duplicate_groups",
    "find_personal_data",
    "is_spam",
    "keyphrases",
    "letters_of",
    "log_odds",
    "mask",
    "normalise",
    "prepared",
    "read_dictionary",
    "shipped_entries",
    "similarity",
    "spam_reasons",
    "telling_terms",
    "user_entries",
    "word_spans",
]


def __getattr__(name: str) -> object:
    """Load spaCy only for the one name that needs it: its import takes seconds."""
    if name == "JiebaTokenizer":
        from nlp.text.tokenizer import JiebaTokenizer

        return JiebaTokenizer
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
