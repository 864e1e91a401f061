"""Tingyin's text room: raw text in, signals out.

>>> import nlp
>>> pipeline = nlp.load(explain=True)
>>> next(nlp.analyze(pipeline, ["用了两天就充不进电了，客服也不理人"])).sentiment
'negative'
"""

from typing import TYPE_CHECKING

from nlp.errors import (
    ArtifactError,
    InexactEngineWarning,
    LabelError,
    NlpError,
    TingyinError,
    TrainingError,
)
from nlp.labels import COMPLAINTS, INTENTS, SENTIMENTS, SEVERITIES
from nlp.message import Language, Message
from nlp.schema import Evidence, Signals, Target

if TYPE_CHECKING:
    from nlp.measuring import evaluate, evaluate_binary, evaluate_challenge
    from nlp.pipeline import analyze, load

__all__ = [
    "COMPLAINTS",
    "INTENTS",
    "SENTIMENTS",
    "SEVERITIES",
    "ArtifactError",
    "Evidence",
    "InexactEngineWarning",
    "LabelError",
    "Language",
    "Message",
    "NlpError",
    "Signals",
    "Target",
    "TingyinError",
    "TrainingError",
    "analyze",
    "evaluate",
    "evaluate_binary",
    "evaluate_challenge",
    "load",
]

_HEAVY = {
    "analyze": "nlp.pipeline",
    "evaluate": "nlp.measuring",
    "evaluate_binary": "nlp.measuring",
    "evaluate_challenge": "nlp.measuring",
    "load": "nlp.pipeline",
}


def __getattr__(name: str) -> object:
    """Import spaCy and the runtime only when they are asked for: they take a second."""
    if name not in _HEAVY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    found: object = getattr(import_module(_HEAVY[name]), name)
    return found
