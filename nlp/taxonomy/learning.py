"""Learn a classifier from a company's categories and their examples."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from nlp.encoder import Runtime
from nlp.taxonomy.category import Taxonomy
from nlp.taxonomy.classifier import Classifier, Label
from nlp.taxonomy.cross_validation import Choice, choose
from nlp.taxonomy.errors import LearningError
from nlp.taxonomy.fitting import Examples, fit
from nlp.taxonomy.vectors import pooled, pooled_in_batches

WANTED_ACCURACY = 0.8
LEAST_ACCURACY = 0.5


@dataclass(frozen=True, slots=True)
class Learnt:
    """A classifier, and what cross-validation on its examples says of it."""

    classifier: Classifier
    choice: Choice


def learn(
    taxonomy: Taxonomy,
    runtime: Runtime,
    *,
    wanted: float = WANTED_ACCURACY,
    seed: int = 0,
    report: Callable[[int], None] = lambda _: None,
) -> Learnt:
    """Return a classifier learnt from the names, descriptions and examples of a taxonomy.

    Name and description are one more example of a category; cross-validation never asks it.

    Parameters
    ----------
    taxonomy
        The categories, as `read_taxonomy` gives them.
    runtime
        The encoder, run once over the examples.
    wanted
        Accuracy, 0.5 to 1, that answers shall have; less sure ones are left open.
    seed
        Of the folds of the cross-validation.
    report
        Is told how many examples the encoder has read.

    Raises
    ------
    LearningError
        `wanted` is out of range, or scikit-learn is not installed.
    """
    if not LEAST_ACCURACY <= wanted <= 1:
        raise LearningError(
            f"accuracy {wanted}: {LEAST_ACCURACY} to 1 is allowed; take 0.8 or 0.9",
            f"准确率 {wanted}：允许 {LEAST_ACCURACY} 到 1；可取 0.8 或 0.9",
        )
    examples = encoded(taxonomy, runtime, report)
    told = described(taxonomy, runtime)
    choice = choose(examples, len(taxonomy.categories), wanted, seed, told)
    (head,) = fit(examples.beside(told), [choice.setting])
    labels = tuple(Label(each.name, each.zh, each.en) for each in taxonomy.categories)
    cooled = head.cooled(choice.temperature)
    version = runtime.artifact.version
    return Learnt(Classifier(cooled, labels, choice.threshold.value, version), choice)


def encoded(taxonomy: Taxonomy, runtime: Runtime, report: Callable[[int], None]) -> Examples:
    """Return the examples of a taxonomy as the head learns from them."""
    texts = [text for category in taxonomy.categories for text in category.examples]
    sizes = [len(category.examples) for category in taxonomy.categories]
    classes = np.repeat(np.arange(len(sizes)), sizes)
    return Examples(tuple(texts), pooled_in_batches(texts, runtime, report), classes)


def described(taxonomy: Taxonomy, runtime: Runtime) -> Examples:
    """Return the name and description of each category as one example of it."""
    texts = tuple(category.told for category in taxonomy.categories)
    return Examples(texts, pooled(texts, runtime), np.arange(len(texts)))
