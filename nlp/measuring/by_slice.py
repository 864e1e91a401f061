"""The sentiment figures of each kind of hard text."""

from collections.abc import Sequence

import numpy as np

from nlp.evaluation import Flags, class_macro_f1, wilson
from nlp.labels import SENTIMENTS
from nlp.measuring.reading import Figures
from nlp.measuring.truth import Judged
from nlp.slices import SLICES


def slice_figures(judged: Judged, slices: Sequence[frozenset[str]]) -> dict[str, Figures]:
    """Return n, accuracy with its 95 % interval (Wilson) and macro F1 of sentiment by slice.

    `slices` names the slices of each text. A slice without a text is left out.
    """
    members = {name: np.array([name in each for each in slices]) for name in SLICES}
    return {name: _figures(judged, inside) for name, inside in members.items() if inside.any()}


def _figures(judged: Judged, inside: Flags) -> Figures:
    truth = judged.sentiments[inside]
    found = judged.sentiment[inside].argmax(axis=1)
    hits = int((truth == found).sum())
    low, high = wilson(hits, len(truth))
    return {
        "n": len(truth),
        "accuracy": hits / len(truth),
        "accuracy_low": low,
        "accuracy_high": high,
        "macro_f1": class_macro_f1(truth, found, len(SENTIMENTS)),
    }
