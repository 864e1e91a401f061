"""What examples say of heads that did not learn from them: setting, temperature, threshold."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from nlp.evaluation import Flags, f1
from nlp.taxonomy.calibration import Threshold, balanced, loss, temperature, threshold
from nlp.taxonomy.fitting import MOST_IN_SPAN, Examples, Setting, fit
from nlp.taxonomy.lexicon import Floats, Integers

SETTINGS = tuple(
    Setting(weight, strength)
    for weight in (0.5, 1.0, 2.0)
    for strength in (1.0, 3.0, 10.0, 30.0, 100.0)
)
SETTINGS_OF_MANY = tuple(Setting(1.0, strength) for strength in (1.0, 3.0, 10.0))
FOLDS, FOLDS_OF_MANY = 5, 3


@dataclass(frozen=True, slots=True)
class Choice:
    """What cross-validation chose, and how good the answers on held-out examples are.

    `accuracy` (each category counts alike, so it is the mean
    recall) and `macro_f1` are of all examples, `threshold` has what holds for those answered.
    """

    setting: Setting
    temperature: float
    accuracy: float
    macro_f1: float
    threshold: Threshold


def choose(
    examples: Examples, categories: int, wanted: float, seed: int, told: Examples | None = None
) -> Choice:
    """Return what the examples choose: the setting of the smallest calibrated loss, and the rest.

    Temperature and threshold come from the same held-out logits, of heads that learnt from four
    fifths of the examples: the head that learns from all of them is a little surer, and better.
    Of more than 2,000 examples there are three folds and fewer settings, so that it takes minutes.
    `told`, the descriptions of categories, is learnt from in every fold and asked in none.
    """
    truth = examples.classes
    settings = SETTINGS_OF_MANY if len(truth) > MOST_IN_SPAN else SETTINGS
    per_setting = held_out(examples, categories, settings, seed, told)
    calibrated = []
    for logits in per_setting:
        heat = temperature(logits, truth)
        calibrated.append((loss(logits / heat, truth), heat))
    best = int(np.argmin([value for value, _ in calibrated]))
    heat = calibrated[best][1]
    logits = per_setting[best] / heat
    found = logits.argmax(axis=1)
    weights = balanced(truth, categories)
    return Choice(
        settings[best],
        heat,
        float(weights[found == truth].sum()),
        _macro_f1(truth, found, categories),
        threshold(logits, truth, wanted),
    )


def held_out(
    examples: Examples,
    categories: int,
    settings: Sequence[Setting],
    seed: int,
    told: Examples | None = None,
) -> list[Floats]:
    """Return for each setting the logits (texts, categories) that heads give unseen examples."""
    found = [np.zeros((len(examples.texts), categories)) for _ in settings]
    part = folds(examples.classes, seed)
    for number in np.unique(part):
        seen, unseen = np.flatnonzero(part != number), np.flatnonzero(part == number)
        asked = examples[unseen]
        learnt = examples[seen] if told is None else examples[seen].beside(told)
        for logits, head in zip(found, fit(learnt, settings), strict=True):
            logits[unseen] = head.logits(asked.vectors, asked.texts)
    return found


def folds(classes: Integers, seed: int) -> Integers:
    """Return the fold of each example: each category is spread evenly over them.

    There are five (three of many examples), or as many as the smallest category has examples.
    """
    most = FOLDS_OF_MANY if len(classes) > MOST_IN_SPAN else FOLDS
    count = min(most, int(np.bincount(classes)[np.unique(classes)].min()))
    rng = np.random.default_rng(seed)
    part = np.zeros(len(classes), dtype=np.int64)
    for category in np.unique(classes):
        own = rng.permutation(np.flatnonzero(classes == category))
        part[own] = np.arange(len(own)) % count
    return part


def _macro_f1(truth: Integers, found: Integers, categories: int) -> float:
    def flags(classes: Integers, category: int) -> Flags:
        return np.asarray(classes == category)

    return float(np.mean([f1(flags(truth, c), flags(found, c)) for c in range(categories)]))
