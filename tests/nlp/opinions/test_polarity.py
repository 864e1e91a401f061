"""The polarity of a term that is given: arrays in, probabilities out."""

import numpy as np
import pytest

from nlp.encoder import Runtime, read_artifact
from nlp.opinions import (
    Place,
    PolarityCalibration,
    clauses_to_read,
    polarity_at,
    repolarised,
)
from nlp.text import normalise


@pytest.fixture(scope="module")
def runtime() -> Runtime:
    return Runtime(read_artifact())


CONTRASTS = [
    ("屏幕很好，客服太差", "屏幕", "客服"),
    ("客服很好，屏幕太差", "客服", "屏幕"),
    ("物流很快，味道难吃", "物流", "味道"),
    ("環境不錯，但是上菜太慢", "环境", "上菜"),
]


@pytest.mark.parametrize(("text", "good", "bad"), CONTRASTS)
def test_two_terms_of_one_breath_differ(text, good, bad, runtime):
    plain = normalise(text).text
    targets = [(plain.index(term), plain.index(term) + 2, 1) for term in (good, bad)]
    clauses = clauses_to_read(plain, targets)
    scores, *alone = runtime.scores([plain, *(plain[slice(*span)] for span in clauses)])
    (told,) = repolarised([scores], [targets], [clauses], alone)
    assert [polarity for _, _, polarity in told] == [2, 0]
    assert [span[:2] for span in told] == [span[:2] for span in targets]


def test_texts_are_judged_together_as_alone(runtime):
    plain = [normalise(text).text for text, _, _ in CONTRASTS]
    targets = [
        [(text.index(term), text.index(term) + 2, 1) for term in pair]
        for text, (_, *pair) in zip(plain, CONTRASTS, strict=True)
    ]
    plain.insert(2, "屏幕很好")
    targets.insert(2, [(0, 2, 1)])
    clauses = [clauses_to_read(*each) for each in zip(plain, targets, strict=True)]
    cut = [text[slice(*span)] for text, own in zip(plain, clauses, strict=True) for span in own]
    scores, read = runtime.scores(plain), runtime.scores(cut)
    rest = iter(read)
    alone = [
        repolarised([one], [own], [spans], [next(rest) for _ in spans])[0]
        for one, own, spans in zip(scores, targets, clauses, strict=True)
    ]
    assert repolarised(scores, targets, clauses, read) == alone
    assert alone[2] == ((0, 2, 1),)


def test_targets_of_one_clause_are_read_once(runtime):
    plain = "屏幕和音质都很好"
    targets = ((0, 2, 2), (3, 5, 2))
    assert clauses_to_read(plain, targets) == ()
    assert repolarised(runtime.scores([plain]), [targets], [()], []) == [targets]


def test_probabilities_sum_to_one(runtime):
    whole, alone = runtime.scores(["屏幕很好，客服太差", "客服太差"])
    for clause in (None, Place(alone, 0, 2)):
        told = polarity_at(whole, 5, 7, clause=clause)
        assert told.shape == (3,)
        assert told.sum() == pytest.approx(1.0, abs=1e-5)


def test_what_was_not_read_is_left_open(runtime):
    (scores,) = runtime.scores(["屏幕很好"])
    assert polarity_at(scores, 400, 402).tolist() == pytest.approx([1 / 3] * 3)


@pytest.mark.parametrize("span", [(0, 0), (2, 1), (-1, 2)])
def test_an_empty_span_is_refused(span, runtime):
    (scores,) = runtime.scores(["屏幕很好"])
    with pytest.raises(IndexError, match="empty or outside"):
        polarity_at(scores, *span)


def test_the_calibration_moves_the_answer(runtime):
    (scores,) = runtime.scores(["屏幕很好"])
    before = polarity_at(scores, 0, 2)
    after = polarity_at(scores, 0, 2, calibration=PolarityCalibration(0.44, (19.0, 0.0, 0.0)))
    assert after[0] > 0.9 > before[0]
    assert np.isfinite(after).all()
