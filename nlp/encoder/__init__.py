"""The encoder: text to scores, scores to readings, readings to evidence."""

from nlp.encoder.artifact import Artifact, read_artifact
from nlp.encoder.decide import Reading, read, read_all
from nlp.encoder.errors import EngineError
from nlp.encoder.evidence import evidence, word_weights
from nlp.encoder.occlusion import Verdict, occlusion_weights
from nlp.encoder.runtime import Runtime
from nlp.encoder.scores import TextScores

__all__ = [
    "Artifact",
    "EngineError",
    "Reading",
    "Runtime",
    "TextScores",
    "Verdict",
    "evidence",
    "occlusion_weights",
    "read",
    "read_all",
    "read_artifact",
    "word_weights",
]
