"""A linear head over two views of a text: its vector from the encoder, and its terms. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from nlp.taxonomy.lexicon import Floats, Lexicon


@dataclass(frozen=True, slots=True, eq=False)
class Head:
    """What was learnt, ready to be applied with numpy alone.

    `on_vectors` has shape (width, categories), `on_terms` (terms, categories), `bias`
    (categories,). Centring, scaling and temperature are folded in: the softmax of `logits` is
    calibrated on an equal mix of the categories.
    """

    lexicon: Lexicon
    on_vectors: Floats
    on_terms: Floats
    bias: Floats

    def logits(self, vectors: npt.NDArray[np.floating], texts: Sequence[str]) -> Floats:
        """Return logits of shape (texts, categories) for vectors (texts, width) and their texts."""
        found = np.asarray(vectors, dtype=np.float64) @ self.on_vectors + self.bias
        for row, text in zip(found, texts, strict=True):
            where, weights = self.lexicon.shares(text)
            row += weights @ self.on_terms[where]
        return found

    def cooled(self, temperature: float) -> "Head":
        """Return the head whose logits are divided by a temperature."""
        return Head(
            self.lexicon,
            self.on_vectors / temperature,
            self.on_terms / temperature,
            self.bias / temperature,
        )


def probabilities(logits: Floats) -> Floats:
    """Return the softmax over the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True))
