"""Measure a model on labelled texts. `nlp.evaluation` has the formulas."""

from nlp.measuring.challenge import evaluate_challenge
from nlp.measuring.deletion import measure_evidence
from nlp.measuring.labelled import evaluate, measure
from nlp.measuring.reading import Figures, read_texts
from nlp.measuring.two_class import evaluate_binary, measure_binary

__all__ = [
    "Figures",
    "evaluate",
    "evaluate_binary",
    "evaluate_challenge",
    "measure",
    "measure_binary",
    "measure_evidence",
    "read_texts",
]
