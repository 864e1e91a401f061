"""The errors of a company's own categories.

NlpError
└── TaxonomyError
    ├── CategoriesError      the file of categories breaks the contract
    ├── ClassifierError      the folder of a classifier is missing, altered, or of another model
    └── LearningError        a classifier cannot be learnt
"""

from nlp.errors import NlpError


class TaxonomyError(NlpError):
    """Root of the errors of a company's own categories."""


class CategoriesError(TaxonomyError):
    """The file of categories breaks the contract; names file, line, value and remedy."""


class ClassifierError(TaxonomyError):
    """The folder of a classifier is missing, altered, or belongs to another model."""


class LearningError(TaxonomyError):
    """A classifier cannot be learnt."""
