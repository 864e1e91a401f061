"""Evidence: exact parts, put on the right words."""

import numpy as np
import pytest

from nlp.encoder import Runtime, evidence, read_artifact, word_weights
from nlp.text import normalise


def test_pieces_are_summed_into_the_words_that_hold_them():
    pieces = np.array([[0, 0], [0, 1], [1, 2], [2, 4], [0, 0]], dtype=np.int32)
    parts = np.zeros((5, 3), dtype=np.float32)
    parts[1:4, 0] = [0.2, 0.2, -0.4]
    weights = word_weights(parts, pieces, 0, [(0, 2), (2, 4)])
    assert weights == pytest.approx([0.5, -0.5])


def test_nothing_known_weighs_nothing():
    pieces = np.array([[0, 0]], dtype=np.int32)
    assert word_weights(np.zeros((1, 3), np.float32), pieces, 0, [(0, 2)]).tolist() == [0.0]


def test_marks_and_faint_words_are_left_out_and_the_strongest_comes_first():
    text = "太差，真的😀"
    words = [(0, 2), (2, 3), (3, 5), (5, 6)]
    found = evidence(text, words, np.array([0.3, 0.4, 0.001, -0.35]))
    assert [(item.word, item.weight) for item in found] == [("😀", -0.35), ("太差", 0.3)]


def test_the_parts_sum_to_the_score():
    """The network is linear after its last layer, so that evidence is no estimate."""
    runtime = Runtime(read_artifact())
    texts = ["客服太差了，等了三天", "屏幕很好看，就是有点小贵", "请问什么时候发货"]
    scores = runtime.scores([normalise(text).text for text in texts])
    bias = scores[0].sentiment - scores[0].evidence.sum(axis=0)
    for score in scores[1:]:
        assert score.sentiment - score.evidence.sum(axis=0) == pytest.approx(bias, abs=0.02)
