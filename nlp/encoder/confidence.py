"""How sure each head is of what it answered: the probability, as calibrated, that it is right.

One row a text. A head whose confidence lies below its threshold leaves its answer open.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from nlp.encoder.engine import Floats

Chances = npt.NDArray[np.floating[Any]]
Flags = npt.NDArray[np.bool_]
Integers = npt.NDArray[np.int64]


def set_confidence(probabilities: Chances, chosen: Flags) -> Floats:
    """Return the probability that the chosen labels are exactly those that hold, shape (texts,).

    Labels are taken as independent given the text. Both arguments have shape (texts, labels).

    >>> set_confidence(np.float32([[0.9, 0.25]]), np.array([[True, False]])).round(3).tolist()
    [0.675000011920929]
    """
    right = np.where(chosen, probabilities, 1 - probabilities)
    return np.asarray(right.prod(axis=1), dtype=np.float32)


def level_confidence(at_least: Chances, levels: Integers) -> Floats:
    """Return the probability that each text's level is the one answered, shape (texts,).

    `at_least` (texts, 3) are the probabilities of "at least 1, 2, 3". They are calibrated one by
    one, so one may rise where it must not; it is lowered to the one before.

    >>> level_confidence(np.float32([[0.75, 0.25, 0.5]]), np.array([1])).tolist()
    [0.5]
    """
    falling = np.minimum.accumulate(at_least, axis=1)
    ends = np.ones((len(falling), 1)), np.zeros((len(falling), 1))
    steps = np.hstack([ends[0], falling]) - np.hstack([falling, ends[1]])
    return np.asarray(steps[np.arange(len(steps)), levels], dtype=np.float32)


def category_confidence(complains: Chances, categories: Chances, first: Integers) -> Floats:
    """Return the probability that each text complains, and of the category named first.

    `complains` (texts,) is the probability of a complaint, `categories` (texts, categories) that of
    each category where there is one, `first` (texts,) the index of the category named first.

    >>> category_confidence(np.float32([0.5]), np.float32([[0.25, 0.5]]), np.array([1])).tolist()
    [0.25]
    """
    return np.asarray(complains * categories[np.arange(len(first)), first], dtype=np.float32)
