"""Decisions from scores, by hand."""

from dataclasses import replace

import numpy as np
import pytest

from nlp.encoder.artifact import Calibration, read_artifact
from nlp.encoder.cutting import MAX_PIECES
from nlp.encoder.decide import read, read_all, severity_levels
from nlp.encoder.runtime import Runtime
from nlp.encoder.scores import TextScores
from nlp.labels import COMPLAINTS, INTENTS

CALIBRATION = Calibration(
    sentiment_scale=2.0,
    sentiment_shift=(0.0, 0.0, 0.0),
    intent_thresholds=(0.5,) * 8,
    complaint_thresholds=(0.5,) * 12,
    severity_thresholds=(0.5, 0.5, 0.5),
    target_threshold=0.5,
    abstain_below=0.4,
)


def logits(labels, on, size=4.0):
    return np.array([size if label in on else -size for label in labels], dtype=np.float32)


def scores(sentiment=(4, 0, 0), intents=(), complaint=(), tags=((9, 0, 0, 0),), offsets=None):
    count = len(tags)
    spans = offsets or [(number, number + 1) for number in range(count)]
    return TextScores(
        sentiment=np.array(sentiment, dtype=np.float32),
        intents=logits(INTENTS, intents),
        complaint=logits(COMPLAINTS, complaint),
        severity=np.array([4, -4, -4], dtype=np.float32),
        targets=np.array(tags, dtype=np.float32),
        evidence=np.zeros((count, 3), dtype=np.float32),
        pooled=np.zeros(4, dtype=np.float32),
        offsets=np.array(spans, dtype=np.int32),
    )


def test_probabilities_are_scaled_and_sum_to_one():
    reading = read(scores(), CALIBRATION)
    assert reading.sentiment.sum() == pytest.approx(1.0)
    assert reading.sentiment[0] == pytest.approx(np.exp(2) / (np.exp(2) + 2))


def test_an_unsure_answer_is_left_open():
    assert read(scores(sentiment=(0.1, 0, 0)), CALIBRATION).abstained
    assert not read(scores(), CALIBRATION).abstained


def test_categories_belong_to_complaints_alone():
    assert read(scores(intents=["praise"], complaint=["price"]), CALIBRATION).complaint_labels == ()


def test_a_complaint_is_always_about_something_and_at_most_three_things():
    reading = read(scores(intents=["complaint"]), CALIBRATION)
    assert len(reading.complaint_labels) == 1
    many = read(scores(intents=["complaint"], complaint=list(COMPLAINTS)[:6]), CALIBRATION)
    assert len(many.complaint_labels) == 3


@pytest.mark.parametrize(
    ("chances", "level"),
    [((0.1, 0.1, 0.1), 0), ((0.9, 0.1, 0.1), 1), ((0.9, 0.9, 0.9), 3), ((0.9, 0.1, 0.9), 1)],
)
def test_severity_counts_until_one_level_fails(chances, level):
    assert severity_levels(np.array(chances, dtype=np.float32), (0.5, 0.5, 0.5)) == level


def test_adjacent_target_pieces_are_one_span_with_one_polarity():
    none, negative, positive = (9, 0, 0, 0), (0, 9, 0, 0), (0, 0, 0, 9)
    tags = (none, negative, negative, none, positive)
    assert read(scores(tags=tags), CALIBRATION).target_spans == ((1, 3, 0), (4, 5, 2))


def test_of_many_targets_the_three_surest_are_kept_in_their_order():
    none = (9, 0, 0, 0)
    tags = (none, *(row for sure in (3, 9, 2, 8, 7) for row in ((0, sure, 0, 0), none)))
    assert read(scores(tags=tags), CALIBRATION).target_spans == ((3, 4, 0), (7, 8, 0), (9, 10, 0))


def test_texts_read_together_keep_their_own_targets():
    none, negative, positive = (9, 0, 0, 0), (0, 9, 0, 0), (0, 0, 0, 9)
    rows = [(none, negative), (positive, none), (none,), (positive, positive)]
    together = read_all([scores(tags=tags) for tags in rows], CALIBRATION)
    expected = [((1, 2, 0),), ((0, 1, 2),), (), ((0, 2, 2),)]
    assert [reading.target_spans for reading in together] == expected


def test_special_pieces_are_never_targets():
    tags, offsets = ((0, 9, 0, 0), (9, 0, 0, 0)), [(0, 0), (0, 1)]
    assert read(scores(tags=tags, offsets=offsets), CALIBRATION).target_spans == ()


@pytest.mark.parametrize(
    ("offsets", "spans"),
    [
        pytest.param([(0, 2), (2, 4), (4, 6)], ((0, 6, 0),), id="side by side"),
        pytest.param([(0, 2), (3, 5), (5, 7)], ((0, 7, 0),), id="a blank between"),
        pytest.param([(0, 1), (0, 2), (2, 4)], ((0, 4, 0),), id="a piece of no width of its own"),
        pytest.param([(0, 2), (300, 302), (302, 304)], ((0, 2, 0), (300, 304, 0)), id="a gap"),
        pytest.param([(0, 2), (4, 6), (8, 9)], ((0, 2, 0), (4, 6, 0), (8, 9, 0)), id="two gaps"),
    ],
)
def test_a_target_spans_nothing_that_was_not_read(offsets, spans):
    tags = ((0, 9, 0, 0),) * len(offsets)
    assert read(scores(tags=tags, offsets=offsets), CALIBRATION).target_spans == spans


def test_head_and_tail_of_a_long_text_do_not_make_one_target():
    runtime = Runtime(read_artifact())
    text = "屏幕" * 400
    (long,) = runtime.scores([text])
    assert len(long.offsets) == MAX_PIECES
    marked = replace(long, targets=np.tile(np.float32([0, 9, 0, 0]), (MAX_PIECES, 1)))
    (head, tail) = read(marked, CALIBRATION).target_spans
    assert head[0] == 0
    assert tail[1] == len(text)
    assert tail[0] - head[1] > len(text) / 2
