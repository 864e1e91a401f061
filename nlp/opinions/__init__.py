"""Opinions: what customers judge, aspect by aspect, from the targets that signals carry.

The summary reads signals and needs no model; `polarity_at` reads the scores of one.
"""

from nlp.opinions.aspects import COMMON, Aspect, Domain, Lexicon, plain
from nlp.opinions.aspects_file import load_lexicon
from nlp.opinions.clauses import (
    CLAUSE_MARKS,
    all_whole_words,
    clause_around,
    excerpt,
    sentence_around,
    whole_words,
)
from nlp.opinions.errors import (
    LexiconError,
    OpinionError,
    OpinionRowError,
    OpinionSettingsError,
)
from nlp.opinions.grouping import group_key
from nlp.opinions.intervals import Change, Share, wilson
from nlp.opinions.matching import Found, Matcher
from nlp.opinions.mentions import Opinion
from nlp.opinions.polarity import (
    Place,
    PolarityCalibration,
    clauses_to_read,
    polarity_at,
    repolarised,
)
from nlp.opinions.quotes import Quote, representative
from nlp.opinions.settings import WEIGHTS, OpinionSettings
from nlp.opinions.summary import Summariser, summary
from nlp.opinions.table import AspectSummary, Window

__all__ = [
    "CLAUSE_MARKS",
    "COMMON",
    "WEIGHTS",
    "Aspect",
    "AspectSummary",
    "Change",
    "Domain",
    "Found",
    "Lexicon",
    "LexiconError",
    "Matcher",
    "Opinion",
    "OpinionError",
    "OpinionRowError",
    "OpinionSettings",
    "OpinionSettingsError",
    "Place",
    "PolarityCalibration",
    "Quote",
    "Share",
    "Summariser",
    "Window",
    "all_whole_words",
    "clause_around",
    "clauses_to_read",
    "excerpt",
    "group_key",
    "load_lexicon",
    "plain",
    "polarity_at",
    "repolarised",
    "representative",
    "sentence_around",
    "summary",
    "whole_words",
    "wilson",
]
