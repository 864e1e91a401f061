"""Taking words out: weights by hand, with a reader that is a plain function of the text."""

import numpy as np
import pytest

from nlp.encoder.occlusion import TRIED_WORDS, Verdict, occlusion_weights


def chances(text):
    """A reader that knows two words."""
    score = 2.0 * text.count("差") - 1.0 * text.count("好")
    bad = 1 / (1 + np.exp(-score))
    return np.array([bad, 1 - bad], dtype=np.float32)


def read(texts):
    return [chances(text) for text in texts]


def verdict(text, parts=None):
    words = [(index, index + 1) for index in range(len(text))]
    return Verdict(text, words, np.ones(len(text)) if parts is None else parts, chances(text))


def test_weights_are_shares_of_the_change_in_log_odds():
    (weights,) = occlusion_weights([verdict("差好的")], read)
    assert weights == pytest.approx([2 / 3, -1 / 3, 0], abs=1e-4)


def test_a_word_against_the_verdict_weighs_below_zero_whatever_the_verdict():
    (weights,) = occlusion_weights([verdict("好好好差")], read)
    assert weights[3] < 0 < weights[0]


def test_only_words_of_large_parts_are_tried_and_marks_never():
    asked = []

    def counting(texts):
        asked.extend(texts)
        return read(texts)

    text = "差" + "，" * 5 + "的" * 30
    parts = np.linspace(1, 0.1, len(text))
    (weights,) = occlusion_weights([verdict(text, parts)], counting)
    assert len(asked) == TRIED_WORDS
    assert np.flatnonzero(weights).tolist() == [0]


def test_texts_do_not_mix():
    alone = [occlusion_weights([verdict(text)], read)[0] for text in ("差的", "好", "差好")]
    together = occlusion_weights([verdict(text) for text in ("差的", "好", "差好")], read)
    for one, other in zip(alone, together, strict=True):
        assert one == pytest.approx(other)


@pytest.mark.parametrize("text", ["", "，！", "的的"])
def test_where_nothing_matters_nothing_weighs(text):
    (weights,) = occlusion_weights([verdict(text)], read)
    assert weights.tolist() == [0.0] * len(text)


def test_no_texts_are_no_error():
    assert occlusion_weights([], read) == []
