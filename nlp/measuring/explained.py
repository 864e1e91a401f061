"""Texts with the weights of their words: as `--explain` finds them, and the parts of the score."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.encoder import Runtime, word_weights
from nlp.encoder.evidence import says_something
from nlp.encoder.occlusion import Verdict, occlusion_weights
from nlp.evaluation import Floats
from nlp.measuring.reading import read_texts
from nlp.text import normalise, word_spans

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Explained:
    """A text, its words that say something, and how much each speaks for the verdict.

    `words` are half-open spans into `text`; `weights` and `parts` (words,) are found by taking
    words out, and as parts of the score; `probability` is that of `verdict`, the index of the
    likeliest sentiment.
    """

    text: str
    words: tuple[Span, ...]
    weights: Floats
    parts: Floats
    verdict: int
    probability: float


def explained(texts: Sequence[str], runtime: Runtime) -> list[Explained]:
    """Return masked texts with the weights of their words, in order; marks are no words."""
    plain = [normalise(text) for text in texts]
    verdicts = []
    for text, normal, (scores, reading) in zip(
        texts, plain, runtime.read([each.text for each in plain]), strict=True
    ):
        spans = word_spans(text)
        pieces = np.asarray(normal.offsets)[scores.offsets]
        parts = word_weights(scores.evidence, pieces, reading.sentiment_index, spans)
        verdicts.append(Verdict(text, spans, parts, reading.sentiment))
    weights = occlusion_weights(
        verdicts, lambda asked: [reading.sentiment for reading in read_texts(asked, runtime)]
    )
    return [_explained(*pair) for pair in zip(verdicts, weights, strict=True)]


def _explained(verdict: Verdict, weights: Floats) -> Explained:
    text = verdict.text
    telling = [i for i, (start, end) in enumerate(verdict.words) if says_something(text[start:end])]
    return Explained(
        text=text,
        words=tuple(verdict.words[index] for index in telling),
        weights=weights[telling],
        parts=verdict.parts[telling],
        verdict=int(verdict.chances.argmax()),
        probability=float(verdict.chances.max()),
    )
