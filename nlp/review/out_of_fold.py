"""Probabilities of labels by a model that has not seen the text: logistic regression in folds."""

import warnings
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from nlp.review.validation import folds

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]

STRENGTH, STEPS = 1.0, 200


def out_of_fold(features: Floats, classes: Integers, place: Integers, count: int) -> Floats:
    """Return the probabilities of each text by a model fitted on the other folds.

    Texts that the encoder itself was trained on look too easy: it has bent their features towards
    the labels that they were given, so that of their wrong labels fewer are found.

    Parameters
    ----------
    features
        (texts, size), of length about 1.
    classes
        (texts,) the class given to each, 0 to `count` - 1.
    place
        (texts,) the fold of each.
    count
        How many classes there are; one without texts in the other folds gets 0.
    """
    from sklearn.linear_model import LogisticRegression

    chances = np.zeros((len(classes), count))
    for fold in np.unique(place):
        rest, out = place != fold, place == fold
        seen = np.unique(classes[rest])
        if len(seen) < 2:
            chances[np.ix_(out, seen)] = 1.0
            continue
        model = LogisticRegression(C=STRENGTH, max_iter=STEPS)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # stopping early regularises; it is no fault
            model.fit(features[rest], classes[rest])
        chances[np.ix_(out, seen)] = model.predict_proba(features[out])
    return chances


def folds_of_groups(groups: Sequence[str]) -> Integers:
    """Return the fold of each text; those of one group, as near-duplicates are, share it."""
    names = list(dict.fromkeys(groups))
    place = dict(zip(names, folds(names), strict=True))
    return np.array([place[name] for name in groups])
