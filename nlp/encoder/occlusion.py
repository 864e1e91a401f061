"""What a word does to the verdict: the text is read again without it (Zeiler and Fergus 2014).

The exact parts of the score (`evidence`) tell where it was collected, which is not always the word
that caused it: a piece's state knows of its neighbours. Taking words out and reading again tells
the cause. That costs a reading for each word, so only the words of the largest parts are tried.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.encoder.evidence import says_something

TRIED_WORDS = 8
LEAST_CHANCE = 1e-6

Span = tuple[int, int]
Floats = npt.NDArray[np.float64]
Read = Callable[[Sequence[str]], Sequence[npt.NDArray[np.float32]]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """A text that was read: the spans of its words, their parts in the verdict, and the chances.

    `parts` (words,) come from `word_weights`; `chances` (classes,) are the probabilities read.
    """

    text: str
    words: Sequence[Span]
    parts: Floats
    chances: npt.NDArray[np.float32]


def occlusion_weights(verdicts: Sequence[Verdict], read: Read) -> list[Floats]:
    """Return for each text its words' shares of the evidence, shape (words,), as `word_weights`.

    A weight above 0 says that the log odds of the verdict fall without the word. Of each text only
    the `TRIED_WORDS` words of the largest parts are tried; the others weigh 0.

    Parameters
    ----------
    verdicts
        The texts as they were read.
    read
        Takes texts, returns the probabilities of each.
    """
    tried = [_tried(verdict) for verdict in verdicts]
    shorter = [
        _without(verdict.text, verdict.words[index])
        for verdict, indices in zip(verdicts, tried, strict=True)
        for index in indices
    ]
    after = iter(read(shorter)) if shorter else iter(())
    return [
        _weights(verdict, indices, [next(after) for _ in indices])
        for verdict, indices in zip(verdicts, tried, strict=True)
    ]


def _tried(verdict: Verdict) -> list[int]:
    order = np.argsort(-np.abs(verdict.parts), kind="stable").tolist()
    telling = (index for index in order if says_something(_word(verdict, index)))
    return [index for index, _ in zip(telling, range(TRIED_WORDS), strict=False)]


def _word(verdict: Verdict, index: int) -> str:
    return verdict.text[slice(*verdict.words[index])]


def _without(text: str, word: Span) -> str:
    return text[: word[0]] + text[word[1] :]


def _weights(
    verdict: Verdict, indices: list[int], after: Sequence[npt.NDArray[np.float32]]
) -> Floats:
    answer = int(verdict.chances.argmax())
    weights = np.zeros(len(verdict.words))
    for index, chances in zip(indices, after, strict=True):
        weights[index] = _log_odds(verdict.chances[answer]) - _log_odds(chances[answer])
    total = float(np.abs(weights).sum())
    return weights / total if total > 0 else weights


def _log_odds(chance: float) -> float:
    safe = min(max(float(chance), LEAST_CHANCE), 1 - LEAST_CHANCE)
    return float(np.log(safe / (1 - safe)))
