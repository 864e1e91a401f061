"""A company's own categories: a few examples of each in, a classifier out."""

from nlp.taxonomy.category import Category, Taxonomy
from nlp.taxonomy.classifier import Classifier, Label, Labelled
from nlp.taxonomy.contract import read_taxonomy
from nlp.taxonomy.cross_validation import Choice
from nlp.taxonomy.errors import CategoriesError, ClassifierError, LearningError, TaxonomyError
from nlp.taxonomy.learning import Learnt, learn
from nlp.taxonomy.measuring import evaluate_classifier
from nlp.taxonomy.store import load_classifier, save_classifier

__all__ = [
    "CategoriesError",
    "Category",
    "Choice",
    "Classifier",
    "ClassifierError",
    "Label",
    "Labelled",
    "LearningError",
    "Learnt",
    "Taxonomy",
    "TaxonomyError",
    "evaluate_classifier",
    "learn",
    "load_classifier",
    "read_taxonomy",
    "save_classifier",
]
