"""The head beside scikit-learn's own, fitted on the features written out."""

import numpy as np
import pytest
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from nlp.taxonomy.cross_validation import folds
from nlp.taxonomy.fitting import Examples, Setting, fit
from nlp.taxonomy.lexicon import learn_lexicon

TEXTS = (
    "充不进电",
    "充电很慢",
    "电池鼓包了",
    "快递太慢",
    "包裹丢了丢了",
    "送货不上楼",
    "APP 闪退",
    "app登录不了",
    "页面打不开",
)
ASKED = ("充电器坏了", "快递丢了", "App 打不开", "完全无关zzz")


def reference():
    return TfidfVectorizer(analyzer=signs, sublinear_tf=True)


def signs(text):
    joined = text.lower().replace(" ", "")
    return [*joined, *(joined[place : place + 2] for place in range(len(joined) - 1))]


def test_the_lexicon_is_tf_idf():
    lexicon, model = learn_lexicon(TEXTS), reference().fit(TEXTS)
    expected = model.transform(ASKED).toarray()
    places = [model.vocabulary_[term] for term in lexicon.terms]
    for row, text in zip(expected[:, places], ASKED, strict=True):
        found = np.zeros(len(lexicon.terms))
        where, weights = lexicon.shares(text)
        found[where] = weights
        assert found == pytest.approx(row)


@pytest.mark.parametrize("categories", [2, 3])
@pytest.mark.parametrize("most_in_span", [0, 2_000], ids=["written out", "in the span"])
def test_the_head_is_logistic_regression(categories, most_in_span, monkeypatch):
    monkeypatch.setattr("nlp.taxonomy.fitting.MOST_IN_SPAN", most_in_span)
    count = categories * 3
    rng = np.random.default_rng(1)
    vectors, classes = rng.normal(size=(count, 20)), np.arange(count) // 3
    (head,) = fit(Examples(TEXTS[:count], vectors, classes), [Setting(2.0, 3.0)])
    centred = vectors - vectors.mean(axis=0)
    scale = np.sqrt((centred**2).sum(axis=1).mean())
    words = reference().fit(TEXTS[:count])
    features = np.hstack([centred / scale, 2 * words.transform(TEXTS[:count]).toarray()])
    model = LogisticRegression(C=3.0, class_weight="balanced", max_iter=3000, tol=1e-8)
    model.fit(features, classes)
    asked = rng.normal(size=(len(ASKED), 20))
    moved = (asked - vectors.mean(axis=0)) / scale
    expected = model.predict_proba(np.hstack([moved, 2 * words.transform(ASKED).toarray()]))
    logits = head.logits(asked, ASKED)
    powers = np.exp(logits - logits.max(axis=1, keepdims=True))
    assert powers / powers.sum(axis=1, keepdims=True) == pytest.approx(expected, abs=2e-3)


def test_examples_of_one_text_are_learnt():
    examples = Examples(("好", "坏"), np.ones((2, 4)), np.array([0, 1]))
    (head,) = fit(examples, [Setting(1.0, 10.0)])
    assert head.logits(np.ones((2, 4)), ["好", "坏"]).argmax(axis=1).tolist() == [0, 1]


def test_folds_spread_every_category():
    classes = np.array([0] * 10 + [1] * 7)
    part = folds(classes, seed=3)
    assert sorted(np.unique(part)) == [0, 1, 2, 3, 4]
    for category in (0, 1):
        sizes = np.bincount(part[classes == category], minlength=5)
        assert sizes.max() - sizes.min() <= 1


def test_the_smallest_category_limits_the_folds():
    assert folds(np.array([0] * 10 + [1] * 3), seed=0).max() == 2
