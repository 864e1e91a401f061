"""Surveillance: mentions in, surges out, with reasons and with the ids that prove them."""

from nlp.surveillance.backtest import Judged, backtest, width_of
from nlp.surveillance.course import Point, WatchWidth, course
from nlp.surveillance.detectors import (
    DETECTORS,
    Bin,
    Cdc,
    Detector,
    EarsC1,
    EarsC2,
    EarsC3,
    Farrington,
    FarringtonFlexible,
    Sensitivity,
    State,
    Verdict,
    Width,
    detector,
    tuned,
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
from nlp.surveillance.reasons import category_name, channel_name, product_name
from nlp.surveillance.rows import mention_from_row, mentions_from_rows, speaks_ill
from nlp.surveillance.series import Key
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
    "Cdc",
    "Detector",
    "EarsC1",
    "EarsC2",
    "EarsC3",
    "Farrington",
    "FarringtonFlexible",
    "Judged",
    "Judgement",
    "Key",
    "Listener",
    "Mention",
    "MentionError",
    "Point",
    "Quote",
    "Sensitivity",
    "State",
    "Surge",
    "SurveillanceError",
    "UnknownDetectorError",
    "Verdict",
    "WatchSettings",
    "WatchSettingsError",
    "WatchWidth",
    "Weight",
    "Width",
    "backtest",
    "category_name",
    "channel_name",
    "course",
    "detector",
    "fingerprint_of",
    "judge",
    "mention_from_row",
    "mentions_from_rows",
    "product_name",
    "reach_of",
    "speaks_ill",
    "surveil",
    "tuned",
    "weight_of",
    "width_of",
]
