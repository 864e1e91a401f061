"""Fit heads to examples: logistic regression over vectors and terms. Pure."""

import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
import numpy.typing as npt
from scipy import sparse

from nlp.taxonomy.errors import LearningError
from nlp.taxonomy.head import Head
from nlp.taxonomy.lexicon import Floats, Integers, Lexicon, learn_lexicon

STEPS = 300
MOST_IN_SPAN = 2_000
LEAST_SHARE = 1e-9

Matrix = Floats | sparse.csr_array


@dataclass(frozen=True, slots=True, eq=False)
class Examples:
    """Examples as they are learnt from: `texts`, `vectors` (texts, width), `classes` (texts,)."""

    texts: tuple[str, ...]
    vectors: npt.NDArray[np.floating]
    classes: Integers

    def __getitem__(self, rows: Integers) -> "Examples":
        """Return the examples of some rows."""
        texts = tuple(self.texts[row] for row in rows)
        return Examples(texts, self.vectors[rows], self.classes[rows])

    def beside(self, others: "Examples") -> "Examples":
        """Return these examples and others after them."""
        vectors = np.concatenate([self.vectors, others.vectors])
        classes = np.concatenate([self.classes, others.classes])
        return Examples(self.texts + others.texts, vectors, classes)


@dataclass(frozen=True, slots=True)
class Setting:
    """How a head is fitted: what terms weigh beside vectors, and scikit-learn's C."""

    terms_weight: float
    strength: float


@dataclass(frozen=True, slots=True, eq=False)
class _View:
    """The examples in numbers: centred vectors of mean square length 1, and shares of terms."""

    lexicon: Lexicon
    centre: Floats
    scale: float
    vectors: Floats
    shares: sparse.csr_array


@dataclass(frozen=True, slots=True, eq=False)
class _Space:
    """The examples as a regression sees them, and the way from its weights to those of a head.

    `back` takes weights (categories, features) to those on centred vectors and on terms.
    """

    features: Matrix
    back: Callable[[Floats], tuple[Floats, Floats]]


def fit(examples: Examples, settings: Sequence[Setting]) -> Iterator[Head]:
    """Yield the head of each setting; those of one `terms_weight` in a row share their work.

    Each category counts alike, however many examples it has.

    Raises
    ------
    LearningError
        scikit-learn is not installed.
    """
    regression = _regression()
    view = _view(examples)
    for weight, group in groupby(settings, key=lambda setting: setting.terms_weight):
        space = _span(view, weight) if len(examples.texts) <= MOST_IN_SPAN else _whole(view, weight)
        for setting in group:
            model = regression(C=setting.strength, max_iter=STEPS, class_weight="balanced")
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # stopping early regularises; it is no fault
                model.fit(space.features, examples.classes)
            weights, bias = _per_class(model.coef_), _per_class(model.intercept_[:, None])[:, 0]
            on_vectors, on_terms = space.back(weights)
            on_vectors /= view.scale
            yield Head(view.lexicon, on_vectors, on_terms, bias - view.centre @ on_vectors)


def _per_class(rows: Floats) -> Floats:
    """Return one row a category: of two, scikit-learn gives the second against the first."""
    return np.concatenate([-rows, rows]) / 2 if len(rows) == 1 else rows


def _view(examples: Examples) -> _View:
    lexicon = learn_lexicon(examples.texts)
    shares = [lexicon.shares(text) for text in examples.texts]
    ends = np.cumsum([0, *(len(where) for where, _ in shares)])
    places = np.concatenate([where for where, _ in shares])
    weights = np.concatenate([weights for _, weights in shares])
    matrix = sparse.csr_array((weights, places, ends), shape=(len(shares), len(lexicon.terms)))
    vectors = np.asarray(examples.vectors, dtype=np.float64)
    centre = vectors.mean(axis=0)
    scale = float(np.sqrt(((vectors - centre) ** 2).sum(axis=1).mean())) or 1.0
    return _View(lexicon, centre, scale, (vectors - centre) / scale, matrix)


def _span(view: _View, weight: float) -> _Space:
    """Return the examples in the space that they span themselves.

    A penalised linear model is a combination of its examples (the representer theorem, Schölkopf
    2001), so this is exact: as many features as examples instead of thousands.
    """
    alike = view.vectors @ view.vectors.T + weight**2 * (view.shares @ view.shares.T).toarray()
    values, axes = np.linalg.eigh(alike)
    kept = values > LEAST_SHARE * values[-1]
    lengths = np.sqrt(values[kept])
    ways = axes[:, kept] / lengths

    def back(weights: Floats) -> tuple[Floats, Floats]:
        dual = ways @ weights.T
        return view.vectors.T @ dual, weight**2 * (view.shares.T @ dual)

    return _Space(axes[:, kept] * lengths, back)


def _whole(view: _View, weight: float) -> _Space:
    """Return the examples with every feature written out: cheaper where there are many."""
    width = view.vectors.shape[1]
    features = sparse.hstack([sparse.csr_array(view.vectors), view.shares * weight], format="csr")

    def back(weights: Floats) -> tuple[Floats, Floats]:
        return weights[:, :width].T.copy(), weight * weights[:, width:].T

    return _Space(features, back)


def _regression() -> type:
    try:
        from sklearn.linear_model import LogisticRegression
    except ImportError as error:
        raise LearningError(
            "learning categories needs scikit-learn: pip install 'tingyin[taxonomy]'",
            "学习类别需要 scikit-learn：pip install 'tingyin[taxonomy]'",
        ) from error
    found: type = LogisticRegression
    return found
