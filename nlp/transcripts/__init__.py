"""Transcripts: the turns of a support dialogue in, verdicts on the whole dialogue out."""

from nlp.transcripts.answers import Unanswered, unanswered
from nlp.transcripts.contact import EarlierContact, RepeatedContact, repeated_contacts
from nlp.transcripts.contract import Dialogue, Turn
from nlp.transcripts.errors import (
    LearningError,
    SatisfactionModelError,
    TranscriptError,
    TurnError,
)
from nlp.transcripts.escalation import Escalation, escalation
from nlp.transcripts.learning import learn_satisfaction
from nlp.transcripts.model import SATISFACTION, SatisfactionModel, read_model, write_model
from nlp.transcripts.path import SHAPES, SentimentPath, sentiment_path
from nlp.transcripts.reading import Reading, read_dialogues
from nlp.transcripts.resolution import STATES, Resolution, resolution
from nlp.transcripts.rows import dialogue_of, dialogues_from_rows, session_of, turn_from_row
from nlp.transcripts.satisfaction import Satisfaction, satisfaction
from nlp.transcripts.trajectory import FEATURES, trajectory
from nlp.transcripts.turning import KINDS, TurningPoint, turning_points
from nlp.transcripts.waits import Waits, waits

__all__ = [
    "FEATURES",
    "KINDS",
    "SATISFACTION",
    "SHAPES",
    "STATES",
    "Dialogue",
    "EarlierContact",
    "Escalation",
    "LearningError",
    "Reading",
    "RepeatedContact",
    "Resolution",
    "Satisfaction",
    "SatisfactionModel",
    "SatisfactionModelError",
    "SentimentPath",
    "TranscriptError",
    "Turn",
    "TurnError",
    "TurningPoint",
    "Unanswered",
    "Waits",
    "dialogue_of",
    "dialogues_from_rows",
    "escalation",
    "learn_satisfaction",
    "read_dialogues",
    "read_model",
    "repeated_contacts",
    "resolution",
    "satisfaction",
    "sentiment_path",
    "session_of",
    "trajectory",
    "turn_from_row",
    "turning_points",
    "unanswered",
    "waits",
    "write_model",
]
