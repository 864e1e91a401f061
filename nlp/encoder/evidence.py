"""Which words made the verdict: the exact parts of the sentiment score, summed per word."""

from collections.abc import Sequence
from unicodedata import category

import numpy as np
import numpy.typing as npt

from nlp.encoder.engine import Floats
from nlp.schema import Evidence

MAX_WORDS = 5
LEAST_WEIGHT = 0.02

Span = tuple[int, int]


def word_weights(
    parts: Floats, pieces: npt.NDArray[np.int32], verdict: int, words: Sequence[Span]
) -> npt.NDArray[np.float64]:
    """Return each word's share of the evidence for the verdict against the other classes.

    Parameters
    ----------
    parts
        (pieces, sentiments): what each piece adds to each logit.
    pieces
        (pieces, 2): half-open offsets of each piece in the text that `words` cut.
    verdict
        Index of the sentiment that won.
    words
        Half-open spans that cover the text, in order.

    Returns
    -------
    Shape (words,); absolute values sum to 1, or are all 0 where nothing is known.
    """
    margin = parts[:, verdict] - np.delete(parts, verdict, axis=1).mean(axis=1)
    middle = (pieces[:, 0] + np.maximum(pieces[:, 1] - 1, pieces[:, 0])) // 2
    seen = pieces[:, 1] > pieces[:, 0]
    starts = np.array([start for start, _ in words])
    owner = np.searchsorted(starts, middle[seen], side="right") - 1
    weights = np.zeros(len(words))
    np.add.at(weights, owner, margin[seen])
    total = float(np.abs(weights).sum())
    return np.divide(weights, total) if total > 0 else weights


def evidence(
    text: str, words: Sequence[Span], weights: npt.NDArray[np.float64]
) -> tuple[Evidence, ...]:
    """Return the words that weigh most, strongest first, marks and spaces left out."""
    order = np.argsort(-np.abs(weights), kind="stable")
    found = (
        Evidence(start, end, text[start:end], round(float(weights[index]), 4))
        for index, (start, end) in ((index, words[index]) for index in order)
        if abs(weights[index]) >= LEAST_WEIGHT
    )
    return tuple(item for item in found if says_something(item.word))[:MAX_WORDS]


def says_something(word: str) -> bool:
    """Tell whether a word has a letter, a digit or a picture, and is no mark or blank alone."""
    return any(character.isalnum() or category(character) == "So" for character in word)
