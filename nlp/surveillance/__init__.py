"""Surveillance: mentions in, surges out, with reasons and with the ids that prove them."""

from nlp.surveillance.detectors import (
    DETECTORS,
    Bin,
    Detector,
    Sensitivity,
    State,
    Verdict,
    detector,
)
from nlp.surveillance.errors import (
    BinError,
    MentionError,
    SurveillanceError,
    UnknownDetectorError,
    WatchSettingsError,
)
from nlp.surveillance.levels import LEVELS
from nlp.surveillance.listener import Listener
from nlp.surveillance.mention import WEIGHTS, Mention, Weight, reach_of, weight_of
from nlp.surveillance.reasons import category_name, product_name
from nlp.surveillance.rows import mention_from_row, mentions_from_rows, speaks_ill
from nlp.surveillance.settings import WatchSettings
from nlp.surveillance.surge import Author, CategoryCount, Quote, Surge, fingerprint_of
from nlp.surveillance.watch import Judgement, judge, surveil

__all__ = [
    "DETECTORS",
    "LEVELS",
    "WEIGHTS",
    "Author",
    "Bin",
    "BinError",
    "CategoryCount",
    "Detector",
    "Judgement",
    "Listener",
    "Mention",
    "MentionError",
    "Quote",
    "Sensitivity",
    "State",
    "Surge",
    "SurveillanceError",
    "UnknownDetectorError",
    "Verdict",
    "WatchSettings",
    "WatchSettingsError",
    "Weight",
    "category_name",
    "detector",
    "fingerprint_of",
    "judge",
    "mention_from_row",
    "mentions_from_rows",
    "product_name",
    "reach_of",
    "speaks_ill",
    "surveil",
    "weight_of",
]
